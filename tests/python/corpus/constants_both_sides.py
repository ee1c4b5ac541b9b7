from tracr.rasp import rasp

#@ vocabulary [1, 2, 3, 4]
#@ max_length 6
t, i = rasp.tokens, rasp.indices
a = 10 - t
b = 2 * t + 1
c = 12 / t
d = (t > 2) | (i < 1)
e = ~(t == 3) & (4 >= t)
f = (1 + a) * 2 - b / 1
g = rasp.SequenceMap(lambda x, y: x if y else -x, f, d)
h = rasp.SequenceMap(lambda x, y: round(x + (y is True), 6), g, e)
out = rasp.SequenceMap(lambda x, y: round(x * y, 6), h, c).named("out")
