"""What a program may import: the standard library, tracr, the project's other files; and what it is told of modules that are not here."""

import importlib.abc
import importlib.util
import sys
import types

ABSENT = {
    "numpy": "RASP's functions work on single values: Python's own lists, math, statistics and random are here",
    "jax": "compiled models are in the page and in exports; tracr.compiler.compiling is here",
    "haiku": "compiled models are in the page and in exports; tracr.compiler.compiling is here",
    "torch": "export the model and load it with PyTorch: docs/exports.md",
    "transformer_lens": "export the model and load it with TransformerLens: docs/exports.md",
    "tensorflow": "export the model: docs/exports.md",
    "pandas": "Python's own lists and dictionaries are here",
    "scipy": "Python's own math is here",
    "matplotlib": "the page shows attention and activations",
    "networkx": "tracr.compiler.rasp_to_graph gives the graph as a dictionary of nodes and a list of edges",
    "absl": "Python's own unittest and argparse are here",
    "chex": "Python's own dataclasses are here",
    "tqdm": "programs are built at once",
}


class _Absent(types.ModuleType):
    """Can be imported, so that a program that hardly needs it runs; says what is here instead as soon as it is used."""

    def __init__(self, name):
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, attribute):
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        name = self.__name__.split(".")[0]
        raise ImportError(f"{name} cannot be used here: {ABSENT[name]}")


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The project's files, by their paths; folders need no __init__.py."""

    def __init__(self, files, filename_of):
        self.files = {path: text for path, text in files.items() if path.endswith(".py")}
        self.filename_of = filename_of
        self.loaded = []

    def find_spec(self, fullname, path=None, target=None):
        base = fullname.replace(".", "/")
        for candidate in (f"{base}/__init__.py", f"{base}.py"):
            if candidate in self.files:
                spec = importlib.util.spec_from_loader(fullname, self, origin=candidate, is_package=candidate.endswith("__init__.py"))
                return spec
        if any(name.startswith(base + "/") for name in self.files):
            return importlib.util.spec_from_loader(fullname, self, origin="", is_package=True)
        if fullname.split(".")[0] in ABSENT and _really_absent(fullname.split(".")[0]):
            return importlib.util.spec_from_loader(fullname, self, origin="absent", is_package=True)
        return None

    def create_module(self, spec):
        self.loaded.append(spec.name)
        return _Absent(spec.name) if spec.origin == "absent" else None

    def exec_module(self, module):
        origin = module.__spec__.origin
        if origin in self.files:
            module.__file__ = origin
            exec(compile(self.files[origin], self.filename_of(origin), "exec"), module.__dict__)

    def forget(self):
        for name in self.loaded:
            sys.modules.pop(name, None)


def _really_absent(name):
    return not any(getattr(finder, "find_spec", None) and not isinstance(finder, Finder) and finder.find_spec(name, None) for finder in sys.meta_path)
