from tracr.rasp import rasp
VOCAB = {"ok", "err"}
MAX_SEQ_LEN = 17
window = rasp.Select(rasp.indices, rasp.indices, lambda k, q: abs(k - q) <= 2)
err = rasp.Select(rasp.tokens, rasp.Full("err"), rasp.Comparison.EQ)
out = rasp.SelectorWidth(window & err) > 0
