from tracr.rasp import rasp
VOCAB = set(range(6))
MAX_SEQ_LEN = 7
C = rasp.Comparison
less, eq = (rasp.Select(rasp.tokens, rasp.tokens, c) for c in (C.LT, C.EQ))
neither = ~(less | eq)
other = rasp.selector_and(rasp.SelectorNot(eq), rasp.Select(rasp.indices, rasp.indices, C.NEQ))
out = rasp.SequenceMap(lambda a, b: 10 * a + b, rasp.SelectorWidth(neither), rasp.SelectorWidth(other))
