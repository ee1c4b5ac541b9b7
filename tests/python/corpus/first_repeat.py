from tracr.rasp import rasp
VOCAB = list("abcde")
MAX_SEQ_LEN = 9
same = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ)
earlier = rasp.Select(rasp.indices, rasp.indices, lambda k, q: k < q)
seen = rasp.Map(bool, rasp.SelectorWidth(same & earlier)).named("seen")
times = rasp.SelectorWidth(rasp.Select(seen, rasp.Full(True), rasp.Comparison.EQ) & earlier)
first = rasp.SequenceMap(lambda s, n: s and n == 0, seen, times)
