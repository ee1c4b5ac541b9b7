from tracr.rasp import rasp
VOCAB = {0, 1, 2, 3}
MAX_SEQ_LEN = 10
total = rasp.tokens
for k in range(1, 3):
    back = rasp.Aggregate(rasp.Select(rasp.indices, rasp.Map(lambda i, k=k: i - k, rasp.indices), rasp.Comparison.EQ), rasp.tokens, default=0)
    total = rasp.SequenceMap(lambda a, b: a + b, total, back).named(f"sum_{k + 1}")
