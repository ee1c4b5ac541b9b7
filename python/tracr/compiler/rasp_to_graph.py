"""The graph below an expression, for programs that look at it."""

import dataclasses
from typing import Any

from tracr.rasp import rasp


@dataclasses.dataclass
class ExtractRaspGraphOutput:
    graph: Any
    sink: dict
    sources: list


class Graph:
    """Nodes (by label) and edges from what is read to what reads it."""

    def __init__(self):
        self.nodes = {}
        self.edges = []


def extract_rasp_graph(tip: rasp.SOp) -> ExtractRaspGraphOutput:
    graph, sources, queue, seen = Graph(), [], [tip], set()
    while queue:
        expr = queue.pop(0)
        if id(expr) in seen:
            continue
        seen.add(id(expr))
        node = graph.nodes.setdefault(expr.label, {"ID": expr.label, "EXPR": expr})
        if not expr.children:
            sources.append(node)
        for child in expr.children:
            graph.nodes.setdefault(child.label, {"ID": child.label, "EXPR": child})
            graph.edges.append((child.label, expr.label))
            queue.append(child)
    return ExtractRaspGraphOutput(graph, graph.nodes[tip.label], sources)
