#@ input "aZbY"
#@ expect "aZbY" -> [2, 11, 12, 11]
from tracr.rasp import rasp


class Vowels:
    def __call__(self, key, query):
        return key in "aeiou" and query.lower() not in "aeiou"


class Program:
    VOWELS = "aeiou"

    @staticmethod
    def get_vocab():
        return frozenset("abeyzZY")

    @property
    def size(self):
        return 7

    def get_max_seq_len(self):
        return self.size

    def get_program(self):
        vowel = rasp.Select(rasp.tokens, rasp.tokens, Vowels()).named("vowel")
        upper = rasp.Select(rasp.tokens, rasp.tokens, lambda k, q: k.isupper() != q.isupper())
        return rasp.SequenceMap(lambda x, y: x * 10 + y, rasp.SelectorWidth(vowel), rasp.SelectorWidth(upper & ~vowel))
