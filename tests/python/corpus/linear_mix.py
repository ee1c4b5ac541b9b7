from tracr.rasp import rasp

VOCAB = {"p", "n", "z"}
MAX_SEQ_LEN = 6
everything = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.TRUE)
share = lambda t: rasp.numerical(rasp.Aggregate(everything, rasp.numerical(rasp.Map(lambda x: 1.0 if x == t else 0.0, rasp.tokens)), default=0.0))
mood = rasp.numerical(rasp.LinearSequenceMap(share("p"), share("n"), 3, -2)).named("mood")
word = rasp.Map(lambda m: "good" if m > 0.5 else "bad" if m < -0.5 else "so-so", mood).named("word")
