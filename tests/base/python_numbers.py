"""Writes python_numbers.inc: what Python 3 itself answers for unbounded ints and for the texts of floats.

    python3 tests/base/python_numbers.py > tests/base/python_numbers.inc
    python3 tests/base/python_numbers.py 20000 7     # more rows, another seed, for a long comparison

A line is `operation|operand|operand|result`; doubles are given by their 64 bits in hexadecimal.
"""
import random
import struct
import sys

if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)
COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 25
rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)


def bits(d):
    return struct.pack(">d", d).hex()


def an_int():
    width = rng.choice([1, 8, 31, 32, 33, 53, 54, 63, 64, 65, 96, 128, 200, 1000, 1023, 1024, 1025])
    value = rng.getrandbits(width)
    if rng.random() < 0.2:
        value = (1 << width) + rng.randint(-2, 2)
    if rng.random() < 0.1:
        value = rng.getrandbits(20) << width
    return rng.choice([-1, 1]) * value


def a_double():
    kind = rng.randrange(7)
    if kind == 0:
        return struct.unpack("<d", struct.pack("<Q", rng.getrandbits(64)))[0]
    if kind == 1:
        return rng.randint(-10, 10) / rng.randint(1, 20)
    if kind == 2:
        return 2.0 ** rng.randint(-1074, 1023)
    if kind == 3:
        return struct.unpack("<d", struct.pack("<Q", rng.getrandbits(rng.randint(1, 60))))[0]
    if kind == 4:
        return rng.randint(1, 10**17) * 10.0 ** rng.randint(-20, 20)
    if kind == 5:
        return 1 / rng.randint(1, 1000)
    return float(rng.getrandbits(rng.randint(1, 70)))


def nearest(function):
    try:
        return bits(function())
    except OverflowError:
        return "overflow"


def main():
    print('R"table(')
    for name, function in {
        "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b,
        "div": lambda a, b: a // b, "mod": lambda a, b: a % b, "compare": lambda a, b: (a > b) - (a < b),
    }.items():
        for _ in range(COUNT):
            a, b = an_int(), an_int()
            if name in ("div", "mod") and b == 0:
                b = 3
            print(name, a, b, function(a, b), sep="|")
    for _ in range(COUNT):
        a, b = an_int(), an_int() or 1
        print("truediv", a, b, nearest(lambda: a / b), sep="|")
        print("double", a, 0, nearest(lambda: float(a)), sep="|")
        print("length", a, 0, a.bit_length(), sep="|")
        small, exponent = rng.randint(-40, 40), rng.randint(0, 60)
        print("pow", small, exponent, small**exponent, sep="|")
        d = a_double()
        if rng.random() < 0.5 and abs(a) < 2**1020:
            d = float(a)
        if d == d:
            print("compare-double", a, bits(d), (a > d) - (a < d), sep="|")
    doubles = [0.0, -0.0, 1.0, -1.0, 0.1, 1 / 3, 2 / 3, 1e16, 1e15, 123456789012345678.0, 1e-4, 1e-5, 0.00012345, 9999999999999998.0, 1e22, 1e23,
               5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 2.0**-44, 2.0**-24, 9007199254740993.0, 1e100, 100.0, 1.5e300,
               float("inf"), float("-inf"), float("nan")] + [2.0**e for e in range(-1074, 1024, 97)]
    for d in doubles + [a_double() for _ in range(4 * COUNT)]:
        print("repr", bits(d), 0, repr(d), sep="|")
    print(')table"')


main()
