from tracr.rasp import rasp
same = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.LT)
x = rasp.Aggregate(same, rasp.tokens, default="-")
#! tracr-default 3:5
