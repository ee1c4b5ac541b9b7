from tracr.rasp import rasp

class Outer:
    class Inner:
        def __init__(self, k): self._k = k
        @property
        def sop(self): return rasp.tokens + rasp.indices if self._k else rasp.tokens
        @staticmethod
        def vocab(): return {0, 1, 2}
        @classmethod
        def n(cls): return 6
VOCAB = Outer.Inner.vocab(); MAX_SEQ_LEN = Outer.Inner.n()
out = Outer.Inner(1).sop
