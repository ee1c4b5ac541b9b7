import math
import statistics
from fractions import Fraction
from decimal import Decimal
from tracr.rasp import rasp


def is_prime(n: int) -> bool:
    return n > 1 and all(n % k for k in range(2, math.isqrt(n) + 1))


def get_program() -> rasp.SOp:
    prime = rasp.Map(is_prime, rasp.tokens)
    logarithm = rasp.Map(lambda x: round(math.log2(x), 3) if x > 0 else float("-inf"), rasp.tokens)
    half = rasp.Map(lambda x: Fraction(x, 4), rasp.tokens)
    shown = rasp.SequenceMap(lambda p, h: f"{'p' if p else 'c'}:{h}", prime, half)
    return rasp.SequenceMap(lambda s, l: s + ("" if math.isinf(l) else f"|{l:.2f}"), shown, logarithm)


def get_vocab():
    return set(range(40))


def get_max_seq_len():
    return 5
