import datetime as dt
from calendar import day_abbr
from tracr.rasp import rasp

START = dt.date(2024, 2, 26)
day = rasp.SequenceMap(lambda t, i: START + dt.timedelta(days=t + i), rasp.tokens, rasp.indices)
out = rasp.Map(lambda d: f"{day_abbr[d.weekday()]} {d:%d.%m.}", day)
weekend = rasp.Map(lambda d: d.weekday() >= 5, day)
n = rasp.SelectorWidth(rasp.Select(weekend, weekend, lambda k, q: k and q))
result = rasp.SequenceMap(lambda a, b: f"{a} ({b})", out, n)
VOCAB = {0, 1, 2, 3}
MAX_SEQ_LEN = 8
