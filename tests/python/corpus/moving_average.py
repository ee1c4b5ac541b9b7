from tracr.rasp import rasp

VOCAB = {0, 1, 2, 3}
MAX_SEQ_LEN = 8


def window(k):
    def near(key, query):
        return abs(key - query) <= k
    return rasp.Select(rasp.indices, rasp.indices, near)


average = rasp.numerical(rasp.Aggregate(window(1), rasp.numerical(rasp.tokens), default=0)).named("average")
