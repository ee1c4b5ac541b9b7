#@ input "(1+2)"
#@ expect "(1+2)" -> [2, 2, 1, 2, 2]
from __future__ import annotations
from tracr.rasp import rasp

VOCAB = set("()+-12")
MAX_SEQ_LEN = 8


def kind(t: str) -> str | None:
    match t:
        case "(" | ")":
            return "bracket"
        case d if d.isdigit():
            return "digit"
        case "+":
            return "plus"
        case _:
            return None


if (kinds := rasp.Map(kind, rasp.tokens)) is not None:
    same = rasp.Select(kinds, kinds, lambda k, q: k is not None and k == q)
    width = rasp.SelectorWidth(same).named("width")

if __name__ == "__main__":
    print(width(list("(1+2)")))
