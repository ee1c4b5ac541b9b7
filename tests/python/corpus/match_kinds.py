from tracr.rasp import rasp
VOCAB = ["1", "22", "+", "x", ""]
MAX_SEQ_LEN = 6


def kind(t: str) -> str:
    match t:
        case "":
            return "empty"
        case "+" | "-":
            return "operator"
        case s if s.isdigit() and (n := int(s)) > 9:
            return f"large {n:>4}"
        case s if s.isdigit():
            return "digit"
    return "name"


kinds = rasp.Map(kind, rasp.tokens)
