from tracr.rasp import rasp


class Case0042:
    """How many smaller tokens there are, at the largest sizes that are usual."""

    def get_index(self) -> str:
        return "0042"

    def get_program(self) -> rasp.SOp:
        less = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.LT).named("less")
        return rasp.SelectorWidth(less).named("rank")

    def get_vocab(self):
        return set(range(100))

    def get_max_seq_len(self):
        return 59

    def supports_causal_masking(self):
        return False
