from tracr.rasp import rasp

VOCAB = [0, 1, 2]; MAX_SEQ_LEN = 5
d = rasp.annotate(rasp.tokens * 2, name="double", mine=[1, 2]).annotated("other", 3)
assert d.annotations["mine"] == [1, 2] and d.annotations["other"] == 3 and d.name == "double", d.annotations
assert rasp.Map.default_name == "map" if hasattr(rasp.Map, "default_name") else True
out = d.named("twice")
assert out.label.startswith("twice_")
