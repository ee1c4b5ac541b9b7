#@ title Sort, as published with Tracr
#@ description Tokens in ascending order; equal ones keep their order. Keys are moved apart by their positions, and a key's rank is its place.
#@ group python
#@ order 2
#@ input [3, 1, 4, 1, 2]
#@ expect [3, 1, 4, 1, 2] -> [1, 1, 2, 3, 4]
from tracr.compiler import compiling, lib
from tracr.rasp import rasp

program = lib.make_sort(vals=rasp.tokens, keys=rasp.tokens, max_seq_len=5, min_key=1)
compiling.compile_rasp_to_model(program, vocab={1, 2, 3, 4}, max_seq_len=5)
