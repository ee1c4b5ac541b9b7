#!/usr/bin/env python3
"""What the programs in corpus/ compute, as plain functions of a list, without s-ops: writes references.json.

python3 tests/python/references.py            The inputs are random, the same each time. Means are sums divided by counts.
"""
import itertools
import json
import math
import pathlib
import random
import re
from collections import Counter
from fractions import Fraction

import second_references
import fourth_references
import third_references

HERE = pathlib.Path(__file__).parent


def palindrome(x):
    wrong = sum(a != b for a, b in zip(x, reversed(x)))
    return ["palindrome" if wrong == 0 else f"{wrong} wrong"] * len(x)


def majority_vote(x):
    margin = x.count("yes") - x.count("no")
    return ["tie" if margin == 0 else "accepted" if margin > 0 else "rejected"] * len(x)


def run_lengths(x):
    return [k + 1 for _, run in itertools.groupby(x) for k in range(len(list(run)))]


def digit_sum(x):
    return [sum(map(int, x)) % 10] * len(x)


def regex_tags(x):
    return ["word" if re.fullmatch("[a-z]+", t) else "number" if re.fullmatch(r"\d+(\.\d+)?", t) else "punct" if t in list(".,;!?") else "other" for t in x]


def dict_classes(x):
    tags = {"the": "DET", "a": "DET", "cat": "NOUN", "dog": "NOUN", "runs": "VERB", "sleeps": "VERB", "quickly": "ADV"}
    of = [tags.get(t, "X") for t in x]
    return [f"{a}>{b}" for a, b in zip(["START", *of], of)]


def dataclass_config(x):
    return [int(math.copysign(1, t)) * math.floor(abs(t) * math.pi) if t else 0 for t in x]


def partials(x):
    return [2 * (min(6, max(2, t)) + 10) * 3 - i for i, t in enumerate(x)]


def histogram(x):
    return [x.count(t) for t in x]


def comparisons_true(x):
    return [("many" if x.count("u") * 2 > len(x) else "few") + "?"] * len(x)


def constants_both_sides(x):
    out = []
    for i, t in enumerate(x):
        d, e = t > 2 or i < 1, t != 3 and t <= 4
        f = (1 + 10 - t) * 2 - (2 * t + 1) / 1
        h = round((f if d else -f) + (e is True), 6)
        out.append(round(h * (12 / t), 6))
    return out


def lengths(x):
    n = len(x)
    return [("last" if i == n - 1 else "first" if i == 0 else "middle") + ("-even" if n % 2 == 0 else "-odd") for i in range(n)]


def shares_so_far(x, token):
    # One position alone keeps its value; the values are floats here.
    return [x[: i + 1].count(token) / (i + 1) for i in range(len(x))]


def detect_sub(x):
    ends = [i if x[i - 3 : i + 1] == list("abab") else 0 for i in range(len(x))]
    # The first element of the pattern is looked up first, and stands three positions back: None where there is none.
    return [None if i < 3 else ends[i] for i in range(len(x))]


def bigram_hist(x):
    pairs = [None] + list(zip(x, x[1:]))
    return [0 if p is None else pairs.count(p) for p in pairs]


def token_frequency_class(x):
    return ["rare" if Fraction(n, len(x)) < Fraction(1, 5) else "common" if 2 * n < len(x) else "frequent" for n in histogram(x)]


def list_rotation(x):
    return [x[(i + 2) % len(x)] for i in range(len(x))]


def random_table(x):
    rng = random.Random(42)
    table = {f"tok_{i:02d}": rng.randint(0, 4) for i in range(100)}
    return histogram([table[t] for t in x])


def nested_maps_none(x):
    return [f"n{t}{int(t) ** 2}" if t.isdigit() else None for t in x]


def primes_and_math(x):
    out = []
    for n in x:
        prime = n > 1 and not any(n % k == 0 for k in range(2, n))
        out.append(("p" if prime else "c") + f":{Fraction(n, 4)}" + (f"|{round(math.log2(n), 3):.2f}" if n else ""))
    return out


def parity_causal(x):
    return [s % 2 for s in itertools.accumulate(x)]


def stack_depth(x):
    return list(itertools.accumulate({"(": 1, ")": -1}.get(t, 0) for t in x))


def first_and_last(x):
    return [x[0][0] + x[-1][-1]] * len(x)


def moving_average(x):
    windows = [x[max(0, i - 1) : i + 2] for i in range(len(x))]
    return [w[0] if len(w) == 1 else sum(w) / len(w) for w in windows]


def linear_mix(x):
    m = 3 * (x.count("p") / len(x)) - 2 * (x.count("n") / len(x))
    return ["good" if m > 0.5 else "bad" if m < -0.5 else "so-so"] * len(x)


def selector_algebra(x):
    out = []
    for q, t in enumerate(x):
        n = sum((k in "aeiou" and j > q) or k != t for j, k in enumerate(x))
        m = sum(not (j > q or k == t) and k not in "aeiou" for j, k in enumerate(x))
        out.append(100 * n + m)
    return out


def nary(x):
    return [f"{t}{i}/{len(x)}x{x.count(t)}" for i, t in enumerate(x)]


def duplicates_removed(x):
    return [None if t in x[:i] else t for i, t in enumerate(x)]


def closest_zero(x):
    smallest = min(map(abs, x))
    several = sum(abs(t) == smallest for t in x) > 1  # then it is a mean, and a float
    return [float(smallest) if several else smallest] * len(x)


def while_generator(x):
    def collatz(n):
        return 0 if n == 1 else 1 + collatz(n // 2 if n % 2 == 0 else 3 * n + 1)

    return [(collatz(n) ^ sum(map(int, str(n)))) & 7 for n in x]


def inheritance(x):
    x = list(x)
    for i in range(0, len(x) - 1, 2):
        x[i], x[i + 1] = x[i + 1], x[i]
    return x


def string_tricks(x):
    return [("hgfedcba"["abcdefgh".index(c)] if c in "abcdefgh" else c).upper() + ("L" if c.isalpha() else "D" if c.isdigit() else "?") for c in x]


def two_programs(x):
    return ["".join(x[i - s] if i >= s else "_" for s in (1, 2, 3)) for i in range(len(x))]


def walrus_match(x):
    return [None if t == "err" else int(t) * (i + 1) for i, t in enumerate(x)]


def typed_generic(x):
    vowels = sum(t in "aeiou" for t in x)
    return [vowels if t in "aeiou" else vowels - len(x) for t in x]


def exceptions_inside(x):
    return [{"3": "2", "0": "-1", "x": "ValueError"}[t] + f"@{i}" for i, t in enumerate(x)]


def predicates_tuples(x):
    return [(sum(k[1] == t[1] for k in x), sum(k[0] == t[0] and k != t for k in x)) for t in x]


REFERENCES = {
    "palindrome": (palindrome, "abc", 10), "majority_vote": (majority_vote, ["yes", "no", "abstain"], 12), "run_lengths": (run_lengths, "abc", 9),
    "digit_sum": (digit_sum, "0123456789", 6), "regex_tags": (regex_tags, ["cat", "dog", "3.14", "42", ".", "!", "%%", "x1"], 15),
    "sort_letters": (sorted, "abcdefghijkl", 14), "sort_descending": (lambda x: sorted(x, reverse=True), range(1, 10), 8),
    "dict_classes": (dict_classes, ["the", "a", "cat", "dog", "runs", "sleeps", "quickly", "hm"], 7),
    "upper_every_second": (lambda x: [t.lower() if i % 2 else t.upper() for i, t in enumerate(x)], "abcdXYZ", 20),
    "dataclass_config": (dataclass_config, range(-5, 6), 10), "partials": (partials, range(10), 5), "absent_libraries": (histogram, range(1, 5), 8),
    "comparisons_true": (comparisons_true, "uvw", 10), "constants_both_sides": (constants_both_sides, range(1, 5), 6), "lengths": (lengths, "pq", 59),
    "annotated": (lambda x: shares_so_far(x, "a"), "abc", 8), "detect_sub": (detect_sub, "ab", 12), "bigram_hist": (bigram_hist, "gatc", 10),
    "token_frequency_class": (token_frequency_class, "abcdefghij", 10), "list_rotation": (list_rotation, range(5), 9),
    "random_table": (random_table, [f"tok_{i:02d}" for i in range(100)], 30), "nested_maps_none": (nested_maps_none, "12xy", 6),
    "primes_and_math": (primes_and_math, range(40), 5), "parity_causal": (parity_causal, [0, 1], 20), "stack_depth": (stack_depth, "()x", 12),
    "first_and_last": (first_and_last, ["red", "green", "blue"], 7), "moving_average": (moving_average, range(4), 8), "linear_mix": (linear_mix, "pnz", 6),
    "selector_algebra": (selector_algebra, "abcd", 7), "nary": (nary, "ab", 6), "duplicates_removed": (duplicates_removed, ["x", "y", "z", 1, 2], 8),
    "closest_zero": (closest_zero, range(-3, 4), 5),
    "while_generator": (while_generator, range(1, 100), 20), "inheritance": (inheritance, "abc", 10),
    "script_style": (lambda x: [x.count(t) > 1 for t in x], "xyz", 9), "string_tricks": (string_tricks, "abcdefgh0123_éß中😀", 9),
    "two_programs": (two_programs, "xyz", 6), "walrus_match": (walrus_match, ["+1", "-1", "0", "err"], 8), "typed_generic": (typed_generic, "abcdefghiou", 9),
    "exceptions_inside": (exceptions_inside, "30x", 6), "predicates_tuples": (predicates_tuples, ["ka", "ki", "so", "su", "me"], 7),
}
LETTERS = {bool: "b", int: "i", float: "f", str: "s"}


def document(values):
    return {"values": [v if type(v) in LETTERS else repr(v) for v in values], "types": "".join(LETTERS.get(type(v), "o") for v in values)}


def main():
    out = {}
    for name, (function, vocabulary, longest) in (REFERENCES | second_references.REFERENCES | third_references.REFERENCES | fourth_references.REFERENCES).items():
        rng, vocabulary = random.Random(name), list(vocabulary)
        inputs = [[rng.choice(vocabulary) for _ in range(n)] for n in [1, 2, longest, longest] + [rng.randint(1, longest) for _ in range(12)]]
        out[name] = {"longest": longest, "runs": [{"input": document(x), "values": document(function(x))} for x in inputs]}
    rows = ",\n".join(f"{json.dumps(name)}: {json.dumps(case, ensure_ascii=False)}" for name, case in out.items())
    (HERE / "references.json").write_text("{\n" + rows + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
