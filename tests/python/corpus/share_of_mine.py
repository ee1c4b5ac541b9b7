from tracr.rasp import rasp
VOCAB = set("abc")
MAX_SEQ_LEN = 8
same = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ)
mine = rasp.SelectorWidth(same)
share = rasp.SequenceMap(lambda k, n: round(k / n, 2), mine, rasp.length)
