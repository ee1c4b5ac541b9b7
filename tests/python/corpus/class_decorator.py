from tracr.rasp import rasp

VOCAB = "ab"; MAX_SEQ_LEN = 4
def register(**kw):
    def inner(cls):
        cls.options = kw
        return cls
    return inner
@register(times=3)
class Repeat:
    def __call__(self, v): return v * type(self).options["times"]
out = rasp.Map(Repeat(), rasp.tokens)
