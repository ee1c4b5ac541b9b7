from tracr.rasp import rasp
VOCAB = set("abz")
MAX_SEQ_LEN = 8
code = rasp.Map(lambda c: {"a": 0, "b": 1}.get(c), rasp.tokens)
shown = rasp.Map(lambda n: "?" if n is None else n, code)
kept = rasp.Map(lambda c: None if c == "z" else c, rasp.tokens, simplify=False)
out = rasp.SequenceMap(lambda a, b: f"{a}{b}", shown, kept)
