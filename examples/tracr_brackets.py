#@ title Two kinds of brackets, as published with Tracr
#@ description True where both kinds are balanced and never closed too early. Tracr's own model answers wrongly from length 11 on; this one is proved.
#@ group python
#@ order 3
#@ input "(){}()"
#@ expect "(){}()" -> [true, true, true, true, true, true]
#@ expect "({)}" -> [true, true, true, true]
#@ expect "())(" -> [false, false, false, false]
from tracr.compiler import compiling, lib

balanced = lib.make_shuffle_dyck(pairs=["()", "{}"])
compiling.compile_rasp_to_model(balanced, vocab={"(", ")", "{", "}"}, max_seq_len=6)
