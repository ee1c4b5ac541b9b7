from typing import Set
import string
from tracr.rasp import rasp


class Case10:
    def get_program(self) -> rasp.SOp:
        return make_sign()

    def get_vocab(self) -> Set:
        return set(range(-3, 4))

    def get_max_seq_len(self) -> int:
        return 12


def make_sign():
    sign = rasp.Map(lambda i: -1 if i % 2 else 1, rasp.indices)
    return rasp.SequenceMap(lambda t, s: t * s, rasp.tokens, sign)
