from collections import Counter, OrderedDict, defaultdict, namedtuple
from tracr.rasp import rasp

POS = defaultdict(lambda: "X", {"the": "DET", "a": "DET", "cat": "NOUN", "dog": "NOUN", "runs": "VERB", "sleeps": "VERB", "quickly": "ADV"})
Tagged = namedtuple("Tagged", "word tag")
VOCAB = set(POS) | {"hm"}
MAX_SEQ_LEN = 7
counts = Counter(POS.values())

tagged = rasp.Map(lambda w: Tagged(w, POS[w]), rasp.tokens).named("tagged")
previous = rasp.Aggregate(rasp.Select(rasp.indices, rasp.indices, lambda k, q: k + 1 == q), tagged, default=Tagged("", "START")).named("previous")
bigram = rasp.SequenceMap(lambda p, t: f"{p.tag}>{t.tag}", previous, tagged).named("bigram")
