#@ input [6, 2, 9]
#@ expect [6, 2, 9] -> [2.9, 1.2, 0.0]
from tracr.rasp import rasp

vocab = set(range(1, 10))
max_seq_len = 4

x = (rasp.tokens * 2 - 1) / 4
y = 10 - rasp.indices
big = (x > 2) & (y >= 9)
either = big | (rasp.tokens == 2)
out = rasp.SequenceMap(lambda b, v: round(v, 1) if b else 0.0, either, 1 / rasp.tokens + x)
