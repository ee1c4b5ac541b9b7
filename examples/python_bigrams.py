#@ title How often did this pair occur?
#@ description Tuples are values: each position makes a pair of its token and the one before, and counts its like.
#@ group python
#@ order 7
#@ input "abab"
#@ expect "abab" -> [1, 2, 1, 2]
from tracr.rasp import rasp

VOCAB = set("ab")
MAX_SEQ_LEN = 6

before = rasp.Aggregate(rasp.Select(rasp.indices, rasp.indices, lambda key, query: key == query - 1), rasp.tokens, default="^")
pair = rasp.SequenceMap(lambda this, that: (that, this), rasp.tokens, before)
same_pair = rasp.Select(pair, pair, lambda key, query: key == query)
count = rasp.SelectorWidth(same_pair)
