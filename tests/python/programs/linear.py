#@ input "aabca"
#@ expect "aabca" -> [2.0, 2.0, 1.0, 0.75, 1.0]
from tracr.rasp import rasp

VOCAB = {"a", "b", "c"}
MAX_SEQ_LEN = 10
CAUSAL = True

is_a = rasp.numerical(rasp.Map(lambda t: 1 if t == "a" else 0, rasp.tokens).named("is_a"))
is_b = rasp.numerical(rasp.Map(lambda t: int(t == "b"), rasp.tokens).named("is_b"))
before = rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LEQ)
share_a = rasp.numerical(rasp.Aggregate(before, is_a, default=0))
share_b = rasp.numerical(rasp.Aggregate(before, is_b, default=0))
score = rasp.numerical(rasp.LinearSequenceMap(share_a, share_b, 2.0, -1.0)).named("score")
