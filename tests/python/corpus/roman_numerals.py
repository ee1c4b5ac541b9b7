from tracr.rasp import rasp

TABLE = [(10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]


def roman(n: int) -> str:
    out = []
    while n > 0:
        for value, sign in TABLE:
            if n >= value:
                out.append(sign)
                n -= value
                break
        else:
            raise AssertionError
    return "".join(out)


def make_program():
    spelled = rasp.Map(roman, rasp.tokens)
    shorter = rasp.Select(rasp.Map(len, spelled), rasp.Map(len, spelled), rasp.Comparison.LEQ)
    return rasp.SequenceMap(lambda r, n: r + ":" + roman(n), spelled, rasp.SelectorWidth(shorter))


VOCAB = list(range(1, 31))
MAX_SEQ_LEN = 12
