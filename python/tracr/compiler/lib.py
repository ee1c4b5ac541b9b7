"""The programs that Tracr was published with, written anew."""

from typing import Callable, List, Sequence

from tracr.rasp import rasp


def make_length() -> rasp.SOp:
    """The length of the input, at every position."""
    everything = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.TRUE).named("all_true_selector")
    return rasp.SelectorWidth(everything).named("length")


length = make_length()


def make_reverse(sop: rasp.SOp) -> rasp.SOp:
    """The sequence from its end."""
    opposite = (make_length() - rasp.indices - 1).named("opp_index")
    return rasp.Aggregate(rasp.Select(rasp.indices, opposite, rasp.Comparison.EQ).named("reverse_selector"), sop).named("reverse")


def make_frac_prevs(bools: rasp.SOp) -> rasp.SOp:
    """The share of true values among the positions up to here."""
    earlier = rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LEQ)
    return rasp.numerical(rasp.Aggregate(earlier, rasp.numerical(bools), default=0)).named("frac_prevs")


def make_pair_balance(sop: rasp.SOp, open_token: str, close_token: str) -> rasp.SOp:
    """The share of opening minus the share of closing tokens up to here."""
    opened = make_frac_prevs(rasp.numerical(sop == open_token).named("bools_open")).named("opens")
    closed = make_frac_prevs(rasp.numerical(sop == close_token).named("bools_close")).named("closes")
    return rasp.numerical(rasp.LinearSequenceMap(opened, closed, 1, -1)).named("pair_balance")


def make_shuffle_dyck(pairs: List[str]) -> rasp.SOp:
    """True where every kind of bracket is closed in the end and never closed too early."""
    balances = [make_pair_balance(rasp.tokens, opening, closing).named(f"balance_{opening}{closing}") for opening, closing in pairs]

    def selected(condition, balance):
        return rasp.SelectorWidth(rasp.Select(condition(balance), condition(balance), rasp.Comparison.TRUE))

    negatives = []
    for balance in balances:
        below = rasp.Map(lambda x: x < 0, balance).named("has_neg")
        negatives.append(rasp.SelectorWidth(rasp.Select(below, rasp.Full(True), rasp.Comparison.EQ)))
    too_early = _any(negatives, lambda x: x > 0)
    last = rasp.Select(rasp.indices, make_length() - 1, rasp.Comparison.EQ)
    at_the_end = [rasp.Aggregate(last, rasp.Map(lambda x: x == 0, balance)) for balance in balances]
    closed = at_the_end[0]
    for one in at_the_end[1:]:
        closed = rasp.SequenceMap(lambda x, y: x and y, closed, one)
    return rasp.SequenceMap(lambda x, y: (not x) and y, too_early, closed).named("shuffle_dyck")


def _any(sops: Sequence[rasp.SOp], condition: Callable) -> rasp.SOp:
    result = rasp.Map(condition, sops[0])
    for sop in sops[1:]:
        result = rasp.SequenceMap(lambda x, y: x or y, result, rasp.Map(condition, sop))
    return result


def make_shuffle_dyck2() -> rasp.SOp:
    return make_shuffle_dyck(pairs=["()", "{}"]).named("shuffle_dyck2")


def make_hist() -> rasp.SOp:
    """How often the token at each position occurs."""
    same = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ).named("same_tok")
    return rasp.SelectorWidth(same).named("hist")


def make_sort_unique(vals: rasp.SOp, keys: rasp.SOp) -> rasp.SOp:
    """vals in ascending order of keys, which differ from each other."""
    smaller = rasp.Select(keys, keys, rasp.Comparison.LT).named("smaller")
    place = rasp.SelectorWidth(smaller).named("target_pos")
    return rasp.Aggregate(rasp.Select(place, rasp.indices, rasp.Comparison.EQ).named("sel_new"), vals).named("sort")


def make_sort(vals: rasp.SOp, keys: rasp.SOp, *, max_seq_len: int, min_key: float) -> rasp.SOp:
    """The same for keys that may be equal: the earlier comes first. min_key is at most the smallest gap between keys."""
    apart = rasp.SequenceMap(lambda key, i: key + min_key * i / max_seq_len, keys, rasp.indices)
    return make_sort_unique(vals, apart)


def make_sort_freq(max_seq_len: int) -> rasp.SOp:
    """Tokens by how often they occur, the most frequent first."""
    often = -1 * make_hist().named("hist")
    return make_sort(rasp.tokens, often, max_seq_len=max_seq_len, min_key=1).named("sort_freq")


def shift_by(offset: int, sop: rasp.SOp) -> rasp.SOp:
    """What stood `offset` positions earlier."""
    earlier = rasp.Select(rasp.indices, rasp.indices, lambda key, query: key == query - offset)
    return rasp.Aggregate(earlier, sop).named(f"shift_by({offset})")


def detect_pattern(sop: rasp.SOp, pattern: Sequence[rasp.Value]) -> rasp.SOp:
    """True where the last values, up to here, are the pattern; None where there are too few."""
    if len(pattern) < 1:
        raise ValueError(f"a pattern has at least one value, and {pattern!r} has none")
    found = []
    for back, wanted in enumerate(reversed(pattern)):
        found.append(shift_by(back, sop) == wanted)
    result = found.pop()
    while found:
        result = result & found.pop()
    return result.named(f"detect_pattern({pattern})")


def make_count(sop: rasp.SOp, token: rasp.Value) -> rasp.SOp:
    """How often the value occurs in the input."""
    return rasp.SelectorWidth(rasp.Select(sop, sop, lambda key, query: key == token)).named(f"count_{token}")


def make_count_less_freq(n: int) -> rasp.SOp:
    """How many positions hold a token that occurs n times at most."""
    often = make_hist()
    return rasp.SelectorWidth(rasp.Select(often, often, lambda key, query: key <= n)).named(f"count_less_freq_{n}")


def make_nary_sequencemap(f: Callable, *sops: rasp.SOp) -> rasp.SOp:
    """f of the values of any number of s-ops at every position, None where one of them is None."""
    if len(sops) < 1:
        raise ValueError("at least one s-op is needed")
    gathered = rasp.Map(lambda x: (x,), sops[0])
    for sop in sops[1:]:
        gathered = rasp.SequenceMap(lambda many, one: (*many, one), gathered, sop)
    return rasp.Map(lambda many: f(*many), gathered)
