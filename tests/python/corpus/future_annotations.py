"""Doc string first."""
from __future__ import annotations
from tracr.rasp import rasp
VOCAB = "abc"; MAX_SEQ_LEN = 5
def f(t: Nothing) -> AlsoNothing: return t.upper()
out = rasp.Map(f, rasp.tokens)
