from tracr.compiler import compiling
from tracr.rasp import rasp


def share(token):
    hits = rasp.numerical(rasp.Map(lambda t: 1 if t == token else 0, rasp.tokens)).named(f"is_{token}")
    upto = rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LEQ)
    return rasp.numerical(rasp.Aggregate(upto, hits, default=0)).named(f"share_{token}")


a, b, c = map(share, "abc")
mixed = rasp.numerical(rasp.LinearSequenceMap(rasp.numerical(rasp.LinearSequenceMap(a, b, 2, -1)), c, 1, 0.5))
out = rasp.categorical(rasp.Map(lambda x: "up" if x > 0.75 else "down" if x < 0.25 else "flat", mixed)).named("trend")
compiling.compile_rasp_to_model(out, vocab=set("abcd"), max_seq_len=6)
