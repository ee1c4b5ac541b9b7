from __future__ import annotations
from typing import Callable, NewType, Protocol, TypeAlias, TypeVar, overload
from tracr.rasp import rasp

type Table[K, V] = dict[K, V]
Name: TypeAlias = str
Index = NewType("Index", int)
T = TypeVar("T", bound=rasp.SOp)


class Shape(Protocol):
    def area(self) -> float: ...


class Box[N]:
    def __init__(self, side: N):
        self.side = side

    def area(self) -> float:
        return self.side ** 2


def first[A](items: list[A]) -> A:
    return items[0]


@overload
def scale(x: int) -> int: ...
@overload
def scale(x: str) -> str: ...
def scale(x):
    return x * 2


shapes: list[Shape] = [Box(s) for s in (1, 1.5, 2)]
table: Table[Name, float] = {c: shape.area() for c, shape in zip("abc", shapes)}
area: rasp.SOp = rasp.Map(lambda t: scale(table[t]) + first([Index(1)]), rasp.tokens)
total: Callable = rasp.Aggregate(rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.TRUE), area)
VOCAB, MAX_SEQ_LEN = set("abc"), 6
