from tracr.rasp import rasp
VOCAB = set("abc")
MAX_SEQ_LEN = 7


class Shifted(rasp.Aggregate):
    """An s-op with a constructor of its own."""

    def __init__(self, sop, by=1, default="-"):
        super().__init__(rasp.Select(rasp.indices, rasp.indices, lambda k, q: k == q - by), sop, default)
        self.by = by


class Doubled(rasp.Map):
    def __init__(self, sop):
        super().__init__(lambda t: t + t, sop)


out = Doubled(Shifted(rasp.tokens, by=2))
