"""RASP expressions: s-ops and selectors as objects, and what they are on an input.

An expression is immutable after it is made. `expr(tokens)` is its value: a list for an s-op, rows (queries) of bools for a selector.
"""

import copy
import enum
import functools
import itertools
import opcode
import sys
from typing import Any, Callable, Mapping, Protocol, Sequence, Union

Value = Union[None, bool, int, float, str]
NumericValue = Union[bool, int, float]
SelectorValue = Sequence[Sequence[bool]]

_PACKAGE = __file__.rsplit("tracr", 1)[0] + "tracr"
_counter = itertools.count(1)
_limit = [100_000, 0]  # expressions that one program may make, and has made
_notices = []  # (site, text): what the author of a program should know of


class TooManyExpressions(Exception):
    """The program makes more expressions than anyone would want to look at."""


def _start() -> None:
    """Forgets an earlier program."""
    global _counter
    _counter = itertools.count(1)
    _limit[1] = 0
    _notices.clear()


_made = []  # every expression: taken apart one by one, or the end of a long chain of them would be as many calls deep


def _end() -> None:
    """Nothing of the program is needed any more."""
    for expr in reversed(_made):
        expr.__dict__.clear()
    _made.clear()


def _call_site():
    """Where the code outside of this package is: (code object, instruction), outermost frames left alone."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    return None if frame is None else (frame.f_code, frame.f_lasti)


def _call_site_of(filename: str):
    """The innermost place in one file that is under way."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename != filename:
        frame = frame.f_back
    return None if frame is None else (frame.f_code, frame.f_lasti)


class Encoding(enum.Enum):
    CATEGORICAL = "categorical"
    NUMERICAL = "numerical"


class RASPExpr:
    """What s-ops and selectors have in common."""

    default_name = "expr"

    def __init__(self):
        _limit[1] += 1
        if _limit[1] > _limit[0]:
            raise TooManyExpressions(f"a program may make {_limit[0]:,} expressions at most")
        _made.append(self)
        self._site = _call_site()
        self._id = None
        self._annotations = {}

    @property
    def children(self) -> Sequence["RASPExpr"]:
        raise NotImplementedError

    @property
    def id(self) -> int:
        if self._id is None:
            self._id = next(_counter)
        return self._id

    @property
    def annotations(self) -> Mapping[str, Any]:
        return self._annotations

    @property
    def name(self) -> str:
        return self._annotations.get("name", self.default_name)

    @property
    def label(self) -> str:
        return f"{self.name}_{self.id}"

    def named(self, name: str):
        """The same expression under another name."""
        return annotate(self, name=name)

    def annotated(self, key: str, value: Any):
        return annotate(self, **{key: value})

    def copy(self):
        made = copy.copy(self)
        _made.append(made)
        made._annotations = dict(self._annotations)
        return made

    def __call__(self, xs: Sequence[Value]):
        return evaluate(self, xs)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    __hash__ = object.__hash__


def annotate(expr, **annotations):
    made = expr.copy()
    made._id = None
    made._annotations = {**expr._annotations, **annotations}
    return made


def numerical(sop: "SOp") -> "SOp":
    return annotate(sop, encoding=Encoding.NUMERICAL)


def categorical(sop: "SOp") -> "SOp":
    return annotate(sop, encoding=Encoding.CATEGORICAL)


def get_encoding(sop: "SOp") -> Encoding:
    return sop.annotations.get("encoding", Encoding.CATEGORICAL)


def is_numerical(sop: "SOp") -> bool:
    return get_encoding(sop) == Encoding.NUMERICAL


def is_categorical(sop: "SOp") -> bool:
    return get_encoding(sop) == Encoding.CATEGORICAL


def _operator(symbol: str, function: Callable, swapped: bool = False):
    """A method that applies an operator elementwise, to a constant or to another s-op."""

    def method(self, other):
        if isinstance(other, SOp):
            if symbol in ("==", "!="):
                _notices.append((_call_site(), f"`{symbol}` between two s-ops compares every value with the s-op itself, here as in Tracr, which means nothing: "
                                               f"write rasp.SequenceMap(lambda x, y: x {symbol} y, …)"))
                return Map(_labelled(_meaningless, f"{{0}} {symbol} …"), self)
            return SequenceMap(_labelled(function, f"{{0}} {symbol} {{1}}"), self, other)
        shown = repr(other)
        if swapped:
            return Map(_labelled(lambda x: function(other, x), f"{shown} {symbol} {{0}}"), self)
        return Map(_labelled(lambda x: function(x, other), f"{{0}} {symbol} {shown}"), self)

    return method


def _meaningless(x):
    raise TypeError("a value is compared with an s-op: combine s-ops with rasp.SequenceMap")


def _labelled(function: Callable, label: str) -> Callable:
    function._label = label
    return function


class SOp(RASPExpr):
    """A value at every position."""

    default_name = "sop"

    __lt__ = _operator("<", lambda x, y: x < y)
    __le__ = _operator("<=", lambda x, y: x <= y)
    __eq__ = _operator("==", lambda x, y: x == y)
    __ne__ = _operator("!=", lambda x, y: x != y)
    __gt__ = _operator(">", lambda x, y: x > y)
    __ge__ = _operator(">=", lambda x, y: x >= y)
    __add__ = _operator("+", lambda x, y: x + y)
    __radd__ = _operator("+", lambda x, y: x + y, swapped=True)
    __sub__ = _operator("-", lambda x, y: x - y)
    __rsub__ = _operator("-", lambda x, y: x - y, swapped=True)
    __mul__ = _operator("*", lambda x, y: x * y)
    __rmul__ = _operator("*", lambda x, y: x * y, swapped=True)
    __truediv__ = _operator("/", lambda x, y: x / y)
    __rtruediv__ = _operator("/", lambda x, y: x / y, swapped=True)
    __and__ = _operator("and", lambda x, y: x and y)
    __rand__ = _operator("and", lambda x, y: x and y, swapped=True)
    __or__ = _operator("or", lambda x, y: x or y)
    __ror__ = _operator("or", lambda x, y: x or y)  # not swapped: Tracr computes `sop or constant`
    __hash__ = RASPExpr.__hash__

    def __invert__(self):
        return Map(_labelled(lambda x: not x, "not {0}"), self)

    def __bool__(self):
        raise TypeError("an s-op has a value at every position and is neither true nor false: use &, | and ~, not and, or, not, if or a chained comparison")

    @property
    def children(self) -> Sequence[RASPExpr]:
        return ()


class _Primitive(SOp):
    @property
    def label(self) -> str:
        return self.name


class TokensType(_Primitive):
    default_name = "tokens"


class IndicesType(_Primitive):
    default_name = "indices"


class LengthType(_Primitive):
    default_name = "length"


class Map(SOp):
    """f applied to every value; None stays None."""

    default_name = "map"

    def __init__(self, f: Callable[[Value], Value], inner: SOp, simplify: bool = True):
        super().__init__()
        _expect(inner, SOp, "Map", "an s-op after the function")
        _expect_callable(f, "Map")
        if simplify and isinstance(inner, Map):
            self.f = _Composed(inner.f, f)
            self.inner = inner.inner
        else:
            self.f = f
            self.inner = inner

    @property
    def children(self):
        return (self.inner,)


class _Composed:
    """Functions one after the other: a long chain of them is not as many calls deep."""

    def __init__(self, inner: Callable, outer: Callable):
        self.inner, self.outer = inner, outer

    @functools.cached_property
    def parts(self):
        parts, f = [], self
        while isinstance(f, _Composed):
            parts.append(f.outer)
            f = f.inner
        return [f, *reversed(parts)]

    def __call__(self, x):
        for part in self.parts:
            x = part(x)
        return x


class SequenceMap(SOp):
    """f applied to the values of two s-ops at every position; None beside anything is None."""

    default_name = "sequence_map"

    def __init__(self, f: Callable[[Value, Value], Value], fst: SOp, snd: SOp):
        super().__init__()
        _expect_callable(f, "SequenceMap")
        _expect(fst, SOp, "SequenceMap", "two s-ops after the function")
        _expect(snd, SOp, "SequenceMap", "two s-ops after the function")
        self.f = f
        self.fst = fst
        self.snd = snd

    @property
    def children(self):
        return (self.fst, self.snd)


class LinearSequenceMap(SequenceMap):
    """fst_fac times the one plus snd_fac times the other."""

    default_name = "linear_sequence_map"

    def __init__(self, fst: SOp, snd: SOp, fst_fac: float, snd_fac: float):
        super().__init__(_labelled(lambda x, y: fst_fac * x + snd_fac * y, f"{fst_fac} * {{0}} + {snd_fac} * {{1}}"), fst, snd)
        self.fst_fac = fst_fac
        self.snd_fac = snd_fac


class Full(SOp):
    """One value at every position."""

    default_name = "full"

    def __init__(self, fill: Value):
        super().__init__()
        self.fill = fill


class ConstantSOp(SOp):
    """A list of values, one for each position."""

    default_name = "constant_sop"

    def __init__(self, value: Sequence[Value], check_length: bool = True):
        super().__init__()
        self.value = value
        self.check_length = check_length


class Selector(RASPExpr):
    """Which keys every query selects."""

    default_name = "selector"

    def __and__(self, other):
        return selector_and(self, other)

    __rand__ = __and__

    def __or__(self, other):
        return selector_or(self, other)

    __ror__ = __or__

    def __invert__(self):
        return selector_not(self)

    def __eq__(self, other):
        site = _call_site()
        if isinstance(other, Selector) and site and site[0].co_code[site[1]] == opcode.opmap["COMPARE_OP"]:  # not a look into a list
            _notices.append((site, "`==` and `!=` ask whether two selectors are the same object, here as in Tracr: what they select is not compared"))
        return self is other

    __hash__ = RASPExpr.__hash__

    def __bool__(self):
        raise TypeError("a selector is neither true nor false: use &, | and ~ to combine selectors")

    @property
    def children(self) -> Sequence[RASPExpr]:
        return ()


class Predicate(Protocol):
    def __call__(self, key: Value, query: Value) -> bool: ...


class Comparison(enum.Enum):
    """Predicates with a name. Each asks of key and query, in this order, and has no answer for None."""

    EQ = "=="
    LT = "<"
    LEQ = "<="
    GT = ">"
    GEQ = ">="
    NEQ = "!="
    TRUE = "true"
    FALSE = "false"

    def __call__(self, key: Value, query: Value) -> bool:
        if key is None or query is None:
            raise ValueError(f"Comparison.{self.name} has no answer for None: key {key!r}, query {query!r}")
        return _COMPARE[self.value](key, query)


_COMPARE = {
    "==": lambda k, q: k == q,
    "<": lambda k, q: k < q,
    "<=": lambda k, q: k <= q,
    ">": lambda k, q: k > q,
    ">=": lambda k, q: k >= q,
    "!=": lambda k, q: k != q,
    "true": lambda k, q: True,
    "false": lambda k, q: False,
}


class Select(Selector):
    """Query i selects key j where predicate(keys[j], queries[i])."""

    default_name = "select"

    def __init__(self, keys: SOp, queries: SOp, predicate: Predicate):
        super().__init__()
        _expect(keys, SOp, "Select", "s-ops as keys and queries")
        _expect(queries, SOp, "Select", "s-ops as keys and queries")
        _expect_callable(predicate, "Select", "last")
        self.keys = keys
        self.queries = queries
        self.predicate = predicate

    @property
    def children(self):
        return (self.keys, self.queries)


class ConstantSelector(Selector):
    """Rows of bools as they are."""

    default_name = "constant_selector"

    def __init__(self, value: SelectorValue, check_length: bool = True):
        super().__init__()
        self.value = value
        self.check_length = check_length


class SelectorAnd(Selector):
    default_name = "selector_and"

    def __init__(self, fst: Selector, snd: Selector):
        super().__init__()
        _expect(fst, Selector, "SelectorAnd", "two selectors")
        _expect(snd, Selector, "SelectorAnd", "two selectors")
        self.fst = fst
        self.snd = snd

    @property
    def children(self):
        return (self.fst, self.snd)


class SelectorOr(Selector):
    default_name = "selector_or"

    def __init__(self, fst: Selector, snd: Selector):
        super().__init__()
        _expect(fst, Selector, "SelectorOr", "two selectors")
        _expect(snd, Selector, "SelectorOr", "two selectors")
        self.fst = fst
        self.snd = snd

    @property
    def children(self):
        return (self.fst, self.snd)


class SelectorNot(Selector):
    default_name = "selector_not"

    def __init__(self, inner: Selector):
        super().__init__()
        _expect(inner, Selector, "SelectorNot", "a selector")
        self.inner = inner

    @property
    def children(self):
        return (self.inner,)


def selector_and(fst: Selector, snd: Selector, simplify: bool = True) -> Selector:
    return SelectorAnd(fst, snd)


def selector_or(fst: Selector, snd: Selector, simplify: bool = True) -> Selector:
    return SelectorOr(fst, snd)


def selector_not(inner: Selector, simplify: bool = True) -> Selector:
    return SelectorNot(inner)


class SelectorWidth(SOp):
    """How many keys each query selects."""

    default_name = "selector_width"

    def __init__(self, selector: Selector):
        super().__init__()
        _expect(selector, Selector, "SelectorWidth", "a selector")
        self.selector = selector

    @property
    def children(self):
        return (self.selector,)


class Aggregate(SOp):
    """The selected value; the mean of several numbers; the default where nothing is selected."""

    default_name = "aggregate"

    def __init__(self, selector: Selector, sop: SOp, default: Value = None):
        super().__init__()
        _expect(selector, Selector, "Aggregate", "a selector, then an s-op")
        _expect(sop, SOp, "Aggregate", "a selector, then an s-op")
        self.selector = selector
        self.sop = sop
        self.default = default

    @property
    def children(self):
        return (self.selector, self.sop)


def _expect(value, kind, who: str, what: str) -> None:
    if not isinstance(value, kind):
        raise TypeError(f"{who} takes {what}, not {value!r}")


def _expect_callable(value, who: str, where: str = "first") -> None:
    if not callable(value):
        raise TypeError(f"{who} takes a function {where}, not {value!r}")


tokens = TokensType()
indices = IndicesType()
length = LengthType()
_made.clear()  # these are nobody's program


class RASPEvaluator:
    """The value of expressions on an input. Every expression is evaluated once, however many use it."""

    def evaluate(self, expr: RASPExpr, xs: Sequence[Value]):
        xs = list(xs)
        known = {}
        stack = [expr]
        while stack:
            top = stack[-1]
            if id(top) in known:
                stack.pop()
                continue
            waiting = [child for child in top.children if id(child) not in known]
            if waiting:
                stack.extend(reversed(waiting))
                continue
            stack.pop()
            known[id(top)] = (top, self._value(top, xs, [known[id(child)][1] for child in top.children]))
        return known[id(expr)][1]

    def _value(self, expr, xs, of):
        n = len(xs)
        if isinstance(expr, Selector):
            return self._masked(self._selector(expr, n, of))
        if isinstance(expr, TokensType):
            return list(xs)
        if isinstance(expr, IndicesType):
            return list(range(n))
        if isinstance(expr, LengthType):
            return [n] * n
        if isinstance(expr, Full):
            return [expr.fill] * n
        if isinstance(expr, ConstantSOp):
            return list(_of_length(expr, n))
        if isinstance(expr, Map):
            return [None if x is None else expr.f(x) for x in of[0]]
        if isinstance(expr, SequenceMap):
            return [None if x is None or y is None else expr.f(x, y) for x, y in zip(of[0], of[1])]
        if isinstance(expr, SelectorWidth):
            return [sum(row) for row in of[0]]
        if isinstance(expr, Aggregate):
            return [_mean([value for value, hit in zip(of[1], row) if hit], expr.default) for row in of[0]]
        raise TypeError(f"{expr!r} is not an expression of RASP")

    def _selector(self, expr, n, of):
        if isinstance(expr, Select):
            return [[bool(expr.predicate(key, query)) for key in of[0]] for query in of[1]]
        if isinstance(expr, ConstantSelector):
            return [[bool(hit) for hit in row] for row in _of_length(expr, n)]
        if isinstance(expr, SelectorNot):
            return [[not hit for hit in row] for row in of[0]]
        if isinstance(expr, SelectorAnd):
            return [[a and b for a, b in zip(r, s)] for r, s in zip(of[0], of[1])]
        return [[a or b for a, b in zip(r, s)] for r, s in zip(of[0], of[1])]

    def _masked(self, rows):
        return rows


DefaultRASPEvaluator = RASPEvaluator


def _of_length(expr, n: int):
    if expr.check_length and len(expr.value) != n:
        raise ValueError(f"{expr.name} is {len(expr.value)} long, the input {n}")
    return expr.value[:n]


def _mean(hits, default):
    if not hits:
        return default
    if len(hits) == 1:
        return hits[0]
    other = next((x for x in hits if not isinstance(x, (int, float))), hits)
    if other is not hits:
        raise ValueError(f"several positions are selected, and there is no mean with {other!r} among them")
    total = 0
    for x in hits:  # plain: the built-in sum of floats is compensated in newer versions of Python
        total = total + x
    return total / len(hits)


def evaluate(expr: RASPExpr, xs: Sequence[Value]):
    return RASPEvaluator().evaluate(expr, xs)
