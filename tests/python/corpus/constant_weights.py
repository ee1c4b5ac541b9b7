from tracr.rasp import rasp
VOCAB = {1, 2}
MAX_SEQ_LEN = 4
weights = rasp.ConstantSOp([5, 0, -2, 8], check_length=False)
out = rasp.SequenceMap(lambda w, t: w * t, weights, rasp.tokens)
