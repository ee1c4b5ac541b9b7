from tracr.compiler import compiling
from tracr.rasp import rasp

later = rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.GT)
other = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.NEQ)
neither = rasp.SelectorNot(rasp.SelectorOr(later, other))
count = rasp.SelectorWidth(neither)
nothing = rasp.Aggregate(later, rasp.tokens)
out = rasp.SequenceMap(lambda n, t: f"{t}{n}", count, rasp.tokens)
compiling.compile_rasp_to_model(out, vocab={"a", "b", "c"}, max_seq_len=11, causal=True)
