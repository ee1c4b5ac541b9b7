#@ input [3, 1, 2]
#@ expect [3, 1, 2] -> [3, 3, 3]
from tracr.compiler import compiling
from tracr.rasp import rasp

# Every lambda of the loop reads the last k, as Python has it; default arguments keep their own.
late = [rasp.Map(lambda t: t * 10 + k, rasp.tokens) for k in range(3)]
early = [rasp.Map(lambda t, k=k: t * 10 + k, rasp.tokens) for k in range(3)]
total = rasp.Map(lambda t: 0, rasp.tokens)
for a, b in zip(late, early):
    total = rasp.SequenceMap(lambda x, y: x + y, total, rasp.SequenceMap(lambda x, y: x - y, a, b))
model = compiling.compile_rasp_to_model(total, vocab={1, 2, 3}, max_seq_len=5, compiler_bos="BOS")
