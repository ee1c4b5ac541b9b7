"""What Tracr's own compiler would refuse, and this one does not: said, so that a program can go back there."""

from tracr.rasp import rasp


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
