from functools import cache
from tracr.rasp import rasp

TARGET = "banana"


def distance(a: str, b: str) -> int:
    @cache
    def d(i, j):
        if i == 0 or j == 0:
            return i + j
        return min(d(i - 1, j) + 1, d(i, j - 1) + 1, d(i - 1, j - 1) + (a[i - 1] != b[j - 1]))

    return d(len(a), len(b))


how_far = rasp.Map(lambda t: distance(t, TARGET), rasp.tokens)
nearest = rasp.SelectorWidth(rasp.Select(how_far, how_far, rasp.Comparison.LT))
out = rasp.SequenceMap(lambda d, n: "nearest" if n == 0 else f"+{d}", how_far, nearest)
VOCAB = {"banana", "bandana", "ananas", "bad", "x"}
MAX_SEQ_LEN = 10
