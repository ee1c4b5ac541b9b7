from tracr.rasp import rasp

VOCAB = {"yes", "no", "abstain"}
MAX_SEQ_LEN = 12


def count(token):
    return rasp.SelectorWidth(rasp.Select(rasp.tokens, rasp.tokens, lambda k, q, token=token: k == token)).named(f"count_{token}")


def make_program():
    yes, no = count("yes"), count("no")
    margin = rasp.SequenceMap(lambda a, b: a - b, yes, no).named("margin")
    return rasp.Map(lambda m: {True: "accepted", False: "rejected"}[m > 0] if m != 0 else "tie", margin).named("result")
