from tracr.rasp import rasp


class TooOld(ValueError):
    pass


def checked(age):
    try:
        if age < 0:
            raise TooOld(age) from None
        result = 100 // age
    except ZeroDivisionError:
        return "zero"
    except (TooOld, TypeError) as error:
        return f"{type(error).__name__}{error.args[0]}"
    else:
        return result
    finally:
        age = None


first = rasp.Map(checked, rasp.tokens)
out = rasp.SequenceMap(lambda c, i: f"{i}:{c!s:>5}", first, rasp.indices)
VOCAB = {-1, 0, 3, 7}
MAX_SEQ_LEN = 6
