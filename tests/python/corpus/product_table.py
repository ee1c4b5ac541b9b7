import itertools as it
from tracr.rasp import rasp
from tracr.compiler import compiling

pairs = {(a, b): i for i, (a, b) in enumerate(it.product("xyz", repeat=2))}
steps = list(it.accumulate(range(1, 10)))
first, *rest, last = steps
previous = rasp.Aggregate(rasp.Select(rasp.indices, rasp.indices, lambda key, query: query - key == 1), rasp.tokens)
code = rasp.SequenceMap(lambda a, b: pairs[a, b], previous, rasp.tokens)
out = rasp.Map(lambda i: steps[i] if i < len(rest) else {last: "end"}.get(last), code)
model = compiling.compile_rasp_to_model(program=out, vocab=set("xyz"), max_seq_len=10, compiler_bos="BOS", causal=False)
