from tracr.rasp import rasp


def shifts(sop, count):
    for back in range(1, count + 1):
        yield rasp.Aggregate(rasp.Select(rasp.indices, rasp.indices, lambda k, q, back=back: k == q - back), sop).named(f"back_{back}")


def joined(sops):
    total = None
    for sop in sops:
        filled = rasp.Map(lambda t: t, sop)
        total = filled if total is None else rasp.SequenceMap(lambda a, b: a + b, total, filled)
    return total


window = joined(shifts(rasp.tokens, 3))
out = rasp.SequenceMap(lambda w, t: t in w, window, rasp.tokens)
VOCAB = {*"abcd"}
MAX_SEQ_LEN = 8
