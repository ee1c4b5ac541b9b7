from tracr.rasp import rasp
VOCAB = {"x", "y", "pad"}
MAX_SEQ_LEN = 13
real = rasp.Select(rasp.tokens, rasp.Full("pad"), rasp.Comparison.NEQ)
out = rasp.SelectorWidth(real)
