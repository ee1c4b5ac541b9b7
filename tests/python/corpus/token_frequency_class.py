from typing import Set
from tracr.rasp import rasp


class FrequencyClass:
    """rare, frequent or common, by the share of the input."""

    def get_program(self) -> rasp.SOp:
        same = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ)
        frequency = rasp.SelectorWidth(same)
        total = rasp.SelectorWidth(rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.TRUE))
        share = rasp.SequenceMap(lambda x, y: x / y if y > 0 else 0, frequency, total)

        def classify(share: float) -> str:
            if share < 0.2:
                return "rare"
            elif share < 0.5:
                return "common"
            else:
                return "frequent"

        return rasp.Map(classify, share)

    def get_vocab(self) -> Set:
        return set("abcdefghij")

    def get_max_seq_len(self) -> int:
        return 10
