#@ title The largest of three neighbours
#@ description A window of positions, by a lambda that no comparison of RASP spells; the rank of each value decides.
#@ group python
#@ order 8
#@ input [2, 1, 3, 1]
#@ expect [2, 1, 3, 1] -> [2, 3, 3, 3]
from tracr.rasp import rasp

VOCAB = {1, 2, 3}
MAX_SEQ_LEN = 5


def neighbour(distance):
    there = rasp.Select(rasp.indices, rasp.indices, lambda key, query: key == query + distance)
    return rasp.Aggregate(there, rasp.tokens, default=0)


largest = rasp.tokens
for distance in (-1, 1):
    largest = rasp.SequenceMap(max, largest, neighbour(distance))
