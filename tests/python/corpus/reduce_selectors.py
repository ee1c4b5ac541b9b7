import functools
import operator
from tracr.compiler import compiling
from tracr.rasp import rasp

offsets = (-2, 0, 3)
near = functools.reduce(operator.or_, [rasp.Select(rasp.indices, rasp.indices, lambda k, q, d=d: k == q + d) for d in offsets])
same = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ)
both = functools.reduce(rasp.SelectorAnd, (near, same, ~rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.GT)))
n = rasp.SelectorWidth(both)
compiling.compile_rasp_to_model(n, vocab={"a", "b", "c"}, max_seq_len=9)
