from tracr.rasp import rasp

VOCAB = {"+1", "-1", "0", "err"}
MAX_SEQ_LEN = 8


def read(t: str):
    match t:
        case "+1" | "-1" as s:
            return int(s)
        case "0":
            return 0
        case _:
            return None


value = rasp.Map(read, rasp.tokens).named("value")
known = rasp.Map(lambda t: 1 if (v := read(t)) is not None else 0, rasp.tokens).named("known")
position = rasp.SequenceMap(lambda v, i: v * (i + 1), value, rasp.indices).named("weighted")
