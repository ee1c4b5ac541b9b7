from typing import Set
import string
from tracr.rasp import rasp


class Case3:
    def get_program(self) -> rasp.SOp:
        return make_half()

    def get_vocab(self) -> Set:
        return set("mnop")

    def get_max_seq_len(self) -> int:
        return 11


def make_half():
    half = rasp.Map(lambda n: n // 2, rasp.SelectorWidth(rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.TRUE)))
    return rasp.Aggregate(rasp.Select(rasp.indices, half, rasp.Comparison.EQ), rasp.tokens)
