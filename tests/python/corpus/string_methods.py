import string
import textwrap
from string import Template
from tracr.rasp import rasp

greet = Template("$who/$what")
clean = str.maketrans("", "", string.punctuation)
fns = [str.title, str.swapcase, lambda s: s.center(7, "*"), lambda s: s.zfill(6), lambda s: s.translate(clean)]
choice = rasp.Map(lambda i: i % len(fns), rasp.indices)
out = rasp.SequenceMap(lambda t, c: greet.substitute(who=fns[c](t), what=textwrap.shorten(t, 4, placeholder="~")), rasp.tokens, choice)
VOCAB = ["he's", "4-2", "", "Straße", "a b c"]
MAX_SEQ_LEN = 9
