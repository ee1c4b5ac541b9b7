from tracr.rasp import rasp

VOCAB = {1, 2, 3}; MAX_SEQ_LEN = 5
b = 2 ** 60 + rasp.tokens
out = rasp.SelectorWidth(rasp.Select(b, b, rasp.Comparison.LEQ))
