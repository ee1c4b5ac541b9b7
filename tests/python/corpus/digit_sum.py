from functools import reduce
import operator
from tracr.rasp import rasp

# Sum of all digits, kept modulo 10: counts of each digit, weighed and added.
VOCAB = list("0123456789")
MAX_SEQ_LEN = 6

def weighed(d):
    n = rasp.SelectorWidth(rasp.Select(rasp.tokens, rasp.Full(str(d)), rasp.Comparison.EQ))
    return rasp.Map(lambda x, d=d: (x * d) % 10, n).named(f"weight_{d}")

total = reduce(lambda a, b: rasp.SequenceMap(lambda x, y: (x + y) % 10, a, b), [weighed(d) for d in range(1, 10)]).named("total_mod_10")
