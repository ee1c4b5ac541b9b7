"""compile_rasp_to_model: tells the engine which program is meant, and for which inputs."""

from typing import Set

from tracr.rasp import causal_eval
from tracr.rasp import rasp

COMPILER_BOS = "compiler_bos"
COMPILER_PAD = "compiler_pad"

_compiled = []  # the models that the program has asked for


class Output:
    """What a model gives: one value a position, BOS first."""

    def __init__(self, decoded):
        self.decoded = decoded

    def __getattr__(self, name):
        raise AttributeError(f"{name!r} cannot be had here: take the values in .decoded, and weights from an export (docs/exports.md)")

    def __repr__(self):
        return f"Output(decoded={self.decoded!r})"


class CompiledModel:
    """Stands for the model in Python. Its values are the interpreter's: the engine's model is compared with that, and proved equal where it can be."""

    def __init__(self, program, vocab, max_seq_len, causal, compiler_bos):
        self.program = program
        self.vocab = vocab
        self.max_seq_len = max_seq_len
        self.causal = causal
        self.compiler_bos = compiler_bos
        self._site = rasp._call_site()

    def apply(self, tokens) -> Output:
        tokens = list(tokens)
        if not tokens or tokens[0] != self.compiler_bos:
            raise ValueError(f"the first token must be {self.compiler_bos!r}, not {tokens[0] if tokens else 'missing'!r}")
        if len(tokens) > self.max_seq_len + 1:
            raise ValueError(f"{len(tokens) - 1} tokens are more than max_seq_len, {self.max_seq_len}")
        unknown = [t for t in tokens[1:] if t not in self.vocab]
        if unknown:
            raise ValueError(f"{unknown[0]!r} is not in the vocabulary")
        evaluate = causal_eval.evaluate if self.causal else rasp.evaluate
        return Output([self.compiler_bos] + list(evaluate(self.program, tokens[1:])))

    def __getattr__(self, name):
        raise AttributeError(f"a model has no {name!r} here: its weights are in the page and in exports (docs/exports.md)")


AssembledTransformerModel = CompiledModel


def compile_rasp_to_model(program: rasp.SOp, vocab: Set[rasp.Value], max_seq_len: int, causal: bool = False, compiler_bos: str = COMPILER_BOS,
                          compiler_pad: str = COMPILER_PAD, mlp_exactness: int = 100) -> CompiledModel:
    if not isinstance(program, rasp.SOp):
        raise TypeError(f"a program is an s-op, not {program!r}")
    vocab = list(vocab)
    for special in (compiler_bos, compiler_pad):
        if special in vocab:
            raise ValueError(f"{special!r} is in the vocabulary, where it would mean two things: choose another compiler_bos or compiler_pad")
    model = CompiledModel(program, vocab, max_seq_len, causal, compiler_bos)
    _compiled.append(model)
    return model
