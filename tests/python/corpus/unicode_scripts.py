from tracr.rasp import rasp
import unicodedata

VOCAB = ["α", "Ж", "ß", "漢", "é", "😀", "a"]
MAX_SEQ_LEN = 6


def script(c: str) -> str:
    """The first word of a character's name."""
    return unicodedata.name(c).split()[0]


scripts = rasp.Map(script, rasp.tokens)
same_script = rasp.SelectorWidth(rasp.Select(scripts, scripts, rasp.Comparison.EQ))
out = rasp.SequenceMap(lambda s, n: f"{s.lower()}×{n}", scripts, same_script)
