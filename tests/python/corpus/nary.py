from tracr.compiler.lib import make_nary_sequencemap, make_length
from tracr.rasp import rasp

VOCAB = {"a", "b"}
MAX_SEQ_LEN = 6
count = rasp.SelectorWidth(rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ))
out = make_nary_sequencemap(lambda t, i, n, c: f"{t}{i}/{n}x{c}", rasp.tokens, rasp.indices, make_length(), count).named("out")
