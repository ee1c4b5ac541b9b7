from tracr.compiler import compiling
from tracr.rasp import rasp


def main():
    same = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ).named("same")
    hist = rasp.SelectorWidth(same).named("hist")
    return compiling.compile_rasp_to_model(hist, vocab=set("xyz"), max_seq_len=20, causal=True, compiler_bos="<s>", compiler_pad="<p>", mlp_exactness=50)


if __name__ == "__main__":
    model = main()
    assert model.apply(["<s>", "x", "y", "x"]).decoded[1:] == [1, 1, 2]
