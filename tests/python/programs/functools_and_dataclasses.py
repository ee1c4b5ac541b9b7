#@ input [4, 0, 7]
#@ expect [4, 0, 7] -> ["LARGE:9", "SMALL:1", "LARGE:41"]
import dataclasses
import enum
import functools
import itertools
import operator
from tracr.rasp import rasp


class Size(enum.Enum):
    SMALL = 1
    LARGE = 2


@dataclasses.dataclass(frozen=True)
class Settings:
    limit: int = 4
    vocab: tuple = tuple(range(8))


settings = Settings()


@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def get_vocab():
    return set(settings.vocab)


def get_max_seq_len():
    return 5


def get_program():
    size = rasp.Map(lambda t: Size.SMALL if t < settings.limit else Size.LARGE, rasp.tokens)
    count = rasp.Map(functools.partial(operator.mul, 3), rasp.Map(fib, rasp.tokens))
    parts = list(itertools.accumulate([count, rasp.indices], lambda a, b: rasp.SequenceMap(operator.add, a, b)))
    return rasp.SequenceMap(lambda s, n: f"{s.name}:{n}", size, parts[-1])
