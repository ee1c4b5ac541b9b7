import cmath
from decimal import Decimal, getcontext
from fractions import Fraction
from tracr.rasp import rasp

getcontext().prec = 6
half = rasp.Map(lambda t: Fraction(t, 6), rasp.tokens)
money = rasp.Map(lambda f: Decimal(f.numerator) / Decimal(f.denominator), half)
turn = rasp.Map(lambda t: 1j ** t, rasp.tokens)
out = rasp.SequenceMap(lambda m, z: f"{m}|{z.real:.0f}{z.imag:+.0f}i|{cmath.phase(z) > 0}", money, turn)
VOCAB = range(8)
MAX_SEQ_LEN = 5
