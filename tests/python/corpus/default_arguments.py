from tracr.rasp import rasp

sops = {}
for name, offset in {"left": -1, "right": +1} .items():
    sops[name] = rasp.Aggregate(rasp.Select(rasp.indices, rasp.indices, lambda k, q, /, o=offset, *, strict=True: k == q + o), rasp.tokens, default=0)
late = [lambda x: x + i for i in range(3)]  # all of them see the last i
out = rasp.SequenceMap(lambda l, r: 100 * l + r, *sops.values())
out = rasp.Map(late[0], out)
VOCAB = {7, 8, 9}
MAX_SEQ_LEN = 8
