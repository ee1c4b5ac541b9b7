from tracr.rasp import rasp

VOCAB = [-1, 0, 1]; MAX_SEQ_LEN = 4
z = rasp.tokens * -0.0
out = rasp.Map(str, z)
