from tracr.rasp import rasp
VOCAB = set("(){}")
MAX_SEQ_LEN = 7
n = rasp.length
opposite = rasp.Aggregate(rasp.Select(rasp.indices, n - rasp.indices - 1, rasp.Comparison.EQ), rasp.tokens)
pairs = {"(": ")", ")": "(", "{": "}", "}": "{"}
fits = rasp.SequenceMap(lambda a, b: pairs[a] == b, rasp.tokens, opposite)
