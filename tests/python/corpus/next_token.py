from typing import Set
import string
from tracr.rasp import rasp


class Case7:
    def get_program(self) -> rasp.SOp:
        return make_next()

    def get_vocab(self) -> Set:
        return set("uvwx")

    def get_max_seq_len(self) -> int:
        return 18


def make_next():
    follower = rasp.Select(rasp.indices, rasp.indices, lambda key, query: key == query + 1)
    return rasp.Aggregate(follower, rasp.tokens, default=None).named("next")
