from functools import partial, cmp_to_key
from tracr.rasp import rasp


def within(key, query, *, most, wrap):
    return abs(key - query) <= most or (wrap and {key, query} == {0, most})


def apply(f, *args, **kwargs):
    return partial(f, *args, **kwargs)


select = rasp.Select(rasp.tokens, rasp.tokens, partial(within, most=2, wrap=True))
power = rasp.Map(partial(pow, 2), rasp.SelectorWidth(select))
order = sorted(range(6), key=cmp_to_key(lambda a, b: (a % 3 > b % 3) - (a % 3 < b % 3)))
out = rasp.SequenceMap(apply(lambda k, a, b: k * a + order[b], 10), power, rasp.tokens)


def make_program():
    return out


VOCAB = range(6)
MAX_SEQ_LEN = 7
