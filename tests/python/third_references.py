"""What the third part of the programs in corpus/ compute: plain functions of a list, without s-ops."""
import unicodedata


def running_balance(x):
    out = []
    for i in range(1, len(x) + 1):
        seen = x[:i]
        out.append(float(seen.count("(")) / i - float(seen.count(")")) / i)
    return out


def above_mean(x):
    return ["equal" if t * len(x) == sum(x) else "above" if t * len(x) > sum(x) else "below" for t in x]


def caesar_by_place(x):
    return [chr((ord(t) - 65 + i) % 26 + 65) for i, t in enumerate(x)]


def is_sorted(x):
    return ["sorted" if list(x) == sorted(x) else "not"] * len(x)


def first_repeat(x):
    at = next((i for i, t in enumerate(x) if t in x[:i]), None)
    return [i == at for i in range(len(x))]


def copy_on_marker(x):
    return [("^" if i == 0 else x[i - 1].upper()) if t == "#" else t for i, t in enumerate(x)]


def xor_neighbours(x):
    around = [0, *x, 0]
    table = {(1, 1, 1): 0, (1, 1, 0): 1, (1, 0, 1): 1, (1, 0, 0): 0, (0, 1, 1): 1, (0, 1, 0): 1, (0, 0, 1): 1, (0, 0, 0): 0}
    return [table[tuple(around[i : i + 3])] for i in range(len(x))]


def partial_and_cache(x):
    fibonacci = [0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89]
    return [str(1 if fibonacci[t] < 1 else 50 if fibonacci[t] > 50 else fibonacci[t]) for t in x]


def loop_of_shifts(x):
    return [sum(x[max(0, i - 2) : i + 1]) for i in range(len(x))]


def chain_of_forty(x):
    def end(t):
        s = t
        for step in range(40):
            s = (2 * s + t + step) % 5
        return s

    return [end(t) for t in x]


def operators_mixed(x):
    out = []
    for i, t in enumerate(x):
        share = 12 / t
        out.append((share, True) if 2 * t + 2 * i - 1 > share and t != 3 else share)
    return out


def not_and_or(x):
    return [t + 5 if t != 1 else i - 3 for i, t in enumerate(x)]


def nearest_left_a(x):
    return [max((k for k in range(i + 1) if x[k] == "a"), default=None) for i in range(len(x))]


def dataclass_tokens(x):
    box = [0 if t <= 2 else 1 if t <= 6 else 2 for t in x]
    return [box.count(b) for b in box]


def either_marker(x):
    return [t.upper() if x[: i + 1].count("<") > x[: i + 1].count(">") else t for i, t in enumerate(x)]


def unicode_scripts(x):
    of = [unicodedata.name(t).lower().split(" ")[0] for t in x]
    return [f"{s}×{of.count(s)}" for s in of]


def itertools_table(x):
    out = []
    for a, b in zip(["A", *x], x):
        out.append((4 * "ACGT".index(a) + "ACGT".index(b)) * (2 * ("ACGT".index(b) + 1)))
    return out


def selector_tricks(x):
    return [10 * sum(k > t for k in x) + sum(k != t for k in x) for t in x]


def sorted_ranks(x):
    return [sum(k < t or (k == t and j < i) for j, k in enumerate(x)) for i, t in enumerate(x)]


def very_long_line(x):
    return [(37 * n) % 101 if n % 3 == 0 else -n for n in x]


LOWER = "abcdefghijklmnopqrstuvwxyz"
KINDS = {"1": "digit", "22": "large   22", "+": "operator", "x": "name", "": "empty"}
REFERENCES = {
    "vowel_mask": (lambda x: [int(t in "aeiou") for t in x], LOWER, 59), "last_occurrence": (lambda x: [t not in x[i + 1 :] for i, t in enumerate(x)], "abcd", 14),
    "token_at_half": (lambda x: [x[len(x) // 2]] * len(x), "mnop", 11), "running_balance": (running_balance, "()", 16), "above_mean": (above_mean, range(8), 6),
    "sorted_ranks": (sorted_ranks, range(30), 20), "next_token": (lambda x: [*x[1:], None], "uvwx", 18), "caesar_by_place": (caesar_by_place, LOWER.upper(), 10),
    "count_distinct": (lambda x: [len(set(x))] * len(x), "pqrs", 8), "alternating_sign": (lambda x: [-t if i % 2 else t for i, t in enumerate(x)], range(-3, 4), 12),
    "is_sorted": (is_sorted, range(1, 6), 8), "first_repeat": (first_repeat, "abcde", 9), "copy_on_marker": (copy_on_marker, "#ab", 12), "xor_neighbours": (xor_neighbours, [0, 1], 24),
    "causal_histogram": (lambda x: [x[: i + 1].count(t) for i, t in enumerate(x)], "xyz", 20),
    "causal_first": (lambda x: [f"{x[0]}{'=' if t == x[0] else '~'}{t}" for t in x], "abc", 15),
    "subclassed": (lambda x: [2 * t for t in ["-", "-", *x][: len(x)]], "abc", 7), "partial_and_cache": (partial_and_cache, range(12), 5),
    "match_kinds": (lambda x: [KINDS[t] for t in x], list(KINDS), 6), "loop_of_shifts": (loop_of_shifts, range(4), 10), "chain_of_forty": (chain_of_forty, range(5), 4),
    "operators_mixed": (operators_mixed, [1, 2, 3, 4, 6], 6), "not_and_or": (not_and_or, range(3), 9),
    "outer_none": (lambda x: [{"a": "0a", "b": "1b", "z": None}[t] for t in x], "abz", 8), "nearest_left_a": (nearest_left_a, "ab", 10),
    "weekday_names": (lambda x: [{0: "Mon:7", 1: "Tue:8", 6: "Sun:4"}[t] for t in x], [0, 1, 6], 5), "seeded_permutation": (list, LOWER[:10], 15),
    "dataclass_tokens": (dataclass_tokens, range(10), 7), "trimmed_length": (lambda x: [len(x) - x.count("pad")] * len(x), ["x", "y", "pad"], 13),
    "constant_weights": (lambda x: [w * t for w, t in zip([5, 0, -2, 8], x)], [1, 2], 4),
    "string_building": (lambda x: [f"{i:02d}:{ {'ab': chr(39) + 'ba' + chr(39), 'c': chr(39) + 'c' + chr(39), 'de f': chr(39) + 'f-de' + chr(39)}[t].ljust(8)}|" for i, t in enumerate(x)], ["ab", "c", "de f"], 5),
    "bits_of_index": (lambda x: [i % 5 + 1 if t == "1" else 0 for i, t in enumerate(x)], "01", 32),
    "mirror_pairs": (lambda x: [(a + b) in ("()", ")(", "{}", "}{") for a, b in zip(x, x[::-1])], "(){}", 7),
    "windowed_any": (lambda x: ["err" in x[max(0, i - 2) : i + 3] for i in range(len(x))], ["ok", "err"], 17),
    "share_of_mine": (lambda x: [round(x.count(t) / len(x), 2) for t in x], "abc", 8), "either_marker": (either_marker, "<>ab", 9),
    "unicode_scripts": (unicode_scripts, "αЖß漢é😀a", 6), "itertools_table": (itertools_table, "ACGT", 9), "selector_tricks": (selector_tricks, range(6), 7),
    "very_long_line": (very_long_line, range(60), 3),
}
