from tracr.rasp import rasp
VOCAB = range(1200)
MAX_SEQ_LEN = 3
a = rasp.Aggregate(rasp.Select(rasp.indices, rasp.indices, lambda k, q: k == q), rasp.tokens)
b = rasp.Aggregate(rasp.Select(rasp.indices, rasp.indices, lambda k, q: k == 0), rasp.tokens)
x = rasp.SelectorWidth(rasp.Select(a, b, lambda k, q: k * k < q))
#! limit-opaque-rows 6:5
