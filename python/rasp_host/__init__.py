"""Runs a Python program that builds RASP expressions, and hands on a tabulated graph: data that the engine reads without Python.

`run(request, engine)` is the whole of it. `engine` takes a request's JSON text and gives the document's: it says which values functions can meet.
"""

from rasp_host.host import run

__all__ = ["run"]
