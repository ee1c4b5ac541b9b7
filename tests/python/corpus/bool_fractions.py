from tracr.rasp import rasp

VOCAB, MAX_SEQ_LEN, CAUSAL = ("yes", "no"), 12, True
agreed = rasp.numerical(rasp.tokens == "yes")
everything = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.TRUE)
so_far = rasp.Aggregate(everything, agreed, default=0).named("so_far")
out = rasp.Map(lambda p: round(100 * p), so_far)
