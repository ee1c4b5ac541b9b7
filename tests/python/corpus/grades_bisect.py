import bisect
import statistics
from tracr.compiler import compiling
from tracr.rasp import rasp

BREAKS, GRADES = [60, 70, 80, 90], "FDCBA"
middle = statistics.median(BREAKS)
grade = rasp.Map(lambda score: GRADES[bisect.bisect(BREAKS, score)], rasp.tokens)
better = rasp.Select(grade, grade, lambda k, q: k < q)
above = rasp.Map(lambda score: "above" if score >= middle else "below", rasp.tokens)
out = rasp.SequenceMap(lambda n, a: f"{n} {a}", rasp.SelectorWidth(better), above)
compiling.compile_rasp_to_model(out, vocab=set(range(50, 101, 5)), max_seq_len=9)
