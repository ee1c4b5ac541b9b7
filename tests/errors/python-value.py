from tracr.rasp import rasp
x = rasp.Full([1, 2])
#! python-value 2:5
