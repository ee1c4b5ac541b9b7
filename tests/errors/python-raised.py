from tracr.rasp import rasp
x = rasp.Map(len, 5)
#! python-raised 2:5
