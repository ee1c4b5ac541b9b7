from tracr.rasp.rasp import *
VOCAB, MAX_SEQ_LEN = ["a", "b", "c"], 6
flip = Aggregate(Select(indices, length - indices - 1, Comparison.EQ), tokens)
# Where the flipped input has each token first.
earlier = Select(flip, flip, Comparison.EQ) & Select(indices, indices, Comparison.LT)
is_first = Map(lambda n: n == 0, SelectorWidth(earlier))
out = Aggregate(Select(SequenceMap(lambda t, f: (t, f), flip, is_first), Map(lambda t: (t, True), tokens), Comparison.EQ), indices)
