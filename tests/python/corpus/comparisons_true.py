from tracr.rasp import rasp
from tracr.rasp.rasp import Aggregate, Comparison, Map, Select, SelectorWidth, indices, tokens, numerical, categorical

VOCAB = {"u", "v", "w"}
MAX_SEQ_LEN = 10
everything = Select(tokens, tokens, Comparison.TRUE).named("everything")
nothing = Select(tokens, tokens, Comparison.FALSE).named("nothing")
n = SelectorWidth(everything).named("n")
zero = SelectorWidth(nothing)
share = numerical(Aggregate(everything, numerical(Map(lambda t: int(t == "u"), tokens)), default=0)).named("share")
back = categorical(Map(lambda x: "many" if x > 0.5 else "few", share))
fallback = Aggregate(nothing, tokens, default="?")
out = rasp.SequenceMap(lambda a, b: a + b, back, fallback).named("out")
