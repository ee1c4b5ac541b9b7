from tracr.rasp import rasp

VOCAB = {"a", "b", "c"}
MAX_SEQ_LEN = 8
x = (rasp.tokens == "a").annotated("note", 1).named("is_a")
assert x.annotations["note"] == 1 and x.name == "is_a"
y = rasp.annotate(x, kind="flag")
assert rasp.is_categorical(y) and not rasp.is_numerical(y)
number = rasp.numerical(rasp.Map(float, y)).named("number")
assert rasp.get_encoding(number) == rasp.Encoding.NUMERICAL
assert number("abca") == [1.0, 0.0, 0.0, 1.0]
before = rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LEQ).named("before")
running = rasp.numerical(rasp.Aggregate(before, number, default=0)).named("running")
assert running("ab") == [1.0, 0.5]
print(running.label, len(running.children))
