import random
from tracr.rasp import rasp
x = rasp.Map(lambda t: random.random(), rasp.tokens)
#! python-not-deterministic 3:5
