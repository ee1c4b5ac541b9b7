from tracr.rasp import rasp
import functools

VOCAB = range(12)
MAX_SEQ_LEN = 5


@functools.lru_cache(maxsize=None)
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def clipped(low, high, n):
    return max(low, min(high, n))


out = functools.reduce(lambda sop, f: rasp.Map(f, sop), [fibonacci, functools.partial(clipped, 1, 50), str], rasp.tokens)
