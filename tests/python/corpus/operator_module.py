import operator as op
from operator import attrgetter, itemgetter, methodcaller
from tracr.rasp import rasp

pair = rasp.SequenceMap(lambda a, b: (a, b), rasp.tokens, rasp.indices)
upper = rasp.Map(methodcaller("upper"), rasp.Map(itemgetter(0), pair))
position = rasp.Map(itemgetter(1), pair)
real = rasp.Map(attrgetter("real"), position)
joined = rasp.SequenceMap(op.add, upper, rasp.Map(str, rasp.SequenceMap(op.mul, real, position)))
VOCAB = {"ab", "c", "dé"}
MAX_SEQ_LEN = 8
