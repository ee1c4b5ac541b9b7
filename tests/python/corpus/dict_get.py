from tracr.rasp import rasp

VOCAB = ["a", "b", "c"]; MAX_SEQ_LEN = 5
out = rasp.Map({"a": 1}.get, rasp.tokens)
