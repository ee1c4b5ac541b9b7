from tracr.rasp import rasp
import collections
import itertools

VOCAB = set("ACGT")
MAX_SEQ_LEN = 9
codons = {"".join(c): i for i, c in enumerate(itertools.product("ACGT", repeat=2))}
totals = list(itertools.accumulate(collections.Counter("ACGTTGCA")[c] for c in "ACGT"))
before = rasp.Aggregate(rasp.Select(rasp.indices, rasp.indices, lambda k, q: k + 1 == q), rasp.tokens, default="A")
pair = rasp.SequenceMap(lambda a, b: codons[a + b] * totals["ACGT".index(b)], before, rasp.tokens)
