from tracr.rasp import rasp

VOCAB = list(range(6)); MAX_SEQ_LEN = 5
def clamp(lo, *, hi):
    def deco(f):
        def g(v):
            return min(max(f(v), lo), hi)
        g.__name__ = f.__name__
        return g
    return deco
@clamp(2, hi=10)
def square(v): return v * v
out = rasp.Map(square, rasp.tokens).named("clamped square")
