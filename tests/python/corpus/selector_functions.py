from tracr.rasp import rasp

import functools, operator
VOCAB = "ab"; MAX_SEQ_LEN = 6
same = rasp.Select(rasp.tokens, rasp.tokens, operator.eq)
after = rasp.Select(rasp.indices, rasp.indices, operator.gt)
both = functools.reduce(rasp.selector_and, [same, after, rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.TRUE)])
out = rasp.SelectorWidth(rasp.selector_not(both))
