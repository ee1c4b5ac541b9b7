from tracr.rasp import rasp
VOCAB = {"#", "a", "b"}
MAX_SEQ_LEN = 12
before = rasp.Select(rasp.indices, rasp.indices - 1, rasp.Comparison.EQ)
previous = rasp.Aggregate(before, rasp.tokens, default="^")
out = rasp.SequenceMap(lambda t, p: p.upper() if t == "#" else t, rasp.tokens, previous)
