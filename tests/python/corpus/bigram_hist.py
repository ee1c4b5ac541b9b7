from tracr.rasp import rasp
from tracr.compiler.lib import shift_by

VOCAB = {"g", "a", "t", "c"}
MAX_SEQ_LEN = 10
before = shift_by(1, rasp.tokens).named("before")
pair = rasp.SequenceMap(lambda a, b: (a, b), before, rasp.tokens).named("pair")
same = rasp.Select(pair, pair, lambda k, q: k is not None and k == q)
count = rasp.SelectorWidth(same).named("count")
