from tracr.rasp import rasp
x = rasp.tokens == rasp.indices
#! python-s-op-equality 2:5
#! python-raised 2:5
