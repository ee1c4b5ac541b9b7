from tracr.rasp import rasp
#@ output sel
sel = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ)
#! python-output 2:1
