import json
import re
from types import SimpleNamespace
from tracr.rasp import rasp

RULES = json.loads("""
{"rules": [{"match": "^[A-Z]", "tag": "name", "weight": 2}, {"match": "\\\\d", "tag": "number", "weight": 1}], "other": null, "max": 9}
""", object_hook=lambda d: SimpleNamespace(**d))


def tag(t):
    for rule in RULES.rules:
        if re.search(rule.match, t):
            return rule.tag
    return RULES.other


tags = rasp.Map(tag, rasp.tokens)
known = rasp.Select(tags, tags, lambda k, q: k is not None and k == q)
n = rasp.SelectorWidth(known)
out = rasp.SequenceMap(lambda t, c: json.dumps([t, c]), tags, n)
VOCAB = {"Ada", "x1", "y", "R2"}
MAX_SEQ_LEN = RULES.max
