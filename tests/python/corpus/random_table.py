import random
from tracr.rasp import rasp

random.seed(1234)
rng = random.Random(42)
VOCAB = [f"tok_{i:02d}" for i in range(100)]
table = {t: rng.randint(0, 4) for t in VOCAB}
names = VOCAB[:]
rng.shuffle(names)
MAX_SEQ_LEN = 30
bucket = rasp.Map(lambda t: table[t], rasp.tokens).named("bucket")
same = rasp.Select(bucket, bucket, rasp.Comparison.EQ)
size = rasp.SelectorWidth(same).named("bucket_size")
