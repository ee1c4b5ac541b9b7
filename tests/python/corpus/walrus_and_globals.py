from tracr.rasp import rasp

LOOKUP = {}
if (n := len("abc")) > 2:
    LOOKUP.update(zip("abc", range(n)))


def shifted(t):
    global LOOKUP
    return (v := LOOKUP[t]) * 10 + (v if v else -1)


def program(length=None, /, *extra, **more):
    total = rasp.Map(shifted, rasp.tokens)
    for sop in extra:
        total = rasp.SequenceMap(lambda a, b: a + b, total, sop)
    return total + more.get("plus", 0) if length is None else total


out = program(None, rasp.indices, rasp.SelectorWidth(rasp.Select(rasp.tokens, rasp.indices, lambda k, q: LOOKUP[k] == q)), plus=3)
result: rasp.SOp = (out % 7) if hasattr(rasp.SOp, "__mod__") else rasp.Map(lambda x: x % 7, out)
VOCAB = LOOKUP.keys()
MAX_SEQ_LEN = 9
