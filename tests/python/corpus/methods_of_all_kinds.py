from tracr.rasp import rasp


class Plugin:
    kinds = {}

    def __init_subclass__(cls, /, key, **kwargs):
        super().__init_subclass__(**kwargs)
        Plugin.kinds[key] = cls

    @classmethod
    def made(cls, key):
        return cls.kinds[key]()

    @staticmethod
    def base(x):
        return x + 1

    @property
    def twice(self):
        return lambda x: 2 * self.base(x)


class Plain(Plugin, key="plain"):
    def run(self, x):
        return self.twice(x)


class Squared(Plugin, key="squared"):
    def run(self, x):
        return super().base(x) ** 2


one, two = Plugin.made("plain"), Plugin.made("squared")
out = rasp.SequenceMap(lambda a, b: a - b, rasp.Map(one.run, rasp.tokens), rasp.Map(two.run, rasp.indices))
VOCAB = {3, 5, 8}
MAX_SEQ_LEN = 10
