#@ input "xyzab"
#@ expect "xyzab" -> ["a", "b", "c", "d", "e"]
import string
from typing import Callable, Set

from tracr.rasp import rasp

from abc import ABC, abstractmethod


class Case(ABC):
    @abstractmethod
    def get_program(self) -> rasp.SOp: ...

    def get_max_seq_len(self) -> int:
        return 12


class Caesar(Case):
    """Every letter three further; what is no letter stays."""

    shift: int = 3

    def get_vocab(self) -> Set[str]:
        return set(string.ascii_lowercase) | {" ", "."}

    def get_program(self) -> rasp.SOp:
        def turn(by: int) -> Callable[[str], str]:
            def f(c: str) -> str:
                return chr((ord(c) - ord("a") + by) % 26 + ord("a")) if c.isalpha() else c
            return f
        return rasp.Map(turn(self.shift), rasp.tokens).named("caesar")
