from tracr.rasp import rasp

#@ vocabulary ["ka", "ki", "so", "su", "me"]
#@ max_length 7
split = rasp.Map(lambda t: tuple(t), rasp.tokens).named("split")
rhyme = rasp.Select(split, split, lambda k, q: k[1] == q[1]).named("rhyme")
alliterate = rasp.Select(split, split, lambda k, q: k[0] == q[0] and k != q)
out = rasp.SequenceMap(lambda a, b: (a, b), rasp.SelectorWidth(rhyme), rasp.SelectorWidth(alliterate)).named("rhymes_and_alliterations")
