from tracr.rasp import rasp

PAIRS = {"(": 1, ")": -1}
VOCAB = {*PAIRS, "x"}
MAX_SEQ_LEN = 12
CAUSAL = True
opens = rasp.SelectorWidth(rasp.Select(rasp.tokens, rasp.tokens, lambda k, q: PAIRS.get(k, 0) > 0))
closes = rasp.SelectorWidth(rasp.Select(rasp.tokens, rasp.tokens, lambda k, q: PAIRS.get(k, 0) < 0))
depth = (opens - closes).named("depth")
