import math
from tracr.rasp import rasp

VOCAB = set(range(1, 25))
MAX_SEQ_LEN = 6
coprime = rasp.Select(rasp.tokens, rasp.tokens, lambda k, q: math.gcd(k, q) == 1)
multiple = rasp.Select(rasp.tokens, rasp.tokens, lambda k, q: k % q == 0)
n, m = map(rasp.SelectorWidth, (coprime, multiple))
out = rasp.SequenceMap(lambda a, b: math.comb(a + b, b), n, m)
