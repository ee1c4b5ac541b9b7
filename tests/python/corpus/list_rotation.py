from tracr.rasp import rasp


class Rotation:
    k = 2

    @property
    def vocab(self):
        return {0, 1, 2, 3, 4}

    @staticmethod
    def rotated(index: int, n: int, k: int) -> int:
        return (index + k) % n

    @classmethod
    def build(cls):
        n = rasp.SelectorWidth(rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.TRUE))
        source = rasp.SequenceMap(lambda i, n: cls.rotated(i, n, cls.k), rasp.indices, n)
        return rasp.Aggregate(rasp.Select(rasp.indices, source, rasp.Comparison.EQ), rasp.tokens, None)

    def get_program(self):
        return self.build().named("rotated")

    def get_vocab(self):
        return self.vocab

    def get_max_seq_len(self):
        return 9
