from typing import Set
import string
from tracr.rasp import rasp


class Case8:
    def get_program(self) -> rasp.SOp:
        return make_caesar()

    def get_vocab(self) -> Set:
        return set(string.ascii_uppercase)

    def get_max_seq_len(self) -> int:
        return 10


def make_caesar():
    letters = string.ascii_uppercase
    return rasp.SequenceMap(lambda c, i: letters[(letters.index(c) + i) % len(letters)], rasp.tokens, rasp.indices)
