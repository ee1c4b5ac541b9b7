from tracr.rasp import rasp
import calendar
import enum


class Day(enum.IntEnum):
    MON = 0
    TUE = 1
    SUN = 6


VOCAB = {0, 1, 6}
MAX_SEQ_LEN = 5
out = rasp.Map(lambda d: f"{Day(d).name.title()}:{len(calendar.month_name[d + 1])}", rasp.tokens)
