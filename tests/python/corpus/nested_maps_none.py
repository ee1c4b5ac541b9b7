from tracr.rasp import rasp

# A function that returns None, inside and outside of another.
VOCAB = {"1", "2", "x", "y"}
MAX_SEQ_LEN = 6
inner = rasp.Map(lambda t: int(t) if t.isdigit() else None, rasp.tokens)
outer = rasp.Map(lambda v: "none" if v is None else f"n{v}", inner)  # nested: sees None
double = rasp.SequenceMap(lambda a, b: a * b, inner, inner).named("square")
after = rasp.Map(lambda v: "never" if v is None else v, double)  # not nested: never sees it
out = rasp.SequenceMap(lambda a, b: f"{a}{b}", outer, after)
