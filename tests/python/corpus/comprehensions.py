from tracr.rasp import rasp

words = "a as ask task tasks".split()
size = {w: len(w) for w in words} | {"?": 0}
inside = {(x, y) for x in words for y in words if x in y and x != y}
contains = rasp.Select(rasp.tokens, rasp.tokens, lambda k, q: (k, q) in inside)
n = rasp.SelectorWidth(contains)
lower = rasp.Map(lambda w: 0 <= size[w] < 3 <= len(words), rasp.tokens)
flags = [*map(bool, [0, 1]), *(x > 1 for x in (1, 2))]
out = rasp.SequenceMap(lambda n, l: "".join("ynyn"[i] for i, f in enumerate(flags) if f) * n + ("s" if l else "l"), n, lower)
VOCAB = {*words, "?"}
MAX_SEQ_LEN = 9
