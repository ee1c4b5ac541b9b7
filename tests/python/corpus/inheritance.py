from abc import ABC, abstractmethod
from typing import Set
from tracr.rasp import rasp


class BenchmarkCase(ABC):
    def get_index(self) -> str:
        return "17"

    @abstractmethod
    def get_program(self) -> rasp.SOp:
        raise NotImplementedError()

    def get_vocab(self) -> Set:
        return {"a", "b"}

    def get_max_seq_len(self) -> int:
        return 10

    def supports_causal_masking(self) -> bool:
        return False


class TracrBenchmarkCase(BenchmarkCase):
    def get_tracr_model(self):
        raise NotImplementedError


class Case17(TracrBenchmarkCase):
    def get_program(self) -> rasp.SOp:
        return make_swap_neighbours(rasp.tokens)

    def get_vocab(self) -> Set:
        return super().get_vocab() | {"c"}


def make_swap_neighbours(sop):
    """Even and odd positions change places; the last of an odd length stays."""
    length = rasp.SelectorWidth(rasp.Select(sop, sop, rasp.Comparison.TRUE))
    partner = rasp.SequenceMap(lambda i, n: i + 1 if i % 2 == 0 and i + 1 < n else i - 1 if i % 2 == 1 else i, rasp.indices, length)
    return rasp.Aggregate(rasp.Select(rasp.indices, partner, rasp.Comparison.EQ), sop).named("swapped")
