import dataclasses
from tracr.compiler import compiling
from tracr.rasp import rasp


@dataclasses.dataclass(frozen=True, order=True, slots=True)
class State:
    depth: int = 0
    wrong: bool = False


def read(t):
    return State(depth={"(": 1, ")": -1}[t])


def merged(a: State, b: State) -> State:
    return dataclasses.replace(a, depth=a.depth + b.depth, wrong=a > b)


now = rasp.Map(read, rasp.tokens)
ahead = rasp.Aggregate(rasp.Select(rasp.indices, rasp.indices, lambda k, q: k == q + 1), now)
state = rasp.SequenceMap(merged, now, ahead)
same = rasp.SelectorWidth(rasp.Select(state, state, lambda k, q: k is not None and q is not None and k == q))
compiling.compile_rasp_to_model(same, vocab={"(", ")"}, max_seq_len=8)
