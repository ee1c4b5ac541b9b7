from tracr.rasp import rasp

VOCAB = "ab"; MAX_SEQ_LEN = 4
b = rasp.Map(str.encode, rasp.tokens)
out = rasp.SequenceMap(lambda raw, i: raw[0] ^ i, b, rasp.indices)
