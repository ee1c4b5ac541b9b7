#@ title A program in a class
#@ description get_program, get_vocab and get_max_seq_len, as benchmarks write them: is the number of ones so far even?
#@ group python
#@ order 9
#@ input [1, 0, 1, 1]
#@ expect [1, 0, 1, 1] -> [false, false, true, false]
from typing import Set

from tracr.rasp import rasp


class EvenOnes:
    causal = True

    def get_program(self) -> rasp.SOp:
        ones = rasp.Select(rasp.tokens, rasp.indices, lambda key, query: key == 1)
        earlier = rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LEQ)
        count = rasp.SelectorWidth(ones & earlier).named("count")
        return rasp.Map(lambda n: n % 2 == 0, count).named("even")

    def get_vocab(self) -> Set[int]:
        return {0, 1}

    def get_max_seq_len(self) -> int:
        return 8
