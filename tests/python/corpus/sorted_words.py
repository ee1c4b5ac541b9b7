from tracr.compiler import compiling, lib
from tracr.rasp import rasp

LONGEST = 6
words = ["fig", "apple", "kiwi", "date", "banana"]
size = rasp.Map(len, rasp.tokens).named("size")
out = lib.make_sort(rasp.tokens, size, max_seq_len=LONGEST, min_key=1)
assert out(["apple", "fig", "kiwi", "date"]) == ["fig", "kiwi", "date", "apple"]
compiling.compile_rasp_to_model(out, vocab=set(words), max_seq_len=LONGEST, compiler_bos="<s>", compiler_pad="<pad>")
