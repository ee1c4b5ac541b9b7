#@ title Histogram, in Tracr's Python
#@ description How often the token at each position occurs. The smallest program that people write for Tracr.
#@ group python
#@ order 1
#@ input "hello"
#@ expect "hello" -> [1, 1, 2, 2, 1]
from tracr.rasp import rasp
from tracr.compiler import compiling

same = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ)
hist = rasp.SelectorWidth(same)

compiling.compile_rasp_to_model(hist, vocab={"h", "e", "l", "o"}, max_seq_len=5)
