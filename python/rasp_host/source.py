"""The text of a user's program: places in it, and what is written there."""

import ast

from tracr.rasp import rasp


class Source:
    def __init__(self, text: str, filename: str):
        self.text = text
        self.filename = filename
        self._starts = [0]
        for line in text.encode("utf-8", "replace").split(b"\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._targets = {}      # (begin, end) of an assigned expression → (name, its span)
        self.assigned = {}      # name at top level → span of the last assignment to it, span of the statement
        self.order = []         # names at top level, in the order of assignments
        self._lambdas = []
        self._labels = {}       # of lambdas, by their code
        self._names = []        # (name, span) of every name that is read at top level
        self._cache = {}

    def offset(self, line: int, column: int) -> int:
        line = min(max(line, 1), len(self._starts) - 1)
        return min(self._starts[line - 1] + column, self._starts[-1] - 1)

    def span_of(self, node):
        return [self.offset(node.lineno, node.col_offset), self.offset(node.end_lineno, node.end_col_offset)]

    def line_span(self, line: int):
        line = min(max(line, 1), len(self._starts) - 1)
        text = self.text.encode("utf-8", "replace")[self._starts[line - 1] : self._starts[line] - 1]
        indent = len(text) - len(text.lstrip())
        return [self._starts[line - 1] + indent, self._starts[line - 1] + max(len(text.rstrip()), indent + 1)]

    def read(self, tree: ast.Module) -> None:
        top = set()
        for statement in tree.body:
            if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                for node in ast.walk(statement):
                    top.add(id(node))
        found, in_functions = [], []
        shared = {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
        for node in ast.walk(tree):
            if isinstance(node, ast.Lambda):
                self._lambdas.append(node)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) in top:
                self._names.append((node.id, node))
            elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                self._targets[tuple(self.span_of(node))] = node.target.id
                if id(node) in top:
                    found.append((self.span_of(node.target), self.span_of(node), node.target.id))
            elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    for name, value in _pairs(target, node.value):
                        span = self.span_of(name)
                        if value is not None:
                            self._targets[tuple(self.span_of(value))] = name.id
                        if id(node) in top:
                            found.append((span, self.span_of(node), name.id))
                        elif name.id in shared:
                            in_functions.append((span, self.span_of(node), name.id))
        known = {name for *_, name in found}
        found = sorted(one for one in in_functions if one[2] not in known) + sorted(found)
        for span, statement, name in found:  # as written: a walk meets what stands deeper later
            self.assigned[name] = (span, statement)
            self.order.append(name)

    def name_at(self, span):
        return self._targets.get(tuple(span)) if span else None

    def names_read(self):
        """(name, span) of names that are read at top level and assigned there once."""
        once = {name for name in self.order if self.order.count(name) == 1} if len(self.order) < 2000 else set()
        return [(name, self.span_of(node)) for name, node in self._names if name in once]

    def site(self, site):
        """The span of the expression that was under way at (code, instruction); None in another file."""
        if site is None or site[0].co_filename != self.filename:
            return None
        if site not in self._cache:
            positions = None
            for index, found in enumerate(site[0].co_positions()):
                if index == site[1] // 2:
                    positions = found
                    break
            self._cache[site] = self._place(positions)
        return self._cache[site]

    def _place(self, positions):
        if not positions or positions[0] is None:
            return None
        line, end_line, column, end_column = positions
        if column is None or end_column is None:
            return self.line_span(line)
        return [self.offset(line, column), self.offset(end_line, end_column)]

    def label(self, function) -> str:
        """How a call of the function is written: {0} and {1} stand for what it is applied to."""
        given = getattr(function, "_label", None)
        if given is not None:
            return given
        if isinstance(function, rasp._Composed):
            shown = self.label(function.parts[0])
            for part in function.parts[1:]:
                inner, outer = shown if "{0}" in shown and shown.isidentifier() else f"({shown})", self.label(part)
                shown = outer.replace("{0}", inner)
                if len(outer) + len(inner) >= 80:
                    return ""
            return shown
        name = getattr(function, "__name__", "")
        if name == "<lambda>":
            code = function.__code__
            key = id(code)  # a loop makes many of one; equal code can stand in two places
            if key not in self._labels:
                self._labels[key] = (self._lambda_label(code), code)  # kept, so that no other has its id
            return self._labels[key][0]
        code = getattr(function, "__code__", None)
        count = code.co_argcount if code is not None else 1
        return f"{name}({', '.join('{%d}' % i for i in range(min(count, 2)))})" if name else ""

    def _lambda_label(self, code) -> str:
        if code.co_filename != self.filename:
            return ""
        places = [(p[0], p[2]) for p in code.co_positions() if p[0] and p[2] is not None and p[1:] != (p[0], 0, 0)]
        if not places:
            return ""
        place = max(places)
        inside = [node for node in self._lambdas if [a.arg for a in node.args.args] == list(code.co_varnames[: code.co_argcount])
                  and (node.lineno, node.col_offset) <= place <= (node.end_lineno, node.end_col_offset)]
        if not inside:
            return ""
        node = max(inside, key=lambda n: (n.lineno, n.col_offset))
        names = [a.arg for a in node.args.args][:2]
        try:
            text = ast.unparse(_Renamed(names).visit(ast.parse(ast.unparse(node.body), mode="eval")))
        except (ValueError, RecursionError, SyntaxError):
            return ""
        text = text.replace("{", "{{").replace("}", "}}")
        for i, name in enumerate(names):
            text = text.replace(f"__{i}__", "{%d}" % i)
        return text if len(text) <= 80 and "{{" not in text else ""


def _pairs(target, value):
    """(name, what it is assigned, if that is written) of an assignment, also of several names at once."""
    if isinstance(target, ast.Name):
        yield target, value
    elif isinstance(target, ast.Starred):
        yield from _pairs(target.value, None)
    elif isinstance(target, (ast.Tuple, ast.List)):
        alike = isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts) and not any(isinstance(e, ast.Starred) for e in [*target.elts, *value.elts])
        for one, given in zip(target.elts, value.elts if alike else [None] * len(target.elts)):
            yield from _pairs(one, given)


class _Renamed(ast.NodeTransformer):
    def __init__(self, names):
        self.names = {name: f"__{i}__" for i, name in enumerate(names)}

    def visit_Name(self, node):
        return ast.copy_location(ast.Name(self.names.get(node.id, node.id), node.ctx), node)
