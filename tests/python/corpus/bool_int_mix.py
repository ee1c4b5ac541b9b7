from tracr.rasp import rasp

VOCAB = [0, 1, 2]; MAX_SEQ_LEN = 5
out = (rasp.tokens == 1) + (rasp.tokens > 0) + True
