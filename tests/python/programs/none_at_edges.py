#@ input [1, 5, 2, 8]
#@ expect [1, 5, 2, 8] -> [-1, -3, 97, 98]
from typing import Optional
from tracr.compiler.compiling import compile_rasp_to_model
from tracr.rasp import rasp


def half(x: int) -> Optional[int]:
    if x % 2:
        return None
    return x // 2


halves = rasp.Map(half, rasp.tokens)
again = rasp.Map(lambda x: -1 if x is None else x + 100, halves)
plain = rasp.Map(lambda x: -1 if x is None else x + 100, halves, simplify=False)
out = rasp.SequenceMap(lambda a, b: a - b, again, rasp.Map(lambda i: i * 2, rasp.indices))
compile_rasp_to_model(out, vocab=range(10), max_seq_len=5, causal=True)
