from tracr.rasp import rasp
from tracr.compiler import lib
x = rasp.SelectorWidth(rasp.Select(lib.shift_by(1, rasp.tokens), rasp.tokens, rasp.Comparison.EQ))
#! none-compared 3:24
