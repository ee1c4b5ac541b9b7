from typing import Set
import string
from tracr.rasp import rasp


class Case9:
    def get_program(self) -> rasp.SOp:
        return make_distinct()

    def get_vocab(self) -> Set:
        return set("pqrs")

    def get_max_seq_len(self) -> int:
        return 8


def make_distinct():
    earlier_same = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ) & rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LT)
    is_new = rasp.Map(lambda n: 1 if n == 0 else 0, rasp.SelectorWidth(earlier_same)).named("is_new")
    new = rasp.Select(is_new, rasp.Full(1), rasp.Comparison.EQ)
    return rasp.SelectorWidth(new).named("distinct")
