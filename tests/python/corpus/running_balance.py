from typing import Set
import string
from tracr.rasp import rasp


class Case4:
    def get_program(self) -> rasp.SOp:
        return make_balance()

    def get_vocab(self) -> Set:
        return {"(", ")"}

    def get_max_seq_len(self) -> int:
        return 16


def make_balance():
    before = rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LEQ)
    opens = rasp.numerical(rasp.Aggregate(before, rasp.numerical(rasp.Map(lambda t: float(t == "("), rasp.tokens)), default=0))
    closes = rasp.numerical(rasp.Aggregate(before, rasp.numerical(rasp.Map(lambda t: float(t == ")"), rasp.tokens)), default=0))
    return rasp.numerical(rasp.LinearSequenceMap(opens, closes, 1, -1)).named("balance")
