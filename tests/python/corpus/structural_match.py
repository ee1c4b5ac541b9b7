from tracr.rasp import rasp


def read(point):
    match point:
        case (0, 0):
            return "origin"
        case (x, 0) | (0, x) if x > 2:
            return f"far {x}"
        case (int() as x, y) if x == y:
            return "diagonal"
        case (x, *_):
            return f"at {x}"


point = rasp.SequenceMap(lambda t, i: (t, i % 3), rasp.tokens, rasp.indices)
out = rasp.Map(read, point)
VOCAB = {0, 1, 2, 3}
MAX_SEQ_LEN = 7
