"""Expressions of rasp.py as the nodes of a graph document, and the tables of their functions."""

import json
import re

from tracr.rasp import rasp

from rasp_host.modules import AbsentName
from rasp_host.values import Pool


LOOKS = 50_000  # at what reads a value, in one answer: what is not carried on is asked for


class Refused(Exception):
    """The program cannot be tabulated; says why, in the words of a diagnostic."""

    def __init__(self, code, message, hint="", span=None):
        super().__init__(message)
        self.code, self.message, self.hint, self.span = code, message, hint, span


class _Function:
    def __init__(self, call, arity, label, span):
        self.call, self.arity, self.label, self.span = call, arity, label, span
        self.rows = {}

    def document(self):
        return {"name": self.label, "arity": self.arity, "rows": [[*operands, outcome] for operands, outcome in self.rows.items()]}


def _skips_none(f):
    def call(*values):
        return None if any(v is None for v in values) else f(*values)

    return call


def _coerced(predicate):
    return lambda key, query: bool(predicate(key, query))


class GraphBuilder:
    def __init__(self, source, tables_for_comparisons=False):
        self.source = source
        self.pool = Pool()
        self.nodes = []
        self.functions = []
        self.failures = []
        self._failure_index = {}
        self._function_index = {}
        self._ids = {}
        self._kept = []  # expressions whose id() is a key
        self._structural = {}
        self._none_free = set()
        self._encodings = {}  # of nodes: the first that was asked for
        self.comparisons_as_tables = tables_for_comparisons
        self.compares = False

    # nodes

    def node(self, expr) -> int:
        stack = [expr]
        while stack:
            top = stack[-1]
            if id(top) in self._ids:
                stack.pop()
                continue
            waiting = [child for child in top.children if id(child) not in self._ids]
            if waiting:
                stack.extend(reversed(waiting))
                continue
            stack.pop()
            self._kept.append(top)
            self._ids[id(top)] = self._made(top)
        return self._ids[id(expr)]

    def _add(self, node, none_free=False) -> int:
        # The same function of the same s-ops is one node, however often the program wrote it.
        key = json.dumps([node["kind"], node.get("args"), node.get("function"), node.get("op"), node.get("value")])
        at = self._structural.get(key)
        if at is None:
            at = self._structural[key] = len(self.nodes)
            self.nodes.append(node)
            if "encoding" in node:
                self._encodings[at] = node["encoding"]
            if none_free:
                self._none_free.add(at)
        else:
            known = self.nodes[at]
            if node.get("name"):
                known["name"] = node["name"]
            if "span" not in known and "span" in node:
                known["span"] = node["span"]
            self._agree(at, node.get("encoding"))
        return at

    def _agree(self, at, encoding) -> None:
        """One s-op is one node, also where the program writes it as numerical() here and as categorical() there: then it asks for neither."""
        if encoding is None:
            return
        if self._encodings.setdefault(at, encoding) == encoding:
            self.nodes[at]["encoding"] = encoding
        else:
            self.nodes[at].pop("encoding", None)

    def _made(self, expr) -> int:
        span = self.source.site(expr._site)
        about = {}
        if span:
            about["span"] = span
        name = expr.annotations.get("name") or self.source.name_at(span)
        if name and not isinstance(expr, (rasp.TokensType, rasp.IndicesType, rasp.LengthType)):
            about["name"] = str(name)[:80]
        if isinstance(expr.annotations.get("encoding"), rasp.Encoding):
            about["encoding"] = expr.annotations["encoding"].value
        asked = {"encoding": about["encoding"]} if "encoding" in about else {}
        args = [self._ids[id(child)] for child in expr.children]
        if isinstance(expr, rasp.TokensType):
            return self._add({"kind": "tokens", **asked}, True)
        if isinstance(expr, rasp.IndicesType):
            return self._add({"kind": "indices", **asked}, True)
        if isinstance(expr, rasp.LengthType):
            return self._add({"kind": "selector_width", "args": [self._all(True)], "name": "length", **asked}, True)
        if isinstance(expr, rasp.Full):
            return self._add({"kind": "constant", "value": self._value(expr.fill, span), **about}, expr.fill is not None)
        if isinstance(expr, rasp.ConstantSOp):
            values = list(expr.value)
            position = self._add({"kind": "indices"}, True)
            return self._add({"kind": "elementwise", "args": [position], "function": self._function(expr, lambda i: values[i], 1, "constant", span), **about})
        if isinstance(expr, rasp.Map):
            return self._add({"kind": "elementwise", "args": args, "function": self._function(expr.f, _skips_none(expr.f), 1, None, span), **about})
        if isinstance(expr, rasp.SequenceMap):
            return self._add({"kind": "elementwise", "args": args, "function": self._function(expr.f, _skips_none(expr.f), 2, None, span), **about})
        if isinstance(expr, rasp.SelectorWidth):
            return self._add({"kind": "selector_width", "args": args, **about}, True)
        if isinstance(expr, rasp.Aggregate):
            return self._add({"kind": "aggregate", "args": args, "value": self._value(expr.default, span), **about})
        return self._selector(expr, args, about, span)

    def _selector(self, expr, args, about, span) -> int:
        if isinstance(expr, rasp.Select):
            return self._select(expr.predicate, args, about, span)
        if isinstance(expr, rasp.ConstantSelector):
            rows = [list(row) for row in expr.value]
            position = self._add({"kind": "indices"}, True)
            return self._add({"kind": "select", "args": [position, position], "function": self._function(expr, lambda k, q: bool(rows[q][k]), 2, "constant", span), **about})
        kinds = ((rasp.SelectorAnd, "and"), (rasp.SelectorOr, "or"), (rasp.SelectorNot, "not"))
        kind = next((kind for cls, kind in kinds if isinstance(expr, cls)), None)
        if kind is None:
            raise Refused("python-output", f"{expr!r} is not an expression of RASP that can be compiled", "", span)
        return self._add({"kind": kind, "args": args, **about})

    def _select(self, predicate, args, about, span) -> int:
        if isinstance(predicate, rasp.Comparison):
            if predicate.value in ("true", "false"):
                if all(a in self._none_free for a in args):
                    return self._all(predicate is rasp.Comparison.TRUE, about)
            else:
                self.compares = True
                if not self.comparisons_as_tables:
                    return self._add({"kind": "select", "args": args, "op": predicate.value, **about})
        return self._add({"kind": "select", "args": args, "function": self._function(predicate, _coerced(predicate), 2, self.source.label(predicate).replace("{0}", "key").replace("{1}", "query")[:120], span), **about})

    def _all(self, selects, about=None) -> int:
        one = self._add({"kind": "constant", "value": self.pool.add(1)})
        return self._add({"kind": "select", "args": [one, one], "op": "==" if selects else "!=", **(about or {})})

    def _value(self, value, span) -> int:
        if isinstance(value, AbsentName):
            raise Refused("python-value", f"{value!r} is not here: {value._module} is no part of this Python", "Write the value itself.", span)
        try:
            return self.pool.add(value)
        except TypeError:
            raise Refused("python-value", f"{_short(value)} cannot be a value of an s-op: it can change, so it has no hash", "Write a tuple, a string or a number.", span) from None

    def _function(self, identity, call, arity, label, span) -> int:
        key = (id(identity), arity)
        at = self._function_index.get(key)
        if at is None:
            self.functions.append(_Function(call, arity, self.source.label(identity)[:120] if label is None else label, span))
            self._kept.append(identity)
            at = self._function_index[key] = len(self.functions) - 1
        return at

    # tables

    def answer(self, wants, output, explain) -> None:
        """Rows for what the engine asks. `explain(error)` words an exception of a function."""
        readers, self._looks = self._readers(output), LOOKS
        for want in wants:
            function = self.functions[want["function"]]
            values, types = want["operands"]["values"], want["operands"]["types"]
            for i in range(0, len(values), function.arity):
                operands = tuple(self.pool.add(self.pool.read(values[j], types[j])) for j in range(i, i + function.arity))
                self._carried(readers, want["function"], operands, self._row(function, operands, explain), explain)

    def _readers(self, output):
        """(what reads a node, the node of a function), of the elementwise nodes below the output whose function is no other node's."""
        used, needed = {}, {output}
        for at in range(len(self.nodes) - 1, -1, -1):
            if at in needed:
                needed.update(self.nodes[at].get("args", ()))
            if "function" in self.nodes[at]:
                used.setdefault(self.nodes[at]["function"], []).append(at)
        alone = {f: nodes[0] for f, nodes in used.items() if len(nodes) == 1 and nodes[0] in needed and self.nodes[nodes[0]]["kind"] == "elementwise"}
        readers = {}
        for at in alone.values():
            for arg in set(self.nodes[at]["args"]):
                readers.setdefault(arg, []).append(at)
        return readers, alone

    def _carried(self, readers, at, operands, outcome, explain) -> None:
        """What a node is beside the values of its arguments settles what reads nothing else: its rows are made at once, where the engine would ask for
        them one level after the other. Only values that do occur at one position are met."""
        readers, alone = readers
        if at not in alone or outcome < 0:
            return
        known = dict(zip(self.nodes[alone[at]]["args"], operands))
        known[alone[at]] = outcome
        waiting = [*known]
        while waiting and self._looks > 0:
            for at in readers.get(waiting.pop(), ()):
                node = self.nodes[at]
                self._looks -= 1
                if at in known or not all(arg in known for arg in node["args"]):
                    continue
                made = self._row(self.functions[node["function"]], tuple(known[arg] for arg in node["args"]), explain)
                if made >= 0:
                    known[at] = made
                    waiting.append(at)

    def _row(self, function, operands, explain) -> int:
        outcome = function.rows.get(operands)
        if outcome is None:
            objects = [self.pool.objects[at] for at in operands]
            outcome = self._outcome(function, objects, explain)
            if len(function.rows) % 7 == 0 and len(function.rows) < 700 and self._outcome(function, objects, explain) != outcome:
                hint = "A function of an s-op may depend on its arguments alone: draw random numbers, and count calls, outside of it."
                if outcome >= 0 and type(self.pool.objects[outcome]).__eq__ is object.__eq__:
                    hint = "Each call makes another object, equal to itself alone: return a tuple, or an object whose class has __eq__ and __hash__."
                raise Refused("python-not-deterministic", f"\"{function.label or 'a function'}\" gives different values for {', '.join(map(_short, objects))} when it is called twice", hint, function.span)
            function.rows[operands] = outcome
        return outcome

    def compare(self, again: "GraphBuilder", explain) -> None:
        """With the graph of the same program run a second time: its functions are asked for rows of this one, last ones first. What remembers its calls
        gives other values then. Values of classes of the program are left out: they belong to one run."""
        shape = [(n["kind"], n.get("args"), n.get("function"), n.get("op")) for n in self.nodes]
        if shape != [(n["kind"], n.get("args"), n.get("function"), n.get("op")) for n in again.nodes]:
            return
        for function, other in zip(self.functions, again.functions):
            rows = list(function.rows)[:: -max(1, len(function.rows) // 300)]
            for operands in rows:
                objects = [self.pool.objects[at] for at in operands]
                if all(map(_plain, objects)) and self._shown(function.rows[operands]) != again._shown(again._outcome(other, objects, explain)):
                    raise Refused("python-not-deterministic", f"\"{function.label or 'a function'}\" gives another value for {', '.join(map(_short, objects))} when it is called in another order",
                                  "A function of an s-op may depend on its arguments alone, not on earlier calls.", function.span)

    def _shown(self, at):
        if at < 0:
            return self.failures[-1 - at]
        kind = self.pool.types[at]  # an opaque value's text is numbered, and may hold an address: both are of one run
        return kind, self.pool.values[at] if kind != "o" else re.sub(" at 0x[0-9a-f]+", "", repr(self.pool.objects[at]))

    def _outcome(self, function, objects, explain) -> int:
        try:
            value = function.call(*objects)
        except (KeyboardInterrupt, MemoryError):
            raise
        except BaseException as error:
            return self._failed(explain(error))
        if isinstance(value, rasp.RASPExpr):
            return self._failed("the function gives an s-op or selector instead of a value: combine s-ops outside of it")
        if isinstance(value, AbsentName):
            return self._failed(f"{value!r} is not here: {value._module} is no part of this Python")
        try:
            return self.pool.add(value)
        except TypeError:
            return self._failed(f"{_short(value)} cannot be a value of an s-op: it can change, so it has no hash; return a tuple, a string or a number")
        except (KeyboardInterrupt, MemoryError):
            raise
        except BaseException as error:  # of a class of the program: its __hash__, __eq__ or __repr__
            return self._failed(explain(error))

    def _failed(self, text) -> int:
        at = self._failure_index.setdefault(text, len(self.failures))
        if at == len(self.failures):
            self.failures.append(text)
        return -1 - at

    def document(self):
        return {"values": self.pool.document(), "failures": self.failures, "functions": [f.document() for f in self.functions], "nodes": self.nodes}


def _plain(value) -> bool:
    return value is None or type(value) in (bool, int, float, str) or (type(value) in (tuple, frozenset) and all(map(_plain, value)))


def _short(value) -> str:
    try:
        text = repr(value)
    except BaseException as error:
        text = f"<{type(value).__name__} whose repr raises {type(error).__name__}>"
    return text if len(text) <= 60 else text[:57] + "…"
