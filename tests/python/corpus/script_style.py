#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""A script: arguments, logging, a main function."""
import argparse
import logging
import sys
import time
from pathlib import Path

from tracr.compiler import compiling
from tracr.rasp import rasp

logging.basicConfig(level=logging.INFO)
logger = logging.getLogger(__name__)
BOS = "BOS"


def build(threshold: int = 2) -> rasp.SOp:
    hist = rasp.SelectorWidth(rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ))
    return rasp.Map(lambda n: n >= threshold, hist).named("repeated")


def main(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--threshold", type=int, default=2)
    args = parser.parse_args(argv)
    started = time.time()
    model = compiling.compile_rasp_to_model(build(args.threshold), vocab={"x", "y", "z"}, max_seq_len=9, compiler_bos=BOS)
    logger.info("compiled in %.1f s", time.time() - started)
    for text in ("xyx", "zzz"):
        print(text, model.apply([BOS, *text]).decoded[1:], file=sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
