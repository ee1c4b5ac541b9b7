from tracr.rasp import rasp
from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Interval:
    low: int
    high: int = field(default=9)

    def holds(self, n: int) -> bool:
        return self.low <= n <= self.high


VOCAB = list(range(10))
MAX_SEQ_LEN = 7
intervals = [Interval(0, 2), Interval(3, 6), Interval(7)]
box = rasp.Map(lambda n: next(i for i in intervals if i.holds(n)), rasp.tokens)
same_box = rasp.Select(box, box, lambda k, q: k == q)
out = rasp.SelectorWidth(same_box)
