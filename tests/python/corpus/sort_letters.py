from tracr.compiler import lib
from tracr.rasp import rasp

vocab = [chr(c) for c in range(ord("a"), ord("a") + 12)]
max_seq_len = 14


def get_program():
    code = rasp.Map(ord, rasp.tokens).named("code")
    return lib.make_sort(rasp.tokens, code, max_seq_len=max_seq_len, min_key=1).named("sorted")


def get_vocab():
    return vocab


def get_max_seq_len():
    return max_seq_len
