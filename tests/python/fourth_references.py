"""What the fourth part of the programs in corpus/ compute, whose ways of Python the others do not have: plain functions of a list, without s-ops."""


def star_import(x):
    return [x[::-1].index(t) for t in x]


def module_as_R(x):
    return [i - x[:i].count(t) for i, t in enumerate(x)]


def cm_as_builder(x):
    return [(t + 1) * 2 - 3 for t in x]


def decorator_args(x):
    return [min(max(t * t, 2), 10) for t in x]


def class_decorator(x):
    return [t * 3 for t in x]


def bound_methods(x):
    return ["abc".find(t) for t in x]


def dict_get(x):
    return [{"a": 1}.get(t) for t in x]


def getitem_method(x):
    return [{"a": 1, "b": 2.5, "c": "z"}[t] for t in x]


def property_nested(x):
    return [i + t for i, t in enumerate(x)]


def defaultdict_missing(x):
    return [{"a": 1}.get(t, 7) for t in x]


def frozenset_union(x):
    return [len(set(x[i::-1][:2])) for i, t in enumerate(x)]


def bytes_values(x):
    return [t.encode()[0] ^ i for i, t in enumerate(x)]


def complex_values(x):
    return [abs(complex(t, i)) for i, t in enumerate(x)]


def big_int_compare(x):
    return [sum(2**60 + k <= 2**60 + t for k in x) for t in x]


def negative_zero_out(x):
    return [str(t * -0.0) for t in x]


def bool_int_mix(x):
    return [(t == 1) + (t > 0) + True for t in x]


def bool_repr(x):
    return [repr((t == 1) and t) for t in x]


def none_on_none(x):
    return ["n" if t == "a" else "ok" for t in x]


def none_no_simplify(x):
    return [None if t == "a" else "ok" for t in x]


def main_argparse(x):
    return [t + 2 for t in x]


def generics(x):
    return [ord(t) - 97 for t in x]


def future_annotations(x):
    return [t.upper() for t in x]


def annotations_api(x):
    return [2 * t for t in x]


def selector_ops(x):
    return [sum((k != t and j <= i) or j == i + 1 for j, k in enumerate(x)) for i, t in enumerate(x)]


def selector_functions(x):
    return [sum(not (k == t and j > i) for j, k in enumerate(x)) for i, t in enumerate(x)]


REFERENCES = {
    "star_import": (star_import, "abc", 6),
    "module_as_R": (module_as_R, "xy", 7),
    "cm_as_builder": (cm_as_builder, range(4), 5),
    "decorator_args": (decorator_args, range(6), 5),
    "class_decorator": (class_decorator, "ab", 4),
    "bound_methods": (bound_methods, "abc", 5),
    "dict_get": (dict_get, "abc", 5),
    "getitem_method": (getitem_method, "abc", 5),
    "property_nested": (property_nested, range(3), 6),
    "defaultdict_missing": (defaultdict_missing, "abz", 4),
    "frozenset_union": (frozenset_union, "abc", 4),
    "bytes_values": (bytes_values, "ab", 4),
    "complex_values": (complex_values, range(4), 4),
    "big_int_compare": (big_int_compare, range(1, 4), 5),
    "negative_zero_out": (negative_zero_out, [-1, 0, 1], 4),
    "bool_int_mix": (bool_int_mix, [0, 1, 2], 5),
    "bool_repr": (bool_repr, [0, 1, 2], 5),
    "none_on_none": (none_on_none, "ab", 5),
    "none_no_simplify": (none_no_simplify, "ab", 5),
    "main_argparse": (main_argparse, range(3), 5),
    "generics": (generics, "abc", 5),
    "future_annotations": (future_annotations, "abc", 5),
    "annotations_api": (annotations_api, range(3), 5),
    "selector_ops": (selector_ops, "ab", 6),
    "selector_functions": (selector_functions, "ab", 6),
}
