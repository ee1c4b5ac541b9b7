from tracr.compiler import compiling
from tracr.rasp import rasp

first = rasp.Aggregate(rasp.Select(rasp.indices, rasp.Full(0), rasp.Comparison.EQ), rasp.tokens)
agrees = rasp.SequenceMap(lambda t, f: f"{f}{'=' if t == f else '~'}{t}", rasp.tokens, first)
compiling.compile_rasp_to_model(program=agrees, vocab={"a", "b", "c"}, max_seq_len=15, causal=True)
