#@ title Share of a token so far, as published with Tracr
#@ description The mean of true values is a fraction, exactly: 2/3 stays 2/3 for whoever reads it.
#@ group python
#@ order 4
#@ input "xaxx"
#@ expect "xaxx" -> [false, true, true, true]
from tracr.compiler import compiling, lib
from tracr.rasp import rasp

share = lib.make_frac_prevs(rasp.tokens == "x")
rarer = rasp.Map(lambda fraction: fraction < 0.8, share)
compiling.compile_rasp_to_model(rarer, vocab={"x", "a"}, max_seq_len=6)
