"""Writes python_operators.inc: what Python 3 itself answers for each operator on pairs of values.

    python3 tests/rasp/python_operators.py > tests/rasp/python_operators.inc
    python3 tests/rasp/python_operators.py 3000 7     # more pairs, another seed, for a long comparison

A line is `op|operand|...|result`; values are written i:12 f:0.5 b:True s:text, failures !class.
"""
import operator
import random
import sys

LIMIT_BITS, LIMIT_TEXT = 16384, 100000
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)

INTS = [0, 1, -1, 2, -2, 3, 7, -7, 10, 2**31, 2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63), 2**63, 10**30, -(10**30), 2**1100]
FLOATS = [0.0, -0.0, 0.5, -0.5, 1.0, 1.5, 2.5, -2.5, 0.1, 1 / 3, 3.0, -7.25, 1e16, 1e300, -1e300, 5e-324, 2.0**53, 2.0**63,
          float("inf"), float("-inf"), float("nan")]
BOOLS = [True, False]
TEXTS = ["", "a", "b", "ab", "0", "7", " -12 ", "1_000", "+5", "1.5", ".5e1", "1e400", "-inf", "nan", "x%s", "%d%%", "%f!", "%r", "é", "😀", "1__0", "0x10", "_1", "5_"]
FORMATS = ["%" + flags + width + precision + kind
           for flags in ["", "-", "+", " ", "#", "0", "#0", "-0", "+ ", "0+"]
           for width in ["", "1", "9"]
           for precision in ["", ".0", ".", ".3", ".12"]
           for kind in "diuoxXeEfFgGcsra"] + [
    "%%", "%5%", "a%", "%", "%5", "%.", "%q", "%(a)s", "%*d", "%ld", "%hx", "%Lf", "%s%%", "%%%s", "%d %d", "é%5sé", "%5.1s|", "%-5c|", "% d", "%.*f"]
FORMATTED = [0, 1, -1, 10, 65, 955, 128512, 0x110000, -12345678901234567890, 2**70, 0.0, -0.0, 0.5, -2.5, 1 / 3, 1e16, 1e22, -1e300, 123456.789, 5e-324,
             float("inf"), float("-inf"), float("nan"), True, False, "", "a", "é", "😀", "ab", "héllo wörld", "it's", '"', "12"]
# Digits of other scripts, some of them with what belongs to numbers.
SCRIPTS = ["١٢", "-٣", "१_२", "１２３", "𝟘𝟙", "٣.٥", "1٢e٣", "٠", "²", "Ⅻ", "½", "١_", "৯৯", "+߁"]
ALL = INTS + FLOATS + BOOLS + TEXTS


def power(a, b):
    # Answers beyond the limit are not worth waiting for.
    if type(a) in (int, bool) and type(b) in (int, bool) and b > 0 and abs(a) > 1 and (abs(a).bit_length() - 1) * b > LIMIT_BITS:
        raise MemoryError
    return a**b


def times(a, b):
    for text, count in ((a, b), (b, a)):
        if isinstance(text, str) and isinstance(count, int) and count < 2**63 and len(text) * count > LIMIT_TEXT:
            raise MemoryError
    return a * b


BINARY = {
    "Add": operator.add, "Sub": operator.sub, "Mul": times, "Div": operator.truediv, "Mod": operator.mod, "Pow": power,
    "Eq": operator.eq, "Ne": operator.ne, "Lt": operator.lt, "Le": operator.le, "Gt": operator.gt, "Ge": operator.ge,
    "And": lambda a, b: bool(a) and bool(b), "Or": lambda a, b: bool(a) or bool(b),
}
UNARY = {
    "Not": operator.not_, "Neg": operator.neg, "Pos": operator.pos, "Round": round, "Indicator": lambda x: 1 if x else 0,
    "ToStr": str, "ToInt": int, "ToFloat": float, "ToBool": bool,
}


def shown(v):
    letter = {int: "i", float: "f", bool: "b", str: "s"}[type(v)]
    return letter + ":" + str(v)


def answer(function, *operands):
    try:
        v = function(*operands)
    except ZeroDivisionError:
        return "!zero_division"
    except TypeError:
        return "!operand_type"
    except ValueError:
        return "!conversion"
    except OverflowError:
        return "!overflow"
    except MemoryError:
        return "!limit"
    if isinstance(v, complex):
        return "!type"
    if type(v) is int and abs(v).bit_length() > LIMIT_BITS:
        return "!limit"
    return shown(v)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 36
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    print('R"table(')
    for name, function in UNARY.items():
        for a in ALL:
            print(name, shown(a), answer(function, a), sep="|")
    numbers = INTS + FLOATS + BOOLS
    for name, function in BINARY.items():
        seen = set()
        while len(seen) < min(count, len(ALL) ** 2):
            pool = numbers if rng.random() < 0.7 else ALL
            a, b = rng.choice(pool), rng.choice(pool)
            if rng.random() < 0.15 and isinstance(a, str):
                b = rng.choice(TEXTS)
            line = "|".join([name, shown(a), shown(b), answer(function, a, b)])
            if line not in seen:
                seen.add(line)
                print(line)
    for name in ("ToInt", "ToFloat"):
        for text in SCRIPTS:
            print(name, shown(text), answer(UNARY[name], text), sep="|")
    printed = set()
    for _ in range(40 * count):
        f, x = rng.choice(FORMATS), rng.choice(FORMATTED)
        line = "|".join(["Mod", shown(f), shown(x), answer(operator.mod, f, x)])
        if line.count("|") == 3 and line.isprintable() and line not in printed:
            printed.add(line)
            print(line)
    for f in FORMATS[-20:]:
        for x in (12, 0.5, "a"):
            if "|" not in f:
                print("Mod", shown(f), shown(x), answer(operator.mod, f, x), sep="|")
    print(')table"')


main()
