# Run-length encoding: at each position, how long the run up to here is.
from tracr.rasp import rasp
from tracr.compiler import compiling

prev = rasp.Aggregate(rasp.Select(rasp.indices, rasp.indices, lambda k, q: k == q - 1), rasp.tokens, default=None).named("prev")
# None never reaches the lambda, so the first position is handled by index
starts = rasp.SequenceMap(lambda t, p: t != p, rasp.tokens, prev).named("starts")
is_first = rasp.Map(lambda i: i == 0, rasp.indices).named("is_first")
place = rasp.SequenceMap(lambda s, i: i if s else -1, starts, rasp.indices).named("start_place")
later_starts = rasp.Select(place, rasp.indices, lambda k, q: k is not None and 0 < k <= q)
number_of_runs = rasp.SelectorWidth(later_starts).named("run_number")
same_run = rasp.Select(number_of_runs, number_of_runs, rasp.Comparison.EQ)
up_to_here = rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LEQ)
run = rasp.SelectorWidth(rasp.SelectorAnd(same_run, up_to_here)).named("run_length")

if __name__ == "__main__":
    model = compiling.compile_rasp_to_model(run, vocab={"a", "b", "c"}, max_seq_len=9, compiler_bos="BOS")
    out = model.apply(["BOS", "a", "a", "b"])
    print(out.decoded)
    assert out.decoded[1:] == [1, 2, 1]
