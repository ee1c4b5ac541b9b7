from tracr.rasp import rasp
VOCAB = {"a", "b"}
MAX_SEQ_LEN = 10
is_a = rasp.Map(lambda t: t == "a", rasp.tokens)
places = rasp.SequenceMap(lambda yes, i: i if yes else -1, is_a, rasp.indices)
later_a = rasp.Select(places, rasp.indices, lambda k, q: 0 <= k <= q)
count = rasp.SelectorWidth(later_a).named("a_so_far")
nth = rasp.SequenceMap(lambda yes, n: n if yes else 0, is_a, count)
nearest = rasp.Aggregate(rasp.Select(nth, count, lambda k, q: k == q and q > 0), rasp.indices, default=None)
