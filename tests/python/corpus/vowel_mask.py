from typing import Set
import string
from tracr.rasp import rasp


class Case1:
    def get_program(self) -> rasp.SOp:
        return make_vowel_mask(rasp.tokens)

    def get_vocab(self) -> Set:
        return set(string.ascii_lowercase)

    def get_max_seq_len(self) -> int:
        return 59


def make_vowel_mask(sop: rasp.SOp) -> rasp.SOp:
    """1 at vowels, 0 elsewhere."""
    return rasp.Map(lambda c: 1 if c in "aeiou" else 0, sop).named("vowels")
