from tracr.rasp import rasp

VOCAB = "ab"; MAX_SEQ_LEN = 6
same = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ)
upto = rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LEQ)
nxt = rasp.Select(rasp.indices, rasp.indices + 1, rasp.Comparison.EQ)
out = rasp.SelectorWidth((~same & upto) | nxt)
