from tracr.rasp import rasp


class RemoveDuplicates:
    def get_program(self) -> rasp.SOp:
        is_earlier = rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LT)
        same = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ)
        seen = rasp.SelectorWidth(rasp.SelectorAnd(is_earlier, same))
        return rasp.SequenceMap(lambda t, n: None if n > 0 else t, rasp.tokens, seen)

    def get_vocab(self):
        return {"x", "y", "z", 1, 2}

    def get_max_seq_len(self):
        return 8
