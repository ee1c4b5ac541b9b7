from tracr.rasp import rasp
VOCAB = {1, 2, 3, 4, 6}
MAX_SEQ_LEN = 6
t, i = rasp.tokens, rasp.indices
a = (t + i) * 2 - 1
b = 12 / t
c = (a > b) & (t != 3)
out = rasp.SequenceMap(lambda x, y: (x, y) if y else x, b, c)
