import tracr.rasp.rasp as R
from tracr.compiler import compiling as c
same = R.Select(R.tokens, R.tokens, R.Comparison.EQ) & R.Select(R.indices, R.indices, R.Comparison.LT)
model = c.compile_rasp_to_model(R.indices - R.SelectorWidth(same), vocab={"x", "y"}, max_seq_len=7, compiler_bos="BOS", compiler_pad="PAD", mlp_exactness=50, causal=False)
assert model.apply(["BOS", *"xyx"]).decoded == ["BOS", 0, 1, 1]
