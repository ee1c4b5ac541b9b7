from tracr.rasp import rasp


class Affine:
    __slots__ = ("a", "b")
    made = 0

    def __init__(self, a, b=0):
        self.a, self.b = a, b
        type(self).made += 1

    def __call__(self, x):
        return self.a * x + self.b

    def __matmul__(self, other):
        return Affine(self.a * other.a, self.a * other.b + self.b)


class Far:
    def __init__(self, least):
        self.least = least

    def __call__(self, key, query):
        return abs(key - query) >= self.least

    def __invert__(self):
        return lambda key, query: not self(key, query)


f = Affine(2, 1) @ Affine(-3)
scaled = rasp.Map(f, rasp.tokens)
far, near = (rasp.SelectorWidth(rasp.Select(scaled, scaled, p)) for p in (Far(12), ~Far(12)))
assert Affine.made == 3
out = rasp.SequenceMap(lambda a, b: a - b, far, near)
VOCAB = [-2, -1, 0, 1, 2]
MAX_SEQ_LEN = 8
