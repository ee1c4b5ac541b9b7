from tracr.rasp import rasp
VOCAB = ["ab", "c", "de f"]
MAX_SEQ_LEN = 5
words = rasp.Map(lambda s: "-".join(reversed(s.split())) if " " in s else s[::-1], rasp.tokens)
out = rasp.SequenceMap(lambda w, i: f"{i:02d}:{w!r:<8}|", words, rasp.indices)
