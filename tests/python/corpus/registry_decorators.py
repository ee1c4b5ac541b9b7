import functools
from typing import Callable
from tracr.rasp import rasp

REGISTRY: dict[str, Callable[[], rasp.SOp]] = {}


def program(name=None, *, vocab=(), longest=5):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            result = function(*args, **kwargs)
            return result.named(name or function.__name__)

        wrapper.vocab, wrapper.longest = set(vocab), longest
        REGISTRY[name or function.__name__] = wrapper
        return wrapper

    return decorate


@program(vocab="01")
def unused():
    return rasp.tokens


@program("longest_run", vocab=(0, 1), longest=9)
def runs():
    before = rasp.Aggregate(rasp.Select(rasp.indices, rasp.indices, lambda k, q: k == q - 1), rasp.tokens, default=None)
    return rasp.SequenceMap(lambda t, b: t != b, rasp.tokens, before)


def get_program():
    return REGISTRY["longest_run"]()


def get_vocab():
    return REGISTRY["longest_run"].vocab


def get_max_seq_len():
    return REGISTRY["longest_run"].longest
