from tracr.rasp import rasp

from contextlib import contextmanager
VOCAB = range(4); MAX_SEQ_LEN = 5
class Builder:
    def __init__(self): self.stack = [rasp.tokens]
    @contextmanager
    def step(self, f):
        self.stack.append(rasp.Map(f, self.stack[-1]))
        yield self.stack[-1]
b = Builder()
with b.step(lambda v: v + 1), b.step(lambda v: v * 2) as two, b.step(lambda v: v - 3) as last:
    assert two is not last
out = b.stack[-1]
