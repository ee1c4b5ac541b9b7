from tracr.compiler.compiling import compile_rasp_to_model
from tracr.rasp import rasp

ones = rasp.SelectorWidth(rasp.Select(rasp.tokens, rasp.Full(1), rasp.Comparison.EQ)).named("ones")
parity = (rasp.Map(lambda n: n % 2, ones)).named("parity")
model = compile_rasp_to_model(parity, {0, 1}, 20, causal=True)
