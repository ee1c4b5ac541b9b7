from collections import Counter, defaultdict, deque
from tracr.rasp import rasp

TEXT = "the quick brown fox jumps over the lazy dog and the cat"
counts = Counter(TEXT.replace(" ", ""))
by_count = defaultdict(list)
for letter, n in counts.most_common():
    by_count[n].append(letter)
wheel = deque(sorted(counts))
wheel.rotate(3)


class Program:
    vocab = set("abcdefgh")

    def get_program(self):
        rank = {l: r for r, (n, ls) in enumerate(sorted(by_count.items(), reverse=True)) for l in ls}
        ranked = rasp.Map(lambda t: rank.get(t, -1), rasp.tokens)
        turned = rasp.Map(dict(zip(sorted(counts), wheel)).__getitem__, rasp.tokens)
        return rasp.SequenceMap(lambda r, t: f"{t}{r:+d}", ranked, turned)

    def get_vocab(self):
        return self.vocab

    def get_max_seq_len(self):
        return 11
