from tracr.rasp import rasp
from tracr.compiler import compiling


def alternate(sop):
    return rasp.SequenceMap(lambda t, i: t.upper() if i % 2 == 0 else t.lower(), sop, rasp.indices)


assert alternate(rasp.tokens)("abcd") == ["A", "b", "C", "d"]
program = alternate(rasp.tokens).named("aLtErNaTe")
model = compiling.compile_rasp_to_model(program, vocab=set("abcdXYZ"), max_seq_len=20, causal=True, compiler_bos="bos", mlp_exactness=100)
