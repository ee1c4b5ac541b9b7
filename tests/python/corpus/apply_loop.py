import itertools
from tracr.compiler import compiling
from tracr.rasp import rasp

VOCAB = {1, 2, 3}
LENGTH = 5


def build() -> rasp.SOp:
    smaller = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.LT)
    return rasp.SelectorWidth(smaller).named("smaller")


model = compiling.compile_rasp_to_model(program=build(), vocab=VOCAB, max_seq_len=LENGTH, compiler_bos="BOS", causal=False)
wrong = 0
for n in range(1, 4):
    for tokens in itertools.product(sorted(VOCAB), repeat=n):
        got = model.apply(["BOS", *tokens]).decoded[1:]
        expected = [sum(k < q for k in tokens) for q in tokens]
        wrong += got != expected
        assert got == expected, f"{tokens}: {got} != {expected}"
print(f"{wrong=}, {sum(3 ** n for n in range(1, 4))} inputs")

if __name__ == "__main__":
    out = model.apply(["BOS", 1, 2, 3])
    print(out.decoded)
