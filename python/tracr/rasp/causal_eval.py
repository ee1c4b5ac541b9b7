"""What expressions are where no query selects a later key."""

from typing import Sequence

from tracr.rasp import rasp


class CausalEvaluator(rasp.RASPEvaluator):
    def _masked(self, rows):
        return [[hit and key <= query for key, hit in enumerate(row)] for query, row in enumerate(rows)]


def evaluate(expr: rasp.RASPExpr, xs: Sequence[rasp.Value]):
    return CausalEvaluator().evaluate(expr, xs)
