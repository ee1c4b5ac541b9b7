import enum
from typing import Final
from tracr.rasp import rasp


class Colour(enum.IntEnum):
    RED = enum.auto()
    GREEN = enum.auto()
    BLUE = enum.auto()

    @property
    def opposite(self) -> "Colour":
        return Colour(4 - self)


class Mood(str, enum.Enum):
    CALM = "calm"
    WILD = "wild"


MAX_SEQ_LEN: Final = 7
VOCAB = {c.name for c in Colour}
colour = rasp.Map(lambda name: Colour[name], rasp.tokens).named("colour")
mood = rasp.Map(lambda c: Mood.WILD if c is Colour.RED else Mood.CALM, colour)
before = rasp.Aggregate(rasp.Select(rasp.indices, rasp.indices, lambda k, q: k + 1 == q), colour)
out = rasp.SequenceMap(lambda m, c: f"{m.value}/{c.opposite.name}", mood, before)
