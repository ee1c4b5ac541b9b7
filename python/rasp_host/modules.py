"""What a program may import: the standard library, tracr, the project's other files; and what it is told of modules that are not here."""

import dis
import importlib.abc
import importlib.util
import sys
import types
import typing

from tracr.compiler import compiling

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
    "einops": "RASP's functions work on single values",
    "jaxtyping": "Python's own typing is here",
    "sklearn": "Python's own statistics is here",
    "seaborn": "the page shows attention and activations",
    "optax": "models are not trained here: export one and load it elsewhere",
    "flax": "compiled models are in the page and in exports",
    "equinox": "compiled models are in the page and in exports",
    "pytest": "write assert, or #@ expect lines",
    "iit": "models are not trained here: export one and load it elsewhere",
    "transformers": "export the model and load it elsewhere: docs/exports.md",
    "datasets": "RASP's functions work on single values",
    "huggingface_hub": "nothing is loaded from elsewhere here: docs/exports.md has the files of a model",
    "wandb": "nothing is sent anywhere from here",
    "plotly": "the page shows attention and activations",
    "IPython": "print() shows a value beside its line",
    "sympy": "Python's own fractions and math are here",
    "tracr.craft": "the plan and the weights are in the page and in exports (docs/exports.md)",
    "tracr.transformer": "the model is in the page and in exports (docs/exports.md)",
    "tracr.utils": "the model is in the page and in exports (docs/exports.md)",
    "tracr.compiler.assemble": "tracr.compiler.compiling is here",
    "tracr.compiler.basis_inference": "tracr.compiler.compiling is here",
    "tracr.compiler.craft_graph_to_model": "tracr.compiler.compiling is here",
    "tracr.compiler.craft_model_to_transformer": "tracr.compiler.compiling is here",
    "tracr.compiler.expr_to_craft_graph": "tracr.compiler.compiling is here",
    "tracr.compiler.nodes": "tracr.compiler.rasp_to_graph gives the graph as a dictionary of nodes and a list of edges",
    "tracr.compiler.test_cases": "tracr.compiler.lib has the published programs",
}


def _absent(fullname):
    """The name of the table above that a module belongs to."""
    return next((name for name in ABSENT if fullname == name or fullname.startswith(name + ".")), None)


def _why(name):
    other = "tracr.compiler.compiling has compile_rasp_to_model" if name.startswith("tracr.") else "it is no part of Python, nor of this project's files"
    return ABSENT.get(name, other)


def _importer():
    """(file, is the import inside of a try or with) of the statement under way."""
    frame = sys._getframe(1)
    while frame is not None and ("importlib" in frame.f_code.co_filename or "/rasp_host/" in frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None:
        return "", False
    return frame.f_code.co_filename, any(e.start <= frame.f_lasti < e.end for e in dis._parse_exception_table(frame.f_code))


_SETTINGS = ("device", "seed", "manual_seed", "set_grad_enabled", "set_default_dtype", "set_printoptions", "no_grad", "inference_mode", "default_rng")


class AbsentName:
    """What an absent module is said to have: can be named, imported, written as a type or a base class. Says what is here instead as soon as it is used."""

    def __init__(self, module, path):
        self.__dict__.update(_module=module, _path=path)

    def _used(self, *args, **kwargs):
        raise ImportError(f"{self._module} cannot be used here: {_why(self._module)}")

    def __getattr__(self, attribute):
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return AbsentName(self._module, f"{self._path}.{attribute}")

    def __call__(self, *args, **kwargs):
        """The program's own calls say what is here instead. Settings have no effect and do no harm; the project's other files may hold any call
        (defaults, decorators), which the program may never use."""
        last = self._path.rpartition(".")[2]
        if last == "is_available":
            return False
        if last in _SETTINGS or sys._getframe(1).f_code.co_filename in Finder.others:
            return AbsentName(self._module, f"{self._path}(…)")
        self._used()

    def __mro_entries__(self, bases):
        return ()

    def __repr__(self):
        return self._path

    def __eq__(self, other):
        return isinstance(other, AbsentName) and self._path == other._path

    def __hash__(self):
        return hash(self._path)

    def __or__(self, other):  # of types
        return self

    __ror__ = __or__

    def __getitem__(self, key):  # as a generic type
        return self

    __bool__ = __iter__ = __len__ = __contains__ = __setattr__ = __setitem__ = __enter__ = __float__ = __index__ = _used
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __pow__ = __rpow__ = __matmul__ = __neg__ = _used
    __lt__ = __le__ = __gt__ = __ge__ = _used


def _of_compiling(attribute):
    """What forks of Tracr, and its newer versions, have in tracr.compiler.compiling."""
    if attribute.startswith("_"):
        raise AttributeError(f"module 'tracr.compiler.compiling' has no attribute {attribute!r}")
    return AbsentName(f"tracr.compiler.compiling.{attribute}", f"tracr.compiler.compiling.{attribute}")


compiling.__getattr__ = _of_compiling


class _Settings(AbsentName):
    """jax.config: how exactly models are computed, which is the proof's to choose."""

    def update(self, *args, **kwargs):
        pass

    __setattr__ = update


class _Absent(types.ModuleType):
    """Can be imported, so that a program that hardly needs it runs; says what is here instead as soon as it is used."""

    def __init__(self, name):
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, attribute):
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        name = _absent(self.__name__) or self.__name__.split(".")[0]
        return (_Settings if (name, attribute) == ("jax", "config") else AbsentName)(name, f"{self.__name__}.{attribute}")


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The project's files, by their paths; folders need no __init__.py."""

    others = set()  # names of the files of the program under way

    def __init__(self, files, filename_of):
        self.files = {path: text for path, text in files.items() if path.endswith(".py")}
        self.filename_of = filename_of
        Finder.others = set(map(filename_of, self.files))
        self.loaded = []

    def find_spec(self, fullname, path=None, target=None):
        base = fullname.replace(".", "/")
        for candidate in (f"{base}/__init__.py", f"{base}.py"):
            if candidate in self.files:
                spec = importlib.util.spec_from_loader(fullname, self, origin=candidate, is_package=candidate.endswith("__init__.py"))
                return spec
        if any(name.startswith(base + "/") for name in self.files):
            return importlib.util.spec_from_loader(fullname, self, origin="", is_package=True)
        if fullname == "typing_extensions":
            return importlib.util.spec_from_loader(fullname, self, origin=fullname)
        if self._stands_in(fullname):
            return importlib.util.spec_from_loader(fullname, self, origin="absent", is_package=True)
        return None

    def _stands_in(self, fullname) -> bool:
        """Is a module that is not here to be importable? Known ones are; of any other what the project's other files import, which the program may never use; and
        not where the program asks whether it is here."""
        if fullname.startswith("tracr."):
            return _absent(fullname) is not None
        first = fullname.split(".")[0]
        if first != fullname and first in sys.modules:
            return isinstance(sys.modules[first], _Absent)
        file, asks = _importer()
        return not asks and (_absent(fullname) is not None or file in self.others) and _really_absent(first)

    def create_module(self, spec):
        self.loaded.append(spec.name)
        return _Absent(spec.name) if spec.origin == "absent" else None

    def exec_module(self, module):
        origin = module.__spec__.origin
        if origin == "typing_extensions":  # what it adds to older versions is part of this one
            module.__dict__.update({name: value for name, value in vars(typing).items() if not name.startswith("__")})
            module.override = typing.override
        if origin in self.files:
            module.__file__ = origin
            exec(compile(self.files[origin], self.filename_of(origin), "exec"), module.__dict__)

    def forget(self):
        for name in self.loaded:
            sys.modules.pop(name, None)


def _really_absent(name):
    return not any(getattr(finder, "find_spec", None) and not isinstance(finder, Finder) and finder.find_spec(name, None) for finder in sys.meta_path)
