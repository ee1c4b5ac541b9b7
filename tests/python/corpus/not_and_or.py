from tracr.rasp import rasp
VOCAB = {0, 1, 2}
MAX_SEQ_LEN = 9
x = rasp.tokens
out = (~(x == 1) & (x + 5)) | (rasp.indices - 3)
