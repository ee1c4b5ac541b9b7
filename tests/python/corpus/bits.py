from tracr.compiler import compiling
from tracr.rasp import rasp

gray = rasp.Map(lambda n: n ^ (n >> 1), rasp.tokens)
ones = rasp.Map(int.bit_count, gray)
shared = rasp.Select(gray, gray, lambda k, q: k & q)  # not a bool: any other than 0 selects
out = rasp.SequenceMap(lambda o, w: (o << 4) | (w & 0xF), ones, rasp.SelectorWidth(shared))
compiling.compile_rasp_to_model(out, vocab=set(range(16)), max_seq_len=8)
