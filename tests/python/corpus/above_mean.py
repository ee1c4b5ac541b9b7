from typing import Set
import string
from tracr.rasp import rasp


class Case5:
    def get_program(self) -> rasp.SOp:
        return make_above()

    def get_vocab(self) -> Set:
        return set(range(8))

    def get_max_seq_len(self) -> int:
        return 6


def make_above():
    everyone = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.TRUE)
    mean = rasp.Aggregate(everyone, rasp.tokens).named("mean")
    return rasp.SequenceMap(lambda t, m: "above" if t > m else "below" if t < m else "equal", rasp.tokens, mean)
