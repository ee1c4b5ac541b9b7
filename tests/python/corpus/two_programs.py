# Several candidates; the last assignment is the program, and loops leave names behind.
from tracr.rasp import rasp

VOCAB = tuple("xyz")
MAX_SEQ_LEN = 6
programs = {}
for shift in (1, 2, 3):
    earlier = rasp.Select(rasp.indices, rasp.indices, lambda k, q, s=shift: k == q - s)
    programs[shift] = rasp.Aggregate(earlier, rasp.tokens, default="_").named(f"back_{shift}")
joined = programs[1]
for s in [2, 3]:
    joined = rasp.SequenceMap(lambda a, b: a + b, joined, programs[s])
