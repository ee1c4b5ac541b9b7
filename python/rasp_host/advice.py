"""What to write instead of what RASP does not have, here or in Tracr; and what Tracr's own compiler would refuse, and this one does not: said, so that a program can go back there."""

import re

from tracr.rasp import rasp

_SUBSCRIPT = "An s-op has a value at every position and cannot be taken apart. rasp.Aggregate fetches from elsewhere: rasp.Select(rasp.indices, rasp.Full(0), rasp.Comparison.EQ) selects position 0."
_LOOP = "How long an input is, is not known when the program is built: rasp.Map(f, s) does something at every position, rasp.length is the length."
# A part of Python's message, and the hint; {0} is what it matched.
_INSTEAD = [
    (r"unary (\S)|for (abs)\(\)", "rasp.Map(lambda x: {0}(x), s)"),
    (r"for (divmod)", "rasp.SequenceMap({0}, s, t), or rasp.Map(lambda x: {0}(x, 2), s)"),
    (r"operand type\(s\) for ([^=\s:]+)", "rasp.SequenceMap(lambda x, y: x {0} y, s, t) for two s-ops, rasp.Map(lambda x: x {0} 2, s) beside a number"),
    (r"__(round)__|^(int|float)\(\)|^must be real", "rasp.Map({0}, s)"),
    (r"format string passed", "rasp.Map(lambda x: f\"{{x:…}}\", s)"),
    (r"no attribute '(\w+)'", "rasp.Map(lambda x: x.{0}(), s)"),
    (r"neither true nor false", "rasp.SequenceMap(max, s, t) and rasp.Map(lambda x: … if x else …, s) are right where max(s, t) and … if s else … are not"),
    (r"subscript|item", _SUBSCRIPT),
    (r"iter|len\(\)|integer|mapping", _LOOP),
]


def instead(error) -> str:
    """What to write, where Python has no such operation on an s-op or selector."""
    text = str(error)
    kinds, waiting = {}, [rasp.RASPExpr]
    while waiting:
        kind = waiting.pop()
        kinds[kind.__name__] = kind
        waiting.extend(kind.__subclasses__())
    named = [kinds[word] for word in re.findall(r"\w+", text) if word in kinds]
    if " takes " in text or "__init__" in text or not named and "neither true nor false" not in text:
        return ""
    if "selector" in text if not named else not issubclass(named[0], rasp.SOp):
        return "Selectors are combined with &, | and ~, and read by rasp.Aggregate and rasp.SelectorWidth."
    for pattern, hint in _INSTEAD:
        found = re.search(pattern, text)
        if found:
            hint = hint.format(next(filter(None, found.groups()), "f"))
            return f"Write {hint}." if hint.startswith("rasp") else hint
    return ""


def unlike_tracr(output):
    """(expression, text) for every aggregate below an s-op whose default Tracr does not take."""
    stack, seen = [output], set()
    while stack:
        expr = stack.pop()
        if id(expr) in seen:
            continue
        seen.add(id(expr))
        stack.extend(reversed(expr.children))
        if not isinstance(expr, rasp.Aggregate):
            continue
        numerical = rasp.is_numerical(expr)
        if expr.default != 0 if numerical else expr.default is not None:
            kind = "numerical" if numerical else "categorical"
            yield expr, f"Tracr itself refuses the default {expr.default!r} of a {kind} aggregate"[:400]
