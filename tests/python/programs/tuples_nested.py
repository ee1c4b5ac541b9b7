#@ input "abba"
from tracr.rasp import rasp

VOCAB = {"a", "b"}
MAX_SEQ_LEN = 6

pair = rasp.SequenceMap(lambda t, i: (t, i % 2), rasp.tokens, rasp.indices).named("pair")
previous = rasp.Aggregate(rasp.Select(rasp.indices, rasp.indices, lambda k, q: k == q - 1), pair, default=None).named("previous")
both = rasp.SequenceMap(lambda p, q: (p, q), pair, previous)
out = rasp.Map(lambda b: f"{b[1][0]}{b[0][0]}{b[0][1]}", both).named("bigram")
