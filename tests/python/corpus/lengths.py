from tracr.compiler import lib
from tracr.rasp import rasp

VOCAB = set("pq")
MAX_SEQ_LEN = 59
by_width = rasp.SelectorWidth(rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.TRUE))
last = rasp.SequenceMap(lambda i, n: "last" if i == n - 1 else "first" if i == 0 else "middle", rasp.indices, rasp.length).named("part")
middle = rasp.Map(lambda n: n // 2, lib.make_length())
parity = rasp.SequenceMap(lambda n, m: "even" if n == 2 * m else "odd", by_width, middle)
out = rasp.SequenceMap(lambda p, q: p + "-" + q, last, parity)
