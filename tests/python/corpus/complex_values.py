from tracr.rasp import rasp

VOCAB = range(4); MAX_SEQ_LEN = 4
out = rasp.Map(abs, rasp.SequenceMap(complex, rasp.tokens, rasp.indices))
