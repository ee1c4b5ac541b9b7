from typing import Set
import string
from tracr.rasp import rasp


class Case2:
    def get_program(self) -> rasp.SOp:
        return make_last()

    def get_vocab(self) -> Set:
        return set("abcd")

    def get_max_seq_len(self) -> int:
        return 14


def make_last():
    later_same = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ) & rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.GT)
    return rasp.Map(lambda n: n == 0, rasp.SelectorWidth(later_same)).named("is_last")
