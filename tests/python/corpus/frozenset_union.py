from tracr.rasp import rasp

VOCAB = "abc"; MAX_SEQ_LEN = 4
me = rasp.Map(lambda t: frozenset({t}), rasp.tokens)
prev = rasp.Aggregate(rasp.Select(rasp.indices, rasp.indices, lambda k, q: k + 1 == q), me, default=frozenset())
out = rasp.Map(len, rasp.SequenceMap(frozenset.union, me, prev))
