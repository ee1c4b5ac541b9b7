from tracr.compiler import compiling
from tracr.rasp import rasp


def make_max_so_far(sop):
    larger = rasp.SelectorWidth(rasp.Select(sop, sop, rasp.Comparison.GT))
    largest_until = rasp.Select(sop, rasp.indices, lambda k, q: True)
    del largest_until
    record = rasp.Map(lambda n: n == 0, larger)
    latest = rasp.SelectorWidth(rasp.Select(record, record, lambda k, q: k))
    return rasp.SequenceMap(lambda r, n: n if r else -n, record, latest)


compiling.compile_rasp_to_model(make_max_so_far(rasp.tokens), vocab=set(range(10)), max_seq_len=12, causal=True)
