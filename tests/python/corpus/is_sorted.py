from tracr.rasp import rasp
VOCAB = {1, 2, 3, 4, 5}
MAX_SEQ_LEN = 8


def make_program():
    previous = rasp.Aggregate(rasp.Select(rasp.indices, rasp.indices - 1, rasp.Comparison.EQ), rasp.tokens)
    falls = rasp.SequenceMap(lambda t, p: t < p, rasp.tokens, previous).named("falls")
    broken = rasp.SelectorWidth(rasp.Select(falls, rasp.Full(True), lambda k, q: k is q))
    return rasp.Map(lambda n: "sorted" if n == 0 else "not", broken)
