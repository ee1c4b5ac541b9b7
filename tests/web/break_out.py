# Everything that a program in a browser's worker might reach. Each line prints what came of it.
from tracr.rasp import rasp
def attempt(name, f):
    try:
        print(name, "REACHED", str(f())[:60])
    except BaseException as error:
        print(name, "blocked")
def js(name):
    import js as module
    return getattr(module, name)
for name in ("fetch", "XMLHttpRequest", "WebSocket", "caches", "indexedDB", "navigator", "Worker", "importScripts", "eval", "location", "postMessage", "BroadcastChannel", "self", "globalThis", "EventSource"):
    attempt("js." + name, lambda: js(name))
def run_js(text):
    from pyodide.code import run_js
    return run_js(text)
attempt("run_js", lambda: run_js("fetch('stolen')"))
attempt("Function", lambda: js("Object").constructor("return fetch('stolen')")())
attempt("constructor", lambda: js("setTimeout").constructor("return fetch('stolen')")())
attempt("timer", lambda: js("setTimeout")("fetch('stolen')", 0))
def pyfetch():
    import asyncio
    from pyodide.http import open_url
    return open_url("stolen")
attempt("open_url", pyfetch)
def package():
    import pyodide_js
    return pyodide_js._module.fetch("stolen")
attempt("pyodide_js", package)
def socket():
    import socket
    return socket.create_connection(("127.0.0.1", 80), timeout=1)
attempt("socket", socket)
def file():
    return open("/etc/passwd").read()
attempt("file", file)
x = rasp.tokens
