import functools
import itertools

from tracr.rasp import rasp


def clamp(x, low, high):
    return max(low, min(high, x))


class Shifted:
    """A callable object instead of a function."""

    def __init__(self, by):
        self.by = by

    def __call__(self, x):
        return x + self.by

    def method(self, x):
        return x * self.by


clamped = rasp.Map(functools.partial(clamp, low=2, high=6), rasp.tokens).named("clamped")
shifted = rasp.Map(Shifted(10), clamped).named("shifted")
bound = rasp.Map(Shifted(3).method, shifted).named("bound")
steps = list(itertools.accumulate(itertools.repeat(bound, 3), lambda a, b: rasp.SequenceMap(max, a, b)))
final = rasp.SequenceMap(functools.partial(lambda k, a, b: k * a - b, 2), steps[-1], rasp.indices).named("final")
VOCAB = range(10)
MAX_SEQ_LEN = 5
