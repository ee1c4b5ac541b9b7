import string
from typing import List, Set

from tracr.rasp import rasp


def make_length():
    all_true_selector = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.TRUE).named("all_true_selector")
    return rasp.SelectorWidth(all_true_selector).named("length")


length = make_length()


class PalindromeCase:
    """1 where the token equals the one at the mirrored place, and the whole word's verdict behind it."""

    def __init__(self, max_seq_len: int = 10, vocab: List[str] = list(string.ascii_lowercase)):
        self._max_seq_len = max_seq_len
        self._vocab = vocab

    def get_program(self) -> rasp.SOp:
        opp_idx = (length - rasp.indices).named("opp_idx")
        opp_idx = (opp_idx - 1).named("opp_idx-1")
        mirrored = rasp.Aggregate(rasp.Select(rasp.indices, opp_idx, rasp.Comparison.EQ), rasp.tokens).named("mirrored")
        equal = rasp.SequenceMap(lambda a, b: a == b, rasp.tokens, mirrored).named("equal")
        wrong = rasp.SelectorWidth(rasp.Select(equal, rasp.Full(False), rasp.Comparison.EQ))
        return rasp.Map(lambda n: "palindrome" if n == 0 else f"{n} wrong", wrong).named("verdict")

    def get_vocab(self) -> Set[str]:
        return set(self._vocab)

    def get_max_seq_len(self) -> int:
        return self._max_seq_len
