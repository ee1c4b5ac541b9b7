from collections import namedtuple
from typing import NamedTuple
from tracr.rasp import rasp


class Entry(NamedTuple):
    token: str
    place: int = 0

    def shown(self) -> str:
        return f"{self.token}@{self.place}"


Span = namedtuple("Span", "begin end")
entry = rasp.SequenceMap(Entry, rasp.tokens, rasp.indices)
moved = rasp.Map(lambda e: e._replace(place=e.place // 2), entry)
span = rasp.SequenceMap(lambda e, i: Span(e.place, i), moved, rasp.indices)
out = rasp.SequenceMap(lambda e, s: e.shown() + str(s.end - s.begin), moved, span)
VOCAB = {"u", "v"}
MAX_SEQ_LEN = 6
