from tracr.rasp import rasp


def collatz(n: int) -> int:
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


def digits(n):
    while n:
        n, d = divmod(n, 10)
        yield d


def get_program():
    steps = rasp.Map(collatz, rasp.tokens).named("steps")
    cross = rasp.Map(lambda n: sum(digits(n)), rasp.tokens).named("cross")
    return rasp.SequenceMap(lambda a, b: (a ^ b) & 7, steps, cross).named("mixed")


def get_vocab():
    return {n for n in range(1, 100)}


def get_max_seq_len():
    return 20
