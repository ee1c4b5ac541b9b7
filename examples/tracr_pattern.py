#@ title Detect a pattern, as published with Tracr
#@ description None where too little has been read: a value like any other, which the model gives, too.
#@ group python
#@ order 5
#@ input "cabc"
from tracr.compiler import compiling, lib
from tracr.rasp import rasp

found = lib.detect_pattern(rasp.tokens, "abc")
compiling.compile_rasp_to_model(found, vocab={"a", "b", "c"}, max_seq_len=6)
print(found("cabc"))
