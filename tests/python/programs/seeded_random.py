#@ input "cab"
#@ expect "cab" -> [2, 5, 3]
import random
from tracr.rasp import rasp

random.seed(7)
letters = list("abcde")
shuffled = letters[:]
random.shuffle(shuffled)
key = dict(zip(letters, shuffled))
rng = random.Random(3)
weights = {c: rng.randint(0, 9) for c in letters}


def get_vocab():
    return set(letters)


def get_max_seq_len():
    return 6


def get_program():
    coded = rasp.Map(lambda c: key[c], rasp.tokens)
    return rasp.Map(lambda c: weights[c], coded).named("weight")
