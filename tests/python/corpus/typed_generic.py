import typing as t
from collections.abc import Callable, Iterable
from tracr.rasp import rasp
from tracr.rasp.rasp import SOp, Selector, Value

type Pred = Callable[[Value, Value], bool]


def any_of[T](items: Iterable[T]) -> Callable[[T], bool]:
    wanted = frozenset(items)
    return lambda x: x in wanted


def selected(pred: Pred) -> Selector:
    return rasp.Select(rasp.tokens, rasp.tokens, pred)


class Program(t.Protocol):
    def __call__(self) -> SOp: ...


def make_program() -> SOp:
    vowels = rasp.Map(any_of("aeiou"), rasp.tokens)
    alike = selected(lambda k, q: (k in "aeiou") == (q in "aeiou"))
    return rasp.SequenceMap(lambda v, n: n if v else -n, vowels, rasp.SelectorWidth(alike)).named("alike")


VOCAB: t.Final = set("abcdefghiou")
MAX_SEQ_LEN: int = 9
