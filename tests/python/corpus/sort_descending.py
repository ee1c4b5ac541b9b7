from tracr.rasp import rasp as r

#@ vocabulary [1, 2, 3, 4, 5, 6, 7, 8, 9]
#@ max_length 8
before = r.Select(r.indices, r.indices, r.Comparison.LT)
bigger = r.Select(r.tokens, r.tokens, r.Comparison.GT)
equal = r.Select(r.tokens, r.tokens, r.Comparison.EQ)
target = r.SelectorWidth(bigger | (equal & before)).named("target")
out = r.Aggregate(r.Select(target, r.indices, r.Comparison.EQ), r.tokens).named("descending")
