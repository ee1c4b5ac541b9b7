import string
from tracr.rasp import rasp

VOCAB = set(string.ascii_lowercase[:8]) | set(string.digits[:4]) | {"_", "é", "ß", "\u4e2d", "\U0001F600"}
MAX_SEQ_LEN = 9
rot = str.maketrans("abcdefgh", "hgfedcba")
flipped = rasp.Map(lambda c: c.translate(rot), rasp.tokens)
upper = rasp.Map(str.upper, flipped)
kind = rasp.Map(lambda c: "L" if c.isalpha() else "D" if c.isnumeric() else "?", rasp.tokens)
out = rasp.SequenceMap("{}{}".format, upper, kind).named("out")
