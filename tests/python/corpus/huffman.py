import heapq
from itertools import count
from tracr.compiler import compiling
from tracr.rasp import rasp

WEIGHTS = {"e": 12, "t": 9, "a": 8, "q": 1, "z": 1}
ticket = count()
heap = [(w, next(ticket), c) for c, w in WEIGHTS.items()]
heapq.heapify(heap)
while len(heap) > 1:
    (w1, _, a), (w2, _, b) = heapq.heappop(heap), heapq.heappop(heap)
    heapq.heappush(heap, (w1 + w2, next(ticket), (a, b)))


def codes(node, prefix=""):
    if isinstance(node, str):
        yield node, prefix
    else:
        yield from codes(node[0], prefix + "0")
        yield from codes(node[1], prefix + "1")


code = dict(codes(heap[0][2]))
bits = rasp.Map(lambda t: len(code[t]), rasp.tokens)
mean = rasp.Aggregate(rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.TRUE), rasp.numerical(bits), default=0)
out = rasp.Map(lambda m: "dense" if m < 2.5 else "sparse", rasp.numerical(mean))
compiling.compile_rasp_to_model(out, vocab=set(WEIGHTS), max_seq_len=8)
