from tracr.compiler.lib import make_length
from tracr.rasp import rasp

n = make_length()
middle = rasp.Map(lambda n: n // 2 if n % 2 else None, n)
pick = rasp.Select(rasp.indices, middle, lambda k, q: q is not None and k == q)
chosen = rasp.Aggregate(pick, rasp.tokens, default=None)
is_middle = rasp.SequenceMap(lambda i, m: i == m, rasp.indices, middle)
out = rasp.SequenceMap(lambda c, m: c.upper() if m else c, chosen, is_middle)
VOCAB = set("pqr")
MAX_SEQ_LEN = 9
