from tracr.rasp import rasp

import argparse, sys
def build(k): return rasp.Map(lambda t: t + k, rasp.tokens)
def main(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--k", type=int, default=2)
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args([] if argv is None else argv)
    global out
    out = build(args.k)
    assert out([0, 1, 2]) == [2, 3, 4], out([0, 1, 2])
    print(f"{out([1])!r:>5}|{args.k=}")
VOCAB = [0, 1, 2]; MAX_SEQ_LEN = 5
if __name__ == "__main__":
    main()
