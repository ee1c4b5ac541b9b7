from tracr.rasp import rasp
VOCAB = {"<", ">", "a", "b"}
MAX_SEQ_LEN = 9
opened = rasp.SelectorWidth(rasp.Select(rasp.tokens, rasp.Full("<"), rasp.Comparison.EQ) & rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LEQ))
closed = rasp.SelectorWidth(rasp.Select(rasp.tokens, rasp.Full(">"), rasp.Comparison.EQ) & rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LEQ))
inside = rasp.SequenceMap(lambda o, c: o > c, opened, closed)
out = rasp.SequenceMap(lambda t, i: t.upper() if i else t, rasp.tokens, inside)
