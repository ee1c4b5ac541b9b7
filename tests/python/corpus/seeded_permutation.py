from tracr.rasp import rasp
import random
import string

rng = random.Random(1234)
VOCAB = sorted(string.ascii_lowercase[:10])
MAX_SEQ_LEN = 15
order = list(VOCAB)
rng.shuffle(order)
cipher = dict(zip(VOCAB, order))
plain = {v: k for k, v in cipher.items()}
out = rasp.Map(lambda c: plain[cipher[c]], rasp.Map(lambda c: c.lower(), rasp.tokens))
