import contextlib
from tracr.rasp import rasp

scope = []


@contextlib.contextmanager
def named(name):
    scope.append(name)
    try:
        yield ".".join(scope)
    finally:
        scope.pop()


def counter():
    count = 0

    def step():
        nonlocal count
        count += 1
        return count

    return step


step = counter()
parts = []
with named("outer") as outer, named("inner") as inner:
    for _ in range(3):
        n = step()
        parts.append(rasp.Map(lambda t, n=n: t * n, rasp.tokens).named(f"{inner}.{n}"))
with contextlib.suppress(ZeroDivisionError):
    parts.append(1 / 0)
a, b, c = parts
out = rasp.SequenceMap(lambda x, y: x - y, rasp.SequenceMap(lambda x, y: x * y, a, b), c)
VOCAB = {0, 1, 2, 5}
MAX_SEQ_LEN = 6
