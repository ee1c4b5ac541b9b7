from tracr.rasp import rasp
import numpy as np  # a habit

VOCAB = {-3, -2, -1, 0, 1, 2, 3}
MAX_SEQ_LEN = 5
size = rasp.Map(lambda x: abs(x), rasp.tokens)
smaller = rasp.SelectorWidth(rasp.Select(size, size, rasp.Comparison.LT))
best = rasp.Select(smaller, rasp.Full(0), rasp.Comparison.EQ)
answer = rasp.Aggregate(best, size).named("smallest_absolute")
