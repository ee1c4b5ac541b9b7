from tracr.rasp import rasp
VOCAB = {"0", "1"}
MAX_SEQ_LEN = 32
value = rasp.SequenceMap(lambda t, i: int(t) << (i % 5), rasp.tokens, rasp.indices)
out = rasp.Map(lambda v: bin(v).count("1") and v.bit_length(), value)
