from tracr.rasp import rasp

from typing import Callable, Generic, TypeVar, Protocol, overload, Literal, Annotated, Self
T = TypeVar("T"); U = TypeVar("U")
class Fn[A, B]:
    def __init__(self, f: Callable[[A], B]) -> None: self.f = f
    def __call__(self, a: A) -> B: return self.f(a)
    def then[C](self, g: Callable[[B], C]) -> Fn[A, C]: return Fn(lambda a: g(self.f(a)))
type Sop = rasp.SOp
VOCAB: list[str] = list("abc"); MAX_SEQ_LEN: int = 5
out: Sop = rasp.Map(Fn(ord).then(lambda n: n - 97), rasp.tokens)
