"""Everything happens in main(): the model that it asks for is the program."""
import os
import sys
import random
import warnings
from tracr.compiler import compiling
from tracr.rasp import rasp

warnings.filterwarnings("ignore")


def make(k):
    rng = random.Random(2024)
    keep = set(rng.sample("abcdefghij", k))
    return rasp.Map(lambda t: t if t in keep else "*", rasp.tokens).named("masked"), keep


def main() -> None:
    sop, keep = make(4)
    model = compiling.compile_rasp_to_model(sop, vocab=set("abcdefghij"), max_seq_len=int(os.environ.get("LONGEST", "8")), causal=False)
    decoded = model.apply(["compiler_bos"] + sorted(keep)).decoded
    assert decoded[1:] == sorted(keep), decoded
    print("keeps", sorted(keep), file=sys.stderr)


if __name__ == "__main__":
    main()
