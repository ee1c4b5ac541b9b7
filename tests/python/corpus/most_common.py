from tracr.rasp import rasp


class MostCommon:
    def __init__(self, vocab=frozenset("abc"), longest=7):
        self._vocab, self._longest = vocab, longest

    def get_vocab(self):
        return self._vocab

    def get_max_seq_len(self):
        return self._longest

    def get_program(self):
        """The most frequent token; of several, the one that occurs first."""
        same = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ)
        often = rasp.SelectorWidth(same)
        rank = rasp.SequenceMap(lambda n, i: n * 100 - i, often, rasp.indices)
        better = rasp.SelectorWidth(rasp.Select(rank, rank, rasp.Comparison.GT))
        best = rasp.Select(better, rasp.Full(0), rasp.Comparison.EQ)
        return rasp.Aggregate(best, rasp.tokens)
