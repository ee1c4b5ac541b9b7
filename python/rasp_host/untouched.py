"""Modules as they were before a program could change them, so that no program meets what another one did to math or to builtins."""

import _ast_unparse  # what ast loads at its first use: known from the start, it is not loaded again for each program
import builtins
import sys
import types

_OWN = ("js", "pyodide", "_pyodide", "pyodide_js", "rasp_host", "__main__")


def _names(name, module):
    """[(object, its attributes)]: the module, and classes of this package, whose operators a program may replace."""
    held = [module]
    if name.startswith("tracr."):
        held += [v for v in vars(module).values() if isinstance(v, type) and v.__module__ == name]
    return [(one, dict(vars(one))) for one in held]


class Untouched:
    def __init__(self):
        self.known = {}  # name in sys.modules: (module, what it holds)
        self.path, self.depth = list(sys.path), sys.getrecursionlimit()
        self.learn(())

    def learn(self, passing) -> None:
        """Modules that have been loaded since: all but those of the program's own project."""
        for name, module in list(sys.modules.items()):
            if name in self.known or name in passing:
                continue
            plain = isinstance(module, types.ModuleType) and name.split(".")[0] not in _OWN
            self.known[name] = (module, _names(name, module) if plain else [])
            parent, _, last = name.rpartition(".")
            if parent in self.known and self.known[parent][1]:  # which holds it by its name from now on
                self.known[parent][1][0][1][last] = module

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
        builtins.__dict__.update(self.known["builtins"][1][0][1])  # first: the lines below call them
        for name in [name for name in sys.modules if name not in self.known]:
            del sys.modules[name]
        for name, (module, held) in self.known.items():
            if name != "__main__":
                sys.modules[name] = module
            for one, names in held:
                now = vars(one)
                if list(map(id, now.values())) == list(map(id, names.values())) and list(now) == list(names):
                    continue  # at once: what a program leaves alone are 20,000 names
                for key in [key for key in now if key not in names]:
                    delattr(one, key)
                for key, value in names.items():
                    if key not in now or now[key] is not value:
                        setattr(one, key, value)
        sys.path[:] = self.path
        sys.setrecursionlimit(self.depth)
