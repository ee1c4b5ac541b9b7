"""What the second part of the programs in corpus/ compute: plain functions of a list, without s-ops."""
import datetime
import math
import random
from fractions import Fraction


def enum_colours(x):
    names = ["RED", "GREEN", "BLUE"]
    out = []
    for i, t in enumerate(x):
        out.append(None if i == 0 else ("wild" if t == "RED" else "calm") + "/" + names[2 - names.index(x[i - 1])])
    return out


def counter_tables(x):
    text = "thequickbrownfoxjumpsoverthelazydogandthecat"
    letters = sorted(set(text))
    sizes = sorted({text.count(c) for c in letters}, reverse=True)
    return [f"{letters[(letters.index(t) - 3) % len(letters)]}{sizes.index(text.count(t)):+d}" for t in x]


def reduce_selectors(x):
    n = len(x)
    return [sum(0 <= q + d <= q and q + d < n and x[q + d] == x[q] for d in (-2, 0, 3)) for q in range(n)]


def partial_predicates(x):
    order = [0, 3, 1, 4, 2, 5]
    return [10 * 2 ** sum(abs(k - t) <= 2 or {k, t} == {0, 2} for k in x) + order[t] for t in x]


def product_table(x):
    out = []
    for i, t in enumerate(x):
        if i == 0:
            out.append(None)
            continue
        code = 3 * "xyz".index(x[i - 1]) + "xyz".index(t)
        out.append((code + 1) * (code + 2) // 2 if code < 7 else "end")
    return out


def operator_module(x):
    return [t.upper() + str(i * i) for i, t in enumerate(x)]


def registry_decorators(x):
    return [None if i == 0 else x[i] != x[i - 1] for i in range(len(x))]


def type_aliases(x):
    area = [{"a": 3, "b": 5.5, "c": 9}[t] for t in x]
    return [area[0] if len(x) == 1 else sum(area) / len(area)] * len(x)


def generator_of_sops(x):
    return [None if i < 3 else x[i] in x[i - 3 : i] for i in range(len(x))]


def recursive_tree(x):
    a, b, c, d, e = (x.count(t) for t in "abcde")
    return [abs(abs(a - b) - abs(c - abs(d - e)))] * len(x)


def named_tuples(x):
    return [f"{t}@{i // 2}{i - i // 2}" for i, t in enumerate(x)]


def frozen_values(x):
    depth = {"(": 1, ")": -1}
    states = [(depth[a] + depth[b], depth[a] > depth[b]) for a, b in zip(x, x[1:])]
    return [states.count(s) for s in states] + [0]


def frozen_sets(x):
    groups = {"a": "xy", "b": "yz", "c": ""}
    return [sum(any(c in groups[t] for c in groups[k]) for k in x[:i]) for i, t in enumerate(x)]


def causal_maximum(x):
    record = [all(k <= t for k in x[: i + 1]) for i, t in enumerate(x)]
    return [sum(record[: i + 1]) if r else -sum(record[: i + 1]) for i, r in enumerate(record)]


def string_methods(x):
    out = []
    for i, t in enumerate(x):
        way = i % 5
        if way == 0:
            shown = {"he's": "He'S", "4-2": "4-2", "": "", "Straße": "Straße", "a b c": "A B C"}[t]
        elif way == 1:
            shown = {"he's": "HE'S", "4-2": "4-2", "": "", "Straße": "sTRASSE", "a b c": "A B C"}[t]
        elif way == 2:
            shown = {"he's": "**he's*", "4-2": "**4-2**", "": "*******", "Straße": "*Straße", "a b c": "*a b c*"}[t]
        elif way == 3:
            shown = {"he's": "00he's", "4-2": "0004-2", "": "000000", "Straße": "Straße", "a b c": "0a b c"}[t]
        else:
            shown = {"he's": "hes", "4-2": "42", "": "", "Straße": "Straße", "a b c": "a b c"}[t]
        out.append(shown + "/" + {"he's": "he's", "4-2": "4-2", "": "", "Straße": "~", "a b c": "a b~"}[t])
    return out


def exact_numbers(x):
    money = ["0", "0.166667", "0.333333", "0.5", "0.666667", "0.833333", "1", "1.16667"]
    turn = [("1+0i", False), ("0+1i", True), ("-1+0i", True), ("-0-1i", False)]
    return [f"{money[t]}|{turn[t % 4][0]}|{turn[t % 4][1]}" for t in x]


def calendar_days(x):
    days = [datetime.date.fromordinal(datetime.date(2024, 2, 26).toordinal() + t + i) for i, t in enumerate(x)]
    weekend = [d.isoweekday() > 5 for d in days]
    names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    return [f"{names[d.isoweekday() - 1]} {d.day:02d}.{d.month:02d}. ({sum(weekend) if w else 0})" for d, w in zip(days, weekend)]


def grades_bisect(x):
    grade = [sum(score >= b for b in (60, 70, 80, 90)) for score in x]
    return [f"{sum(g > mine for g in grade)} {'above' if score >= 75 else 'below'}" for score, mine in zip(x, grade)]


def callable_objects(x):
    far = [sum(abs(6 * (k - t)) >= 12 for k in x) for t in x]
    return [2 * n - len(x) for n in far]


def methods_of_all_kinds(x):
    return [2 * (t + 1) - (i + 1) ** 2 for i, t in enumerate(x)]


def contexts_and_nonlocal(x):
    return [2 * t * t - 3 * t for t in x]


def default_arguments(x):
    padded = [0, *x, 0]
    return [100 * a + b + 2 for a, b in zip(padded, padded[2:])]


def comprehensions(x):
    return ["nn" * sum(k != t and k != "?" and k in t for k in x) + ("s" if t in ("a", "as", "?") else "l") for t in x]


def bits(x):
    gray = [n ^ n // 2 for n in x]
    return [bin(g).count("1") * 16 + sum((k & g) > 0 for k in gray) for g in gray]


def divisors(x):
    out = []
    for t in x:
        coprime = sum(not any(k % d == 0 and t % d == 0 for d in range(2, 25)) for k in x)
        multiple = sum(k // t * t == k for k in x)
        out.append(math.factorial(coprime + multiple) // math.factorial(coprime) // math.factorial(multiple))
    return out


def roman(n):
    return "X" * (n // 10) + ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"][n % 10]


def roman_numerals(x):
    return [f"{roman(t)}:{roman(sum(len(roman(k)) <= len(roman(t)) for k in x))}" for t in x]


def huffman(x):
    size = {"e": 1, "t": 2, "a": 3, "q": 4, "z": 4}
    return ["dense" if Fraction(sum(size[t] for t in x), len(x)) < Fraction(5, 2) else "sparse"] * len(x)


def edit_distance(x):
    far = {"banana": 0, "bandana": 1, "ananas": 2, "bad": 4, "x": 6}
    least = min(far[t] for t in x)
    return ["nearest" if far[t] == least else f"+{far[t]}" for t in x]


def json_rules(x):
    tag = {"Ada": "name", "x1": "number", "R2": "name"}
    kinds = [tag.get(t) for t in x]
    return [None if k is None else f'["{k}", {kinds.count(k)}]' for k in kinds]


def exceptions_of_all_kinds(x):
    shown = {-1: "TooOld-1", 0: " zero", 3: "   33", 7: "   14"}
    return [f"{i}:{shown[t]}" for i, t in enumerate(x)]


def negated_causal(x):
    return [f"{t}{x[: i + 1].count(t)}" for i, t in enumerate(x)]


def weighted_sums(x):
    out = []
    for i in range(len(x)):
        so_far = x[: i + 1]
        m = Fraction(4 * so_far.count("a") - 2 * so_far.count("b") + so_far.count("c"), 2 * (i + 1))
        out.append("up" if m > Fraction(3, 4) else "down" if m < Fraction(1, 4) else "flat")
    return out


def bool_fractions(x):
    return [round(100 * (x[: i + 1].count("yes") / (i + 1))) for i in range(len(x))]


def middle_element(x):
    n = len(x)
    return [None if n % 2 == 0 else x[n // 2].upper() if i == n // 2 else x[n // 2] for i in range(n)]


def structural_match(x):
    out = []
    for i, t in enumerate(x):
        j = i % 3
        out.append("origin" if t == j == 0 else f"far {t}" if j == 0 and t > 2 else "diagonal" if t == j else f"at {t}")
    return out


def most_common(x):
    return [max(x, key=lambda t: (x.count(t), -x.index(t)))] * len(x)


def main_only(x):
    keep = random.Random(2024).sample("abcdefghij", 4)
    return [t if t in keep else "*" for t in x]


def walrus_and_globals(x):
    value = {"a": 0, "b": 1, "c": 2}
    return [((-1 if t == "a" else 11 * value[t]) + i + (x.count("abc"[i]) if i < 3 else 0) + 3) % 7 for i, t in enumerate(x)]


REFERENCES = {
    "enum_colours": (enum_colours, ["RED", "GREEN", "BLUE"], 7), "counter_tables": (counter_tables, "abcdefgh", 11), "reduce_selectors": (reduce_selectors, "abc", 9),
    "partial_predicates": (partial_predicates, range(6), 7), "product_table": (product_table, "xyz", 10), "operator_module": (operator_module, ["ab", "c", "dé"], 8),
    "registry_decorators": (registry_decorators, [0, 1], 9), "type_aliases": (type_aliases, "abc", 6), "generator_of_sops": (generator_of_sops, "abcd", 8),
    "recursive_tree": (recursive_tree, "abcde", 6), "named_tuples": (named_tuples, "uv", 6), "frozen_values": (frozen_values, "()", 8),
    "frozen_sets": (frozen_sets, "abc", 10), "apply_loop": (lambda x: [sum(k < t for k in x) for t in x], [1, 2, 3], 5), "causal_maximum": (causal_maximum, range(10), 12),
    "hundred_tokens": (lambda x: [sum(k < t for k in x) for t in x], range(100), 59), "string_methods": (string_methods, ["he's", "4-2", "", "Straße", "a b c"], 9),
    "exact_numbers": (exact_numbers, range(8), 5), "calendar_days": (calendar_days, range(4), 8), "grades_bisect": (grades_bisect, range(50, 101, 5), 9),
    "callable_objects": (callable_objects, range(-2, 3), 8), "methods_of_all_kinds": (methods_of_all_kinds, [3, 5, 8], 10),
    "contexts_and_nonlocal": (contexts_and_nonlocal, [0, 1, 2, 5], 6), "default_arguments": (default_arguments, [7, 8, 9], 8),
    "comprehensions": (comprehensions, ["a", "as", "ask", "task", "tasks", "?"], 9), "bits": (bits, range(16), 8), "divisors": (divisors, range(1, 25), 6),
    "roman_numerals": (roman_numerals, range(1, 31), 12), "huffman": (huffman, "etaqz", 8), "edit_distance": (edit_distance, ["banana", "bandana", "ananas", "bad", "x"], 10),
    "json_rules": (json_rules, ["Ada", "x1", "y", "R2"], 9), "exceptions_of_all_kinds": (exceptions_of_all_kinds, [-1, 0, 3, 7], 6), "negated_causal": (negated_causal, "abc", 11),
    "weighted_sums": (weighted_sums, "abcd", 6), "bool_fractions": (bool_fractions, ["yes", "no"], 12), "middle_element": (middle_element, "pqr", 9),
    "structural_match": (structural_match, range(4), 7), "sorted_words": (lambda x: sorted(x, key=len), ["fig", "apple", "kiwi", "date", "banana"], 6),
    "most_common": (most_common, "abc", 7), "main_only": (main_only, "abcdefghij", 8), "walrus_and_globals": (walrus_and_globals, "abc", 9),
}
