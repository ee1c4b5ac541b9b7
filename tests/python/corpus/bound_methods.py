from tracr.rasp import rasp

VOCAB = ["a", "b", "c"]; MAX_SEQ_LEN = 5
out = rasp.Map("abc".find, rasp.tokens)
