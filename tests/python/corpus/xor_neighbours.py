from tracr.rasp import rasp
VOCAB = {0, 1}
MAX_SEQ_LEN = 24
left = rasp.Aggregate(rasp.Select(rasp.indices, rasp.indices, lambda k, q: k == q - 1), rasp.tokens, default=0)
right = rasp.Aggregate(rasp.Select(rasp.indices, rasp.indices, lambda k, q: k == q + 1), rasp.tokens, default=0)
rule = {(a, b, c): 110 >> (4 * a + 2 * b + c) & 1 for a in (0, 1) for b in (0, 1) for c in (0, 1)}
sides = rasp.SequenceMap(lambda a, c: (a, c), left, right)
cell = rasp.SequenceMap(lambda s, b: rule[s[0], b, s[1]], sides, rasp.tokens)
