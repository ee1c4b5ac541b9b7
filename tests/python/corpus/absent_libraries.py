import jax
import jax.numpy as jnp
import haiku as hk
import numpy as np
from typing import Optional
from tracr.compiler import assemble, compiling, lib
from tracr.compiler.validating import validate
from tracr.rasp import rasp
from tracr.craft import bases, transformers

jax.config.update("jax_default_matmul_precision", "float32")


def make(n: Optional[np.ndarray] = None) -> rasp.SOp:
    return lib.make_hist()


program = make()
errors = validate(program)
model = compiling.compile_rasp_to_model(program, vocab={1, 2, 3, 4}, max_seq_len=8)
