from tracr.rasp import rasp
VOCAB = set(range(5))
MAX_SEQ_LEN = 4
state = rasp.tokens
for step in range(40):
    state = rasp.SequenceMap(lambda s, t, step=step: (s * 2 + t + step) % 5, state, rasp.tokens)
