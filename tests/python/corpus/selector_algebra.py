from tracr.rasp import rasp

VOCAB = {"a", "b", "c", "d"}
MAX_SEQ_LEN = 7
vowel = rasp.Map(lambda t: t in "aeiou", rasp.tokens)
is_vowel = rasp.Select(vowel, rasp.Full(True), rasp.Comparison.EQ)
later = rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.GT)
same = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ)
n = rasp.SelectorWidth(rasp.selector_or(rasp.selector_and(is_vowel, later), rasp.selector_not(same)))
m = rasp.SelectorWidth(~(later | same) & ~is_vowel)
out = rasp.SequenceMap(lambda a, b: a * 100 + b, n, m)
