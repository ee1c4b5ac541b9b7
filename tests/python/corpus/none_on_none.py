from tracr.rasp import rasp

VOCAB = "ab"; MAX_SEQ_LEN = 5
inner = rasp.Map(lambda t: None if t == "a" else t, rasp.tokens)
out = rasp.Map(lambda v: "n" if v is None else "ok", inner)
