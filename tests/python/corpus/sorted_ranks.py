from typing import Set
import string
from tracr.rasp import rasp


class Case6:
    def get_program(self) -> rasp.SOp:
        return make_rank()

    def get_vocab(self) -> Set:
        return set(range(30))

    def get_max_seq_len(self) -> int:
        return 20


def make_rank():
    smaller = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.LT)
    equal_before = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ) & rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LT)
    return rasp.SelectorWidth(smaller | equal_before).named("rank")
