import re
from enum import Enum, IntEnum, auto

from tracr.rasp import rasp


class Kind(str, Enum):
    WORD = "word"
    NUMBER = "number"
    PUNCT = "punct"


class Rank(IntEnum):
    LOW = auto()
    HIGH = auto()


PATTERNS = [(re.compile(r"^[a-z]+$"), Kind.WORD), (re.compile(r"^\d+(\.\d+)?$"), Kind.NUMBER), (re.compile(r"^[.,;!?]$"), Kind.PUNCT)]


def tag(token: str) -> str:
    for pattern, kind in PATTERNS:
        if pattern.match(token):
            return kind.value
    return "other"


class Tagger:
    vocab = {"cat", "dog", "3.14", "42", ".", "!", "%%", "x1"}

    def get_program(self):
        return rasp.Map(tag, rasp.tokens).named("tag")

    def get_vocab(self):
        return self.vocab

    def get_max_seq_len(self):
        return 15
