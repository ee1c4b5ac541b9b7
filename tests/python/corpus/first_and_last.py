from tracr.rasp import rasp

VOCAB = ["red", "green", "blue"]
MAX_SEQ_LEN = 7


def first(sop: rasp.SOp) -> rasp.SOp:
    return rasp.Aggregate(rasp.Select(rasp.indices, rasp.Full(0), rasp.Comparison.EQ), sop, default=None).named("first")


def last(sop: rasp.SOp) -> rasp.SOp:
    return rasp.Aggregate(rasp.Select(rasp.indices, rasp.length - 1, rasp.Comparison.EQ), sop).named("last")


ends = rasp.SequenceMap(lambda a, b: a[0] + b[-1], first(rasp.tokens), last(rasp.tokens)).named("ends")
