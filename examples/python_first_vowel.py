#@ title Distance to the last vowel
#@ description A function that returns None: where no vowel has been read, there is no distance.
#@ group python
#@ order 10
#@ input "strapa"
from tracr.rasp import rasp

VOCAB = set("aeprst")
MAX_SEQ_LEN = 6

here = rasp.SequenceMap(lambda token, i: i if token in "aeiou" else -1, rasp.tokens, rasp.indices)
earlier_vowel = rasp.Select(here, rasp.indices, lambda key, query: 0 <= key <= query)
vowels = rasp.SelectorWidth(earlier_vowel)
numbered = rasp.Select(rasp.SequenceMap(lambda n, place: n if place >= 0 else -1, vowels, here), vowels, lambda key, query: key == query and key > 0)
last = rasp.Aggregate(numbered, here)
distance = rasp.SequenceMap(lambda i, place: i - place, rasp.indices, last)
