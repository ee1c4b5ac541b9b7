#@ input "banana"
#@ expect "banana" -> ["B", "A", "N", "a", "n", "a"]
from tracr.rasp import rasp


def make_first(sop: rasp.SOp) -> rasp.SOp:
    earlier = rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LT)
    same = rasp.Select(sop, sop, rasp.Comparison.EQ)
    seen = rasp.SelectorWidth(rasp.SelectorAnd(same, earlier)).named("seen")
    return rasp.Map(lambda n: n == 0, seen).named("first")


def get_program() -> rasp.SOp:
    first = make_first(rasp.tokens)
    return rasp.SequenceMap(lambda t, f: t.upper() if f else t, rasp.tokens, first)


def get_vocab():
    return {"b", "a", "n"}


def get_max_seq_len():
    return 9
