from tracr.rasp import rasp

GROUPS = {"a": frozenset("xy"), "b": frozenset("yz"), "c": frozenset()}
group = rasp.Map(GROUPS.get, rasp.tokens)
meets = rasp.Select(group, group, lambda k, q: bool(k & q))
before = rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LT)
out = rasp.SelectorWidth(rasp.SelectorAnd(meets, before)).named("meets_before")
VOCAB = GROUPS.keys()
MAX_SEQ_LEN = 10
VOCAB = set(VOCAB)
