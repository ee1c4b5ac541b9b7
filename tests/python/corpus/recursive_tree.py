from tracr.compiler import compiling
from tracr.rasp import rasp


def tree(leaves):
    if len(leaves) == 1:
        return leaves[0]
    middle = len(leaves) // 2
    left, right = tree(leaves[:middle]), tree(leaves[middle:])
    return rasp.SequenceMap(lambda a, b: max(a, b) - min(a, b), left, right)


def has(token):
    return rasp.SelectorWidth(rasp.Select(rasp.tokens, rasp.tokens, lambda k, q: k == token))


out = tree([has(t) for t in "abcde"]).named("tree")
compiling.compile_rasp_to_model(out, set("abcde"), 6)
