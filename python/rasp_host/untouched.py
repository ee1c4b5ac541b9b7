"""Python as it was before a program could change it: modules, their classes, lists, dictionaries and objects, and the interpreter's own settings. No program meets
what another one did to math, to builtins or to the decimal context."""

import _ast_unparse  # what ast loads at its first use: known from the start, it is not loaded again for each program
import builtins
import codecs
import gc
import sys
import types
from operator import attrgetter, is_

_OWN = ("js", "pyodide", "_pyodide", "_pyodide_core", "pyodide_js", "rasp_host", "__main__")
_GROW = {("sys", "modules"), ("sys", "path_importer_cache"), ("linecache", "cache")}  # by imports and messages
_CHANGEABLE, _FIXED = 1 << 9, 1 << 8  # flags of types: made in Python, and closed
_PLAIN = (int, str, float, bool, bytes, tuple, frozenset, type(None), types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType)
_made_of = attrgetter("__code__", "__defaults__")
_CONTEXT = ("prec", "rounding", "Emin", "Emax", "capitals", "clamp")

_searches = []  # for codecs, by programs
_errors = {name: codecs.lookup_error(name) for name in ("strict", "ignore", "replace", "xmlcharrefreplace", "backslashreplace", "namereplace", "surrogateescape", "surrogatepass")}


def _registering(register):
    def remembered(search):
        register(search)
        _searches.append(search)

    return remembered


codecs.register = sys.modules["_codecs"].register = _registering(codecs.register)

# It cannot be taken back, and would be asked about every later program.
if hasattr(sys, "addaudithook"):
    del sys.addaudithook


class _Names:
    """The attributes of a module or class."""

    def __init__(self, one):
        self.one, self.now, self.known = one, vars(one), dict(vars(one))
        self.values = tuple(self.known.values())
        self.set, self.delete = (type.__setattr__, type.__delattr__) if isinstance(one, type) else (setattr, delattr)

    def holds(self, key, value):
        self.known[key] = value
        self.values = tuple(self.known.values())

    def same(self):
        return len(self.now) == len(self.values) and all(map(is_, self.now.values(), self.values))

    def restore(self):
        for key in [key for key in self.now if key not in self.known]:
            self.delete(self.one, key)
        for key, value in self.known.items():
            if key not in self.now or self.now[key] is not value:
                self.set(self.one, key, value)


class _Dict:
    def __init__(self, one):
        self.one, self.keys, self.values = one, tuple(one), tuple(one.values())

    def same(self):
        return len(self.one) == len(self.keys) and all(map(is_, self.one.values(), self.values)) and all(map(is_, self.one, self.keys))

    def restore(self):
        self.one.clear()
        self.one.update(zip(self.keys, self.values))


class _List:
    def __init__(self, one):
        self.one, self.known = one, tuple(one)

    def same(self):
        return len(self.one) == len(self.known) and all(map(is_, self.one, self.known))

    def restore(self):
        self.one[:] = self.known


class _Set:
    def __init__(self, one):
        self.one, self.known = one, frozenset(one)

    def same(self):
        return self.one == self.known

    def restore(self):
        self.one.clear()
        self.one.update(self.known)


_KINDS = {list: _List, dict: _Dict, set: _Set}


class _Decimal:
    """Contexts are no attributes, and the one in use is the thread's."""

    def __init__(self, decimal):
        self.decimal = decimal
        self.known = [(c, [getattr(c, name) for name in _CONTEXT], dict(c.traps)) for c in (decimal.DefaultContext, decimal.BasicContext, decimal.ExtendedContext)]

    def same(self):
        return False

    def restore(self):
        for context, values, traps in self.known:
            for name, value in zip(_CONTEXT, values):
                setattr(context, name, value)
            for signal, trapped in traps.items():
                context.traps[signal] = trapped
            context.clear_flags()
        self.decimal.setcontext(self.decimal.DefaultContext.copy())


class Untouched:
    def __init__(self):
        self.known = {}  # name in sys.modules: (module, its names)
        self.inside = []  # classes, lists, dictionaries and objects that modules hold
        self.functions, self.made_of = [], []  # of modules and their classes; code and defaults of each
        self.by_name = []  # (function, its defaults by name) of those that have some
        self._met = set()
        self.path, self.depth, self.digits = list(sys.path), sys.getrecursionlimit(), sys.get_int_max_str_digits()
        self.learn(())

    def learn(self, passing) -> None:
        """Modules that have been loaded since: all but those of the program's own project."""
        for name, module in list(sys.modules.items()):
            if name in self.known or name in passing:
                continue
            plain = isinstance(module, types.ModuleType) and name.split(".")[0] not in _OWN
            self.known[name] = (module, _Names(module) if plain else None)
            if plain:
                self._learn_inside(name, module)
            parent, _, last = name.rpartition(".")
            if parent in self.known and self.known[parent][1]:  # which holds it by its name from now on
                self.known[parent][1].holds(last, module)

    def _learn_inside(self, module, holder) -> None:
        for key, value in list(vars(holder).items()):
            kind = type(value)
            if kind is types.FunctionType and id(value) not in self._met:
                self._met.add(id(value))
                self.functions.append(value)
                self.made_of.append(_made_of(value))
                if value.__kwdefaults__:
                    self.by_name.append((value, dict(value.__kwdefaults__)))
            if kind in _PLAIN or id(value) in self._met or key.startswith("__") or (module, key) in _GROW:
                continue
            if isinstance(value, type):
                if value.__flags__ & _CHANGEABLE and not value.__flags__ & _FIXED:
                    self._met.add(id(value))
                    self.inside.append(_Names(value))
                    self._learn_inside(module, value)
            elif key.startswith("_"):  # caches
                continue
            elif kind in _KINDS:
                self._met.add(id(value))
                self.inside.append(_KINDS[kind](value))
            elif kind.__flags__ & _CHANGEABLE and type(getattr(value, "__dict__", None)) is dict:
                self._met.add(id(value))
                self.inside.append(_Dict(value.__dict__))
                self.inside.extend(_KINDS[type(v)](v) for v in value.__dict__.values() if type(v) in _KINDS)
        if module == "decimal" and isinstance(holder, types.ModuleType):
            self.inside.append(_Decimal(holder))

    def importing(self, passing):
        """__import__ for a program: a module is learnt before the program has it."""
        real = builtins.__import__

        def load(*args, **kwargs):
            before = list(sys.modules)  # what the program itself put there is not learnt
            try:
                return real(*args, **kwargs)
            finally:
                if len(sys.modules) != len(before):
                    self.learn({*passing, *before})

        return load

    def restore(self) -> None:
        builtins.__dict__.update(self.known["builtins"][1].known)  # first: the lines below call them
        for name in [name for name in sys.modules if name not in self.known]:
            del sys.modules[name]
        for name, (module, names) in self.known.items():
            if name != "__main__":
                sys.modules[name] = module
            if names is not None and not names.same():
                names.restore()
        for one in self.inside:
            if not one.same():
                one.restore()
        if list(map(_made_of, self.functions)) != self.made_of:
            for function, (code, defaults) in zip(self.functions, self.made_of):
                function.__code__, function.__defaults__ = code, defaults
        for function, known in self.by_name:
            if function.__kwdefaults__ != known:
                function.__kwdefaults__ = dict(known)
        while _searches:
            codecs.unregister(_searches.pop())
        for name, handler in _errors.items():
            codecs.register_error(name, handler)
        sys.path[:] = self.path
        sys.setrecursionlimit(self.depth)
        sys.set_int_max_str_digits(self.digits)
        sys.settrace(None)
        sys.setprofile(None)
        gc.enable()
