from tracr.rasp import rasp

from collections import defaultdict
VOCAB = "abz"; MAX_SEQ_LEN = 4
d = defaultdict(lambda: 7, a=1)
out = rasp.Map(lambda t: d[t], rasp.tokens)
