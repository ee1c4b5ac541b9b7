#@ input ["w0", "w17", "w99", "w17"]
#@ expect ["w0", "w17", "w99", "w17"] -> ["low", "middle", "high", "middle"]
import math
from tracr.rasp import rasp

VOCABULARY = {f"w{i}" for i in range(100)}
max_seq_len = 59

number = rasp.Map(lambda w: int(w[1:]), rasp.tokens)
level = rasp.Map(lambda n: math.floor(math.sqrt(n)), number)
out = rasp.Map(lambda n: "low" if n < 3 else "middle" if n < 7 else "high", level).named("level")
