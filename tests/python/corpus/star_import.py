from tracr.rasp.rasp import *
VOCAB, MAX_SEQ_LEN = ["a", "b", "c"], 6
flip = Aggregate(Select(indices, length - indices - 1, Comparison.EQ), tokens)
first = Select(flip, tokens, Comparison.EQ)
earlier = Select(indices, indices, Comparison.LT)
# the smallest index with flip == token: counts those that have no match at or before them
has = SequenceMap(lambda a, b: a, flip, flip)
is_first = Map(lambda n: n == 0, SelectorWidth(Select(flip, flip, Comparison.EQ) & Select(indices, indices, Comparison.LT)))
out = Aggregate(Select(SequenceMap(lambda t, f: (t, f), flip, is_first), Map(lambda t: (t, True), tokens), Comparison.EQ), indices)
