"""Reads transformers that were compiled from RASP programs: suites, single models and share links.

Needs NumPy. TransformerLens, PyTorch and ONNX Runtime are used where a method asks for them.

    >>> import rasp_models
    >>> suite = rasp_models.open_suite(SUITE)           # doctest: +SKIP
    >>> model = suite[0]                                # doctest: +SKIP
    >>> model(["a", "b", "a"])                          # doctest: +SKIP
    [2, 1, 2]

Shapes: T positions, of which the first is BOS; D = d_model; H = n_heads; L = n_layers. Weights are float32; every method takes
`dtype`. Nothing here needs a network.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterable, Iterator, Mapping, Optional, Sequence, Union

import numpy as np

__all__ = [
    "BadFile", "Model", "Suite", "agrees", "confidence_interval", "faithfulness", "load", "open_suite", "patch_node", "precision_recall", "read_link", "roc_auc", "roc_curve",
]

Tokens = Sequence[Any]
KNOWN_SUITES = ("rasp-suite/1",)
LINK_LIMIT = 256 * 1024  # bytes that a link may unpack to


class BadFile(Exception):
    """A file, folder or link that cannot be read; the message says what is wrong with it."""


# ---------------------------------------------------------------------------------------------------------------- files


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise BadFile(f"{path}: there is no such file") from None
    except (OSError, ValueError) as error:
        raise BadFile(f"{path}: it cannot be read as JSON ({error})") from None


@contextmanager
def _expecting(path: Union[str, Path], what: str) -> Iterator[None]:
    """What is damaged lacks a member, or has one of another kind, wherever that shows."""
    try:
        yield
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
        raise BadFile(f"{path}: {what} is damaged ({type(error).__name__}: {error})") from None


_DTYPES = {"F64": np.float64, "F32": np.float32, "F16": np.float16, "I64": np.int64, "I32": np.int32}


def read_safetensors(path: Union[str, Path]) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Tensors and metadata of a safetensors file, by name."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise BadFile(f"{path}: it cannot be read ({error.strerror})") from None
    size = int.from_bytes(data[:8], "little") if len(data) >= 8 else -1
    if not 2 <= size <= len(data) - 8:
        raise BadFile(f"{path}: it is no safetensors file, or a part of it is missing")
    with _expecting(path, "its header"):
        header = json.loads(data[8 : 8 + size])
        metadata = dict(header.pop("__metadata__", {}))
        entries = {name: (*entry["data_offsets"], _DTYPES.get(entry["dtype"]), tuple(int(n) for n in entry["shape"])) for name, entry in header.items()}
    body = memoryview(data)[8 + size :]
    tensors = {}
    for name, (begin, end, dtype, shape) in entries.items():
        if dtype is None or not 0 <= begin <= end <= len(body) or min(shape, default=1) < 0 or (end - begin) != int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize:
            raise BadFile(f"{path}: the tensor {name} is damaged, or a part of the file is missing")
        tensors[name] = np.frombuffer(body[begin:end], dtype=np.dtype(dtype).newbyteorder("<")).reshape(shape)
    return tensors, metadata


def fingerprint(config: Mapping[str, Any], tensors: Mapping[str, np.ndarray]) -> str:
    """The name of sizes and weights: FNV-1a (64 bits), as the compiler computes it (core/model/fingerprint.h)."""
    causal = int(config["attention_dir"] == "causal")
    sizes = [config[k] for k in ("n_layers", "d_model", "n_heads", "d_head", "d_mlp", "n_ctx", "d_vocab", "d_vocab_out")]
    stream = bytearray()
    for value in [*sizes, causal, config["rasp"]["vocabulary"]["bos_id"]]:
        stream += int(value).to_bytes(8, "little", signed=True)
    for name in _tensor_names(config["n_layers"]):
        stream += name.encode()
        flat = np.ascontiguousarray(tensors[name], dtype="<f4").reshape(-1)
        places = np.flatnonzero(flat)
        record = np.empty(len(places), dtype=[("index", "<u8"), ("value", "<f4")])
        record["index"], record["value"] = places, flat[places]
        stream += record.tobytes()
    h = 0xCBF29CE484222325
    for byte in stream:
        h = ((h ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{h:016x}"


def _tensor_names(layers: int) -> list[str]:
    names = ["embed.W_E", "pos_embed.W_pos"]
    for layer in range(layers):
        at = f"blocks.{layer}."
        names += [at + "attn." + w for w in ("W_Q", "b_Q", "W_K", "b_K", "W_V", "b_V", "W_O", "b_O")]
        names += [at + "mlp." + w for w in ("W_in", "b_in", "W_out", "b_out")]
    return [*names, "unembed.W_U", "unembed.b_U"]


def _plain(value: Any, kind: str) -> Any:
    """A value of a document: floats stay floats although JSON may write 1.0 as 1."""
    return float(value) if kind == "f" and isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _values(document: Mapping[str, Any]) -> list[Any]:
    return [_plain(v, k) for v, k in zip(document["values"], document["types"])]


def agrees(expected: Any, got: Any) -> bool:
    """Whether a model's value is the program's: the same, or floats that another order of a sum makes differ (by at most 2**-40 of the larger).

    >>> agrees(10 / 3 + 2, 16 / 3), agrees(0.0, 1e-300), agrees("a", "b")
    (True, False, False)
    """
    if isinstance(expected, float) and isinstance(got, float):
        if np.isnan(expected) or np.isnan(got):
            return bool(np.isnan(expected) and np.isnan(got))
        if np.isfinite(expected) and np.isfinite(got):
            return abs(expected - got) <= 2**-40 * max(abs(expected), abs(got))
    return bool(expected == got)


# ---------------------------------------------------------------------------------------------------------------- model


@dataclass(frozen=True)
class Head:
    """One attention head and the s-op that it computes."""

    layer: int
    index: int
    label: str
    role: str
    reads_query: tuple[str, ...]
    reads_key: tuple[str, ...]
    reads_value: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"L{self.layer}H{self.index}"


class Model:
    """A compiled transformer: weights, tokeniser, labels, decoder, forward pass. No layer norm; ReLU; softmax of q·k / sqrt(d_head)."""

    def __init__(self, config: Mapping[str, Any], tensors: Mapping[str, np.ndarray], folder: Optional[Path] = None, entry: Optional[Mapping[str, Any]] = None):
        self.config = dict(config)
        self.rasp = self.config["rasp"]
        self.weights = dict(tensors)
        self.folder = folder
        self.entry = dict(entry or {})
        missing = [name for name in _tensor_names(self.n_layers) if name not in self.weights]
        if missing:
            raise BadFile(f"the weights have no tensor {missing[0]}: they do not belong to this JSON, or have other names (--names tracr)")
        self.vocabulary: list[Any] = _values(self.rasp["vocabulary"])
        self._ids = {(type(t), t): i for i, t in enumerate(self.vocabulary)}

    # sizes and names
    n_layers = property(lambda self: self.config["n_layers"])
    n_heads = property(lambda self: self.config["n_heads"])
    d_head = property(lambda self: self.config["d_head"])
    d_model = property(lambda self: self.config["d_model"])
    bos_id = property(lambda self: self.rasp["vocabulary"]["bos_id"])
    max_length = property(lambda self: self.rasp["max_length"])
    causal = property(lambda self: self.config["attention_dir"] == "causal")
    program = property(lambda self: self.rasp["program"]["text"])
    numerical = property(lambda self: self.rasp["output_values"]["encoding"] == "numerical")
    residual_labels = property(lambda self: list(self.rasp["residual_labels"]))

    @property
    def output_values(self) -> list[Any]:
        """Categorical: the value of each logit. Numerical: the numbers that the single logit is rounded to."""
        return _values(self.rasp["output_values"])

    @property
    def heads(self) -> list[Head]:
        """The heads that compute something; the padding heads of a layer are not among them."""
        return [
            Head(l, h, head["label"], head["role"], tuple(head["reads_query"]), tuple(head["reads_key"]), tuple(head["reads_value"]))
            for l, layer in enumerate(self.rasp["layers"])
            for h, head in enumerate(layer["heads"])
        ]

    def __repr__(self) -> str:
        name = self.entry.get("id") or self.rasp["program"]["name"]
        return f"<Model {name}: {self.n_layers} layers, {len(self.heads)} heads, d_model {self.d_model}>"

    # tokens
    def tokens(self, sequence: Tokens) -> np.ndarray:
        """Token ids with BOS first, int64 [T]."""
        if len(sequence) > self.max_length:
            raise ValueError(f"the input has {len(sequence)} tokens, and the model takes at most {self.max_length}")
        ids = [self.bos_id]
        for token in sequence:
            known = self._ids.get((type(token), token))
            if known is None:
                raise ValueError(f"{token!r} is not in the vocabulary {self.vocabulary}")
            ids.append(known)
        return np.array(ids, dtype=np.int64)

    def decode(self, logits: np.ndarray) -> list[Any]:
        """Values of the positions after BOS, from logits [T, d_vocab_out]."""
        values = self.output_values
        rows = np.asarray(logits)[1:]
        if not self.numerical:
            return [values[i] for i in rows.argmax(-1)]
        if not values:  # too many to list: an int, or a number as it is
            whole = self.rasp["output_values"].get("whole", False)
            return [int(np.rint(x)) if whole else float(x) for x in rows[:, 0]]
        numbers = np.array([float(v) for v in values])
        return [values[int(np.abs(numbers - float(x)).argmin())] for x in rows[:, 0]]

    # forward pass
    def forward(self, ids: np.ndarray, dtype: Any = np.float32, hooks: Optional[Mapping[str, Callable[[np.ndarray], np.ndarray]]] = None, cache: Optional[dict[str, np.ndarray]] = None) -> np.ndarray:
        """Logits [T, d_vocab_out] of token ids [T] (with BOS).

        Activations have TransformerLens's names: `hook_embed`, `hook_pos_embed`, `blocks.0.hook_resid_pre`, `blocks.0.attn.hook_pattern` [H, T, T],
        `blocks.0.attn.hook_result` [T, H, D], `blocks.0.hook_mlp_out`, and so on. `cache` is filled with them; `hooks` maps a name to a function
        that returns the activation to go on with.
        """

        def at(name: str, value: np.ndarray) -> np.ndarray:
            if hooks and name in hooks:
                value = np.asarray(hooks[name](value), dtype=dtype)
            if cache is not None:
                cache[name] = value
            return value

        w = {name: tensor.astype(dtype, copy=False) for name, tensor in self.weights.items()}
        T = len(ids)
        x = at("hook_embed", w["embed.W_E"][ids]) + at("hook_pos_embed", w["pos_embed.W_pos"][:T])
        scale = dtype(np.sqrt(self.d_head))
        for l in range(self.n_layers):
            b = f"blocks.{l}."
            x = at(b + "hook_resid_pre", x)
            q = at(b + "attn.hook_q", np.einsum("td,hde->the", x, w[b + "attn.W_Q"]) + w[b + "attn.b_Q"])
            k = at(b + "attn.hook_k", np.einsum("td,hde->the", x, w[b + "attn.W_K"]) + w[b + "attn.b_K"])
            v = at(b + "attn.hook_v", np.einsum("td,hde->the", x, w[b + "attn.W_V"]) + w[b + "attn.b_V"])
            scores = np.einsum("qhe,khe->hqk", q, k) / scale
            if self.causal:
                scores = np.where(np.tri(T, dtype=bool), scores, -np.inf).astype(dtype)
            weights = np.exp(scores - scores.max(-1, keepdims=True))
            pattern = at(b + "attn.hook_pattern", weights / weights.sum(-1, keepdims=True))
            z = at(b + "attn.hook_z", np.einsum("hqk,khe->qhe", pattern, v))
            result = at(b + "attn.hook_result", np.einsum("the,hed->thd", z, w[b + "attn.W_O"]))
            x = at(b + "hook_resid_mid", x + at(b + "hook_attn_out", result.sum(1) + w[b + "attn.b_O"]))
            post = at(b + "mlp.hook_post", np.maximum(x @ w[b + "mlp.W_in"] + w[b + "mlp.b_in"], 0))
            x = at(b + "hook_resid_post", x + at(b + "hook_mlp_out", post @ w[b + "mlp.W_out"] + w[b + "mlp.b_out"]))
        return x @ w["unembed.W_U"] + w["unembed.b_U"]

    def run_with_cache(self, sequence: Tokens, dtype: Any = np.float32) -> tuple[list[Any], dict[str, np.ndarray]]:
        """The decoded output and every activation by its TransformerLens name."""
        cache: dict[str, np.ndarray] = {}
        return self.decode(self.forward(self.tokens(sequence), dtype, cache=cache)), cache

    def __call__(self, sequence: Tokens, dtype: Any = np.float32, hooks: Optional[Mapping[str, Callable[[np.ndarray], np.ndarray]]] = None) -> list[Any]:
        """The output at every position of the input."""
        return self.decode(self.forward(self.tokens(sequence), dtype, hooks))

    # experiments
    def intervened(self, sequence: Tokens, interventions: Iterable[Mapping[str, Any]], dtype: Any = np.float32) -> list[Any]:
        """The output under interventions as the page and the command line write them (docs/interventions.md): zero_head, zero_mlp, set_pattern,
        set_residual with values or a source, interchange. What the program answers under the same interchange only its interpreter knows:
        `rasp-playground run FILE --intervene …` gives both."""
        ids = self.tokens(sequence)
        hooks: dict[str, list[Callable[[np.ndarray], np.ndarray]]] = {}
        for each in interventions:
            for name, hook in self._hooks_of(each, ids, dtype):
                hooks.setdefault(name, []).append(hook)

        def in_order(list_: list[Callable[[np.ndarray], np.ndarray]]) -> Callable[[np.ndarray], np.ndarray]:
            def run(value: np.ndarray) -> np.ndarray:
                for hook in list_:
                    value = hook(value)
                return value

            return run

        return self.decode(self.forward(ids, dtype, {name: in_order(list_) for name, list_ in hooks.items()}))

    def _stream(self, half_layer: int) -> str:
        """The name of the residual stream after a half-layer: 0 the embeddings, 2L+1 attention, 2L+2 the MLP of layer L."""
        if not 0 <= half_layer <= 2 * self.n_layers or self.n_layers == 0:
            raise ValueError(f"there is no half-layer {half_layer}; they are numbered 0 to {2 * self.n_layers}")
        layer, part = divmod(half_layer - 1, 2)
        return "blocks.0.hook_resid_pre" if half_layer == 0 else f"blocks.{layer}.hook_resid_{'post' if part else 'mid'}"

    def _hooks_of(self, one: Mapping[str, Any], ids: np.ndarray, dtype: Any) -> Iterator[tuple[str, Callable[[np.ndarray], np.ndarray]]]:
        kind, T = one.get("kind"), len(ids)

        def source() -> dict[str, np.ndarray]:
            cache: dict[str, np.ndarray] = {}
            self.forward(self.tokens(list(one["source"])), dtype, cache=cache)
            return cache

        def changed(value: np.ndarray, place: Any, to: Any) -> np.ndarray:
            value = value.copy()
            value[place] = to
            return value

        if kind in ("zero_head", "set_pattern", "zero_mlp"):
            layer, head = one["layer"], one.get("head", 0)
            if not 0 <= layer < self.n_layers or not 0 <= head < self.n_heads:
                raise ValueError(f"there is no layer {layer} or head {head}")
            at = f"blocks.{layer}."
            if kind == "zero_mlp":
                yield at + "hook_mlp_out", np.zeros_like
            elif kind == "zero_head":
                yield at + "attn.hook_result", lambda v: changed(v, (slice(None), head), 0)
            else:
                pattern = np.asarray(one["values"], dtype=dtype)
                if pattern.size != T * T:
                    raise ValueError(f"a pattern over {T} positions (BOS among them) has {T * T} numbers, not {pattern.size}")
                yield at + "attn.hook_pattern", lambda v: changed(v, head, pattern.reshape(T, T))
        elif kind == "set_residual":
            name, place = self._stream(one["half_layer"]), (one["position"], list(one["dimensions"]))
            if not 0 <= place[0] < T or any(not 0 <= d < self.d_model for d in place[1]):
                raise ValueError(f"there is no position {place[0]} or dimension of {place[1]}")
            values = source()[name][place] if "source" in one else np.asarray(one["values"], dtype=dtype)
            yield name, lambda v: changed(v, place, values)
        elif kind == "interchange":
            yield from self._interchange(one, T, source())
        else:
            raise ValueError(f"{kind!r} is no intervention that weights alone can carry out")

    def _interchange(self, one: Mapping[str, Any], T: int, cache: Mapping[str, np.ndarray]) -> Iterator[tuple[str, Callable[[np.ndarray], np.ndarray]]]:
        if len(list(one["source"])) != T - 1:
            raise ValueError("interchange takes two inputs of one length")

        def own(subspace: Mapping[str, Any]) -> bool:  # not a code of combinations with another s-op
            seen = [(t, json.dumps(v)) for c in subspace.get("classes", []) for v, t in zip(c["values"], c["types"])]
            return len(seen) == len(set(seen))

        held = [s for s in self.rasp["subspaces"] if s["sop"] and own(s) and one["s_op"] in (s["label"], s["sop"]["node"])]
        if not held:
            raise ValueError(f"the model does not hold an s-op {one['s_op']!r}")
        for s in held:
            name = self._stream(s["written"])
            place = (slice(1, None), list(s["dimensions"]))

            def hook(value: np.ndarray, name: str = name, place: Any = place) -> np.ndarray:
                value = value.copy()
                value[place] = cache[name][place]
                return value

            yield name, hook

    # data and truth
    @property
    def data(self) -> dict[str, Any]:
        """`train`, `test` (with the value of every named s-op), `corrupted` pairs, and an input on which each part matters."""
        if self.folder is None:
            raise BadFile("this model has no data: it was not read from a suite")
        return _read_json(self.folder / "data.json")

    @property
    def truth(self) -> dict[str, Any]:
        """The circuit: `nodes` with the expressions that they compute, `edges` with `structural`, `semantic` and `causal`."""
        if self.folder is None:
            raise BadFile("this model has no truth graph beside it")
        return _read_json(self.folder / "truth.json")

    @property
    def compressed(self) -> Optional[dict[str, Any]]:
        """Of a compressed variant: `of` (the id of the model in its own basis), its `d_model`, and how many `inputs` were tried; else None."""
        return self.entry.get("compressed")

    @property
    def basis(self) -> np.ndarray:
        """W [d_model of the original, d_model] of a compressed variant, float32: what is written was multiplied by W, what is read by its transpose."""
        if self.folder is None or self.compressed is None:
            raise BadFile("this model is in its own basis: it is no compressed variant")
        return np.array(_read_json(self.folder / "basis.json")["W"], dtype=np.float32)

    def edges(self, kind: Optional[str] = None) -> list[tuple[str, str, Optional[str]]]:
        """Direct edges as (from, to, input): input is Q, K or V of a head. All, or those that are structural, semantic or causal."""
        if kind not in (None, "structural", "semantic", "causal"):
            raise ValueError(f"edges are structural, semantic or causal, not {kind!r}")
        truth = self.truth
        with _expecting(self.folder / "truth.json", "it"):
            return [(e["from"], e["to"], e.get("input")) for e in truth["edges"] if kind is None or e[kind]]

    @property
    def craft(self) -> str:
        """The model as a listing of its parts: bases, heads, neurons, each with its expression."""
        if self.folder is None:
            raise BadFile("this model has no listing beside it")
        try:
            return (self.folder / "listing.craft").read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadFile(f"{self.folder / 'listing.craft'}: cannot be read ({error})") from error

    def examples(self, part: str = "test") -> Iterator[tuple[list[Any], list[Any]]]:
        """Pairs of input and output."""
        data = self.data
        with _expecting(self.folder / "data.json", "it"):
            pairs = [(list(each["input"]), _values(each["output"])) for each in data[part]]
            [self.tokens(tokens) for tokens, _ in pairs]
        yield from pairs

    def corrupted_pairs(self) -> Iterator[tuple[list[Any], list[Any]]]:
        """Pairs of inputs of one length with different outputs: clean and corrupted."""
        data = self.data
        with _expecting(self.folder / "data.json", "it"):
            pairs = [(list(data["test"][each["clean"]]["input"]), list(each["input"])) for each in data["corrupted"]]
        yield from pairs

    def sample(self, count: int, seed: int = 0, length: Optional[int] = None) -> list[list[Any]]:
        """Random inputs."""
        random = np.random.default_rng(seed)
        lengths = random.integers(1, self.max_length + 1, size=count) if length is None else [length] * count
        return [[self.vocabulary[i] for i in random.integers(len(self.vocabulary), size=n)] for n in lengths]

    def verify(self, dtype: Any = np.float32) -> list[list[Any]]:
        """Inputs of the model's own data on which this forward pass gives another output than the program. Empty when all is well."""
        return [x for part in ("train", "test") for x, y in self.examples(part) if not all(map(agrees, y, self(x, dtype)))]

    # other libraries
    def hooked_transformer(self, **options: Any) -> Any:
        """The model as a `HookedTransformer` of TransformerLens 2 or 3. Version 4 has `transformer_bridge` in its place."""
        import torch
        from transformer_lens import HookedTransformer, HookedTransformerConfig

        model = HookedTransformer(HookedTransformerConfig.from_dict({**self._sizes(), **options}))
        masks = {k: v for k, v in model.state_dict().items() if k.endswith((".mask", ".IGNORE"))}  # of attention: constants, no weights
        model.load_state_dict({**masks, **{name: torch.tensor(np.array(tensor)) for name, tensor in self.weights.items()}})
        return model

    def transformer_bridge(self, **options: Any) -> Any:
        """The model as a `TransformerBridge` of TransformerLens 4."""
        import torch
        from transformer_lens import TransformerBridge

        model = TransformerBridge.boot_native({**self._sizes(), **options})
        model.load_state_dict({name: torch.tensor(tensor) for name, tensor in self.bridge_weights().items()})
        return model

    def bridge_weights(self) -> dict[str, np.ndarray]:
        """The weights by the names of `TransformerBridge.state_dict()`: heads side by side, [out, in] as PyTorch's linear layers have them."""
        w, out = self.weights, {}
        out["embed.weight"], out["pos_embed.weight"] = w["embed.W_E"], w["pos_embed.W_pos"]
        for l in range(self.n_layers):
            b = f"blocks.{l}."
            for name in "QKV":
                out[f"{b}attn.{name.lower()}.weight"] = w[f"{b}attn.W_{name}"].transpose(0, 2, 1).reshape(-1, self.d_model)
                out[f"{b}attn.{name.lower()}.bias"] = w[f"{b}attn.b_{name}"].reshape(-1)
            out[b + "attn.o.weight"], out[b + "attn.o.bias"] = w[b + "attn.W_O"].reshape(-1, self.d_model).T, w[b + "attn.b_O"]
            out[b + "mlp.in.weight"], out[b + "mlp.in.bias"] = w[b + "mlp.W_in"].T, w[b + "mlp.b_in"]
            out[b + "mlp.out.weight"], out[b + "mlp.out.bias"] = w[b + "mlp.W_out"].T, w[b + "mlp.b_out"]
        out["unembed.weight"], out["unembed.bias"] = w["unembed.W_U"].T, w["unembed.b_U"]
        return {name: np.ascontiguousarray(tensor) for name, tensor in out.items()}

    def _sizes(self) -> dict[str, Any]:
        return {k: v for k, v in self.config.items() if k not in ("rasp", "tracr")}


# ------------------------------------------------------------------------------------------------------------- opening


def _load_pair(weights: Path, description: Path, entry: Optional[Mapping[str, Any]] = None) -> Model:
    tensors, metadata = read_safetensors(weights)
    config = _read_json(description)
    if not isinstance(config, dict) or "rasp" not in config:
        raise BadFile(f"{description}: it does not describe a compiled model")
    with _expecting(description, "it"):
        mine, other = metadata.get("fingerprint"), config["rasp"]["fingerprint"]
    if mine is not None and mine != other:
        raise BadFile(f"{weights} and {description} belong to two models (fingerprints {mine} and {other})")
    with _expecting(description, "it"):
        return _checked(Model(config, tensors, weights.parent, entry), weights)


def _checked(model: Model, weights: Path) -> Model:
    """The model, if its members are of one kind and size: what is read later is read here once."""
    if [h for h in (model.heads, model.output_values, model.program, model.max_length, model.causal, model.numerical) if h is None]:
        raise BadFile(f"{weights}: its JSON lacks a member")
    L, D, H, d, m = (model.config[k] for k in ("n_layers", "d_model", "n_heads", "d_head", "d_mlp"))
    outs = model.config["d_vocab_out"]
    shapes = {"embed.W_E": (model.config["d_vocab"], D), "pos_embed.W_pos": (model.config["n_ctx"], D), "unembed.W_U": (D, outs), "unembed.b_U": (outs,)}
    for l in range(L):
        at = f"blocks.{l}."
        shapes.update({at + f"attn.W_{x}": (H, D, d) for x in "QKV"}, **{at + f"attn.b_{x}": (H, d) for x in "QKV"})
        shapes.update({at + "attn.W_O": (H, d, D), at + "attn.b_O": (D,), at + "mlp.W_in": (D, m), at + "mlp.b_in": (m,), at + "mlp.W_out": (m, D), at + "mlp.b_out": (D,)})
    for name, shape in shapes.items():
        if model.weights[name].shape != shape:
            raise BadFile(f"{weights}: {name} has the shape {model.weights[name].shape}, and its JSON says {shape}")
    if len(model.vocabulary) != model.bos_id or model.config["d_vocab"] != model.bos_id + 1 or model.max_length + 1 > model.config["n_ctx"]:
        raise BadFile(f"{weights}: the vocabulary of its JSON has another size than the embeddings")
    if not model.numerical and len(model.output_values) != outs:
        raise BadFile(f"{weights}: its JSON has {len(model.output_values)} output values for {outs} logits")
    return model


def _from_document(path: Path) -> Model:
    """One JSON document that holds the weights, too."""
    config = _read_json(path)
    if not isinstance(config, dict) or "state_dict" not in config:
        raise BadFile(f"{path}: it holds no weights; give the .safetensors file that belongs to it")
    tensors = {}
    with _expecting(path, "it"):
        for name, each in config.pop("state_dict").items():
            flat = np.zeros(int(np.prod(each["shape"], dtype=np.int64)), dtype=np.float32)
            flat[each["indices"]] = each["values"]
            tensors[name] = flat.reshape(each["shape"])
        return _checked(Model(config, tensors), path)


def load(source: Union[str, Path], compiler: Optional[Sequence[str]] = None) -> Model:
    """Opens a model: a folder of a suite, a .safetensors file with its JSON beside it, a JSON document with weights, or a share link.

    A link holds a program; `compiler` is the command that compiles it (by default `rasp-playground`, which `npm install` brings).
    """
    text = str(source)
    if "#" in text and not Path(text.split("#")[0] or "/").is_file():
        return _compile(read_link(text), compiler)
    path = Path(source)
    if path.is_dir():
        return _load_pair(path / "model.safetensors", path / "model.json")
    if path.suffix == ".safetensors":
        for beside in (path.with_name(path.name + ".json"), path.with_suffix(".json")):
            if beside.exists():
                return _load_pair(path, beside)
        raise BadFile(f"{path}: the JSON that belongs to it is not beside it ({path.name}.json)")
    if path.suffix == ".json":
        return _from_document(path)
    raise BadFile(f"{path}: a folder, a .safetensors file, a .json file or a link is expected")


def read_link(link: str) -> dict[str, Any]:
    """What a share link holds: files, settings, the fingerprint of its author's model."""
    fragment = link.split("#", 1)[-1]
    version, packing, body, *rest = (fragment.split(".") + ["", ""])[:4] if fragment.count(".") <= 3 else ["", "", ""]
    check = rest[0] if rest and rest[0] else None
    if version not in ("1", "2") or packing not in ("z", "j") or not body:
        raise BadFile("the link is none of the playground's, or a part of it is missing")
    if version == "2" and (check is None or f"{zlib.crc32(fragment[: -len(check) - 1].encode()):08x}" != check):
        raise BadFile("a part of the link is missing or was changed on the way")
    try:
        data = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        if packing == "z":
            unpacker = zlib.decompressobj(-15)
            data = unpacker.decompress(data, LINK_LIMIT + 1)
        if len(data) > LINK_LIMIT:
            raise BadFile(f"the link unpacks to more than {LINK_LIMIT // 1024} KiB")
        project = json.loads(data)
    except (zlib.error, binascii.Error, ValueError):
        raise BadFile("a part of the link is missing or was changed on the way") from None
    if not isinstance(project, dict) or not isinstance(project.get("files"), dict) or project.get("active") not in project["files"]:
        raise BadFile("the link holds no program")
    return project


def _compile(project: Mapping[str, Any], compiler: Optional[Sequence[str]]) -> Model:
    command = list(compiler) if compiler else ["rasp-playground"]
    if shutil.which(command[0]) is None:
        raise BadFile(
            f"a link holds a program, and the compiler \"{command[0]}\" was not found: install it with npm, "
            'or pass compiler=["node", "PATH/wasm/cli.mjs"]'
        )
    settings = project.get("settings", {})
    with tempfile.TemporaryDirectory() as folder:
        for name, text in project["files"].items():
            if Path(name).name != name:
                raise BadFile(f"the link holds a file with a path: {name!r}")
            Path(folder, name).write_text(text, "utf-8")
        out = Path(folder, "model.safetensors")
        arguments = ["compile", str(Path(folder, project["active"])), "--format", "safetensors", "--out", str(out)]
        for key, option in (("output", "--output"), ("maxLength", "--max-length"), ("objective", "--objective")):
            if key in settings:
                arguments += [option, str(settings[key])]
        if "vocabulary" in settings:
            vocabulary = settings["vocabulary"]
            arguments += ["--vocabulary", vocabulary if vocabulary.lstrip().startswith("[") else json.dumps(vocabulary)]
        if settings.get("causal"):
            arguments.append("--causal")
        if settings.get("off"):
            arguments += ["--off", ",".join(settings["off"])]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True)
        if done.returncode != 0:
            try:
                reason = json.loads(done.stdout)["diagnostics"][0]["message"]
            except (ValueError, KeyError, IndexError):
                reason = done.stderr.strip()
            raise BadFile(f"the link's program does not compile: {reason}")
        model = _load_pair(out, Path(str(out) + ".json"))
    model.folder = None
    expected = project.get("fingerprint")
    model.entry["link_fingerprint_matches"] = expected is None or expected == model.rasp["fingerprint"]
    return model


class Suite:
    """A folder that `suite` made. Indexable; `filter` narrows it."""

    def __init__(self, folder: Union[str, Path], manifest: Mapping[str, Any], entries: Optional[Sequence[Mapping[str, Any]]] = None):
        self.folder = Path(folder)
        self.manifest = manifest
        self.entries = list(manifest["models"] if entries is None else entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __repr__(self) -> str:
        return f"<Suite {self.folder}: {len(self)} models>"

    def __getitem__(self, index: Union[int, str]) -> Model:
        if isinstance(index, str):
            entry = next((e for e in self.entries if e["id"] == index), None)
            if entry is None:
                raise KeyError(index)
        else:
            entry = self.entries[index]
        folder = self.folder / "models" / entry["id"]
        return _load_pair(folder / "model.safetensors", folder / "model.json", entry)

    def __iter__(self) -> Iterator[Model]:
        return (self[i] for i in range(len(self)))

    def filter(
        self, level: Optional[str] = None, split: Optional[str] = None, mechanism: Optional[str] = None,
        where: Optional[Callable[[Mapping[str, Any]], bool]] = None, compressed: Optional[bool] = None,
    ) -> "Suite":
        """The models of one difficulty (easy, medium, hard), split (train, validation, test), mechanism, or that `where` says yes to; compressed
        variants alone (True) or none of them (False). Variants that were only turned, not made narrower, count as compressed."""
        kept = [
            e for e in self.entries
            if (compressed is None or compressed == ("compressed" in e))
            and (level is None or e["difficulty"]["level"] == level)
            and (split is None or e["split"] == split)
            and (mechanism is None or mechanism in e["mechanisms"])
            and (where is None or where(e))
        ]
        return Suite(self.folder, self.manifest, kept)

    def damaged(self) -> list[str]:
        """Files that are missing or are not what the manifest's checksums say."""
        wrong = []
        for entry in self.entries:
            for name, file in entry["files"].items():
                path = self.folder / "models" / entry["id"] / name
                if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != file["sha256"]:
                    wrong.append(os.path.join("models", entry["id"], name))
        return wrong


def open_suite(folder: Union[str, Path]) -> Suite:
    """A suite by its folder."""
    path = Path(folder)
    if not (path / "manifest.json").exists():
        unfinished = (path / ".suite.json").exists()
        raise BadFile(f"{path}: the suite is not finished; run the same command again" if unfinished else f"{path}: there is no suite (manifest.json is missing)")
    manifest = _read_json(path / "manifest.json")
    if not isinstance(manifest, dict):
        raise BadFile(f"{path / 'manifest.json'}: it is no manifest")
    if manifest.get("format") not in KNOWN_SUITES:
        raise BadFile(f"{path}: its format is {manifest.get('format')!r}, which this reader does not know: use the rasp_models.py beside it")
    with _expecting(path / "manifest.json", "it"):
        for entry in manifest["models"]:
            id, level, split, mechanisms = entry["id"], entry["difficulty"]["level"], entry["split"], entry["mechanisms"]
            safe = isinstance(id, str) and id.replace("-", "").isalnum() and all(Path(name).name == name and isinstance(file["sha256"], str) for name, file in entry["files"].items())
            if not safe or not isinstance(mechanisms, list) or not isinstance(level, str) or not isinstance(split, str):
                raise BadFile(f"{path / 'manifest.json'}: the entry {id!r} is damaged")
        return Suite(path, manifest)


# ------------------------------------------------------------------------------------------------------------- metrics


def roc_curve(truth: Iterable[bool], scores: Iterable[float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """False positive rate, true positive rate and threshold, from the strictest threshold on. Equal scores fall together.

    >>> fpr, tpr, _ = roc_curve([True, False, True], [3, 2, 1])
    >>> fpr.tolist(), tpr.tolist()
    ([0.0, 0.0, 1.0, 1.0], [0.0, 0.5, 0.5, 1.0])
    """
    t, s = np.asarray(list(truth), dtype=bool), np.asarray(list(scores), dtype=float)
    if t.shape != s.shape:
        raise ValueError("one score per edge is needed")
    if t.all() or not t.any():
        raise ValueError("a ROC curve needs both true and false edges")
    order = np.argsort(-s, kind="stable")
    t, s = t[order], s[order]
    last = np.append(s[1:] != s[:-1], True)
    hits, misses = np.cumsum(t)[last], np.cumsum(~t)[last]
    return np.append(0.0, misses / misses[-1]), np.append(0.0, hits / hits[-1]), np.append(np.inf, s[last])


def roc_auc(truth: Iterable[bool], scores: Iterable[float]) -> float:
    """The probability that a true edge scores above a false one; ties count half.

    >>> roc_auc([True, True, False, False], [0.9, 0.4, 0.4, 0.1])
    0.875
    """
    fpr, tpr, _ = roc_curve(truth, scores)
    return float(np.sum(np.diff(fpr) * (tpr[1:] + tpr[:-1]) / 2))


def precision_recall(truth: Iterable[bool], found: Iterable[bool]) -> tuple[float, float]:
    """Of the edges found, how many are true; of the true ones, how many were found.

    >>> precision_recall([True, True, False], [True, False, True])
    (0.5, 0.5)
    """
    t, f = np.asarray(list(truth), dtype=bool), np.asarray(list(found), dtype=bool)
    both = int((t & f).sum())
    return both / max(1, int(f.sum())), both / max(1, int(t.sum()))


def faithfulness(clean: float, corrupted: float, circuit: float) -> float:
    """How much of the metric's difference between clean and corrupted the circuit alone restores: 1 all, 0 nothing.

    >>> faithfulness(clean=2.0, corrupted=0.0, circuit=1.5)
    0.75
    """
    if clean == corrupted:
        raise ValueError("clean and corrupted give the same metric: there is nothing to restore")
    return (circuit - corrupted) / (clean - corrupted)


def patch_node(node: str, cache: Mapping[str, np.ndarray]) -> dict[str, Callable[[np.ndarray], np.ndarray]]:
    """Hooks that put what a node of the truth graph ("tokens", "positions", "head 1.2", "mlp 1") has written in the run of `cache` into another run."""
    kind, _, place = node.partition(" ")
    if kind == "head":
        layer, head = (int(n) - 1 for n in place.split("."))
        name = f"blocks.{layer}.attn.hook_result"

        def one_head(result: np.ndarray) -> np.ndarray:
            result = result.copy()
            result[:, head] = cache[name][:, head]
            return result

        return {name: one_head}
    names = {"tokens": "hook_embed", "positions": "hook_pos_embed", "mlp": f"blocks.{int(place or 1) - 1}.hook_mlp_out"}
    if kind not in names:
        raise ValueError(f"{node!r} is no node of a truth graph")
    return {names[kind]: lambda _: cache[names[kind]]}


def interchange_accuracy(model: Model, name: str, pairs: Iterable[tuple[Tokens, Tokens]], expected: Callable[[Tokens, Tokens], list[Any]], dtype: Any = np.float32) -> float:
    """Interchange intervention accuracy: the activation `name` of the source input is put into the run on the base input; how often the output is
    what `expected(base, source)`, the program under the same intervention, gives at a position."""
    right = total = 0
    for base, source in pairs:
        cache: dict[str, np.ndarray] = {}
        model.forward(model.tokens(source), dtype, cache=cache)
        got = model(base, dtype, hooks={name: lambda _: cache[name]})
        want = expected(base, source)
        right += sum(map(agrees, want, got))
        total += len(want)
    return right / total if total else 1.0


def confidence_interval(values: Iterable[float], level: float = 0.95, seed: int = 0, draws: int = 2000) -> tuple[float, float]:
    """Bootstrap interval of the mean.

    >>> confidence_interval([1.0, 1.0, 1.0])
    (1.0, 1.0)
    """
    x = np.asarray(list(values), dtype=float)
    means = np.random.default_rng(seed).choice(x, size=(draws, len(x))).mean(1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
