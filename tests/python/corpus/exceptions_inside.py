from tracr.rasp import rasp

VOCAB = {"3", "0", "x"}
MAX_SEQ_LEN = 6


def safe(t):
    try:
        return 6 // int(t)
    except ZeroDivisionError:
        return -1
    except ValueError as error:
        return type(error).__name__
    finally:
        pass


out = rasp.SequenceMap(lambda a, b: f"{a}@{b}", rasp.Map(safe, rasp.tokens), rasp.indices)
