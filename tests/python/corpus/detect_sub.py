from tracr.compiler import lib
from tracr.rasp import rasp


def get_program():
    """Where "abab" ends; 0 where too little has been read."""
    found = lib.detect_pattern(rasp.tokens, list("abab"))
    return rasp.SequenceMap(lambda f, i: int(f) * i, found, rasp.indices).named("ends")


def get_vocab():
    return {"a", "b"}


def get_max_seq_len():
    return 12
