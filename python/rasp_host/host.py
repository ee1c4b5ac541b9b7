"""One program: run it, find what it means, and tabulate its functions with the engine."""

import ast
import builtins
import inspect
import io
import itertools
import json
import opcode
import random
import re
import reprlib
import sys
import time
import traceback
import types
from collections.abc import Iterable

from tracr.compiler import compiling
from tracr.rasp import rasp

from rasp_host.advice import instead, unlike_tracr
from rasp_host.following import Follower
from rasp_host.graph import GraphBuilder, Refused
from rasp_host.modules import AbsentName, Finder
from rasp_host.source import Source
from rasp_host.untouched import Untouched

ROUNDS = 400  # of questions by the engine: one a level of functions of functions
VOCABULARY = 20_000  # tokens of one, as the engine has it
NO_FILES = "Files cannot be opened here: put data into the program, or into another file of the project and import it."
PRINTED = 20_000  # characters that a program may print


_untouched = Untouched()


def run(request_text: str, engine, say=lambda line: None) -> str:
    """The JSON text of a graph document for the program of a request. Never raises but for what ends Python itself. `say` is told which line is under way."""
    request = json.loads(request_text)
    program = _Program(request, engine, say)
    try:
        return program.document()
    except Exception as error:  # a bug of this package: the page and the command line go on
        return json.dumps({"rasp_graph": 1, "dialect": "tracr", "messages": [
            {"severity": "error", "code": "internal", "class": "internal", "message": f"The Python host failed on this program: {_worded(error)}", "hint": "Please report the program."}]})
    finally:
        program.forget()


class _Printed(io.TextIOBase):
    """Standard output: what is printed, and where."""

    def __init__(self, source):
        self.source = source
        self.lines = []
        self.left = PRINTED

    def writable(self):
        return True

    def write(self, text):
        span = None
        if self.left > 0:
            site = rasp._call_site_of(self.source.filename)
            span = self.source.site(site)
            text = text[: self.left]
            self.left -= len(text)
            last = self.lines[-1] if self.lines else None
            if last is not None and last["open"] and last["span"] == span:
                last["text"] += text
            else:
                last = {"text": text, "span": span, "open": True}
                self.lines.append(last)
            if last["text"].endswith("\n"):
                last["open"] = False
        return len(text)

    def document(self):
        return [{"name": "print", "text": line["text"].removesuffix("\n"), **({"span": line["span"]} if line["span"] else {})} for line in self.lines if line["text"].strip()]


class _Program:
    def __init__(self, request, engine, say):
        self.request = request
        self.engine = engine
        self.follower = Follower(say)
        self.name = request.get("name") or "program.py"
        self.source = Source(request.get("program") or "", f"<{self.name}>")
        self.messages = []
        self.finder = Finder({k: v for k, v in (request.get("files") or {}).items() if k != self.name}, lambda path: f"<{path}>")
        self.others = {f"<{path}>": path for path in self.finder.files}
        self.printed = _Printed(self.source)
        self.namespace = {}
        self.settings = {}
        self.until = time.monotonic() * 1000 + (request.get("limit_ms") or 10_000)
        self.settings_at = {}  # where they are, as far as it is known
        self.left = None  # where the program ended itself

    # the document

    def document(self) -> str:
        rasp._start()
        compiling._compiled.clear()
        doc = {"rasp_graph": 1, "dialect": "tracr"}
        try:
            if self._executed():
                doc.update(self._graph())
        except Refused as refused:
            self._message("error", refused.code, refused.message, refused.span, refused.hint)
            if refused.code != "limit-vocabulary":  # the settings are known: that none are given is not to be said as well
                builder = GraphBuilder(self.source)
                doc.update(settings=self._settings(builder), values=builder.pool.document())
        except (KeyboardInterrupt, MemoryError, RecursionError) as error:
            self._told(error)
        seen = set()
        for site, text in rasp._notices:
            if (site, text) not in seen:
                seen.add((site, text))
                self._message("warning", "python-s-op-equality", text, self.source.site(site))
        doc["messages"] = self.messages
        doc["printed"] = self.printed.document()
        return json.dumps(doc)

    def forget(self):
        _untouched.restore()
        rasp._end()
        self.finder.forget()
        if self.finder in sys.meta_path:
            sys.meta_path.remove(self.finder)
        self.namespace.clear()
        rasp._start()
        compiling._compiled.clear()

    def _message(self, severity, code, message, span, hint=""):
        one = {"severity": severity, "code": code, "message": message}
        if severity == "error":
            one["class"] = "limit" if code.startswith("limit-") else "python"
        if span:
            one["span"] = span
        if hint:
            one["hint"] = hint
        self.messages.append(one)

    # running

    def _executed(self) -> bool:
        text = self.source.text
        try:
            tree = ast.parse(text, self.source.filename)
            code = compile(tree, self.source.filename, "exec")
            self.source.read(tree)
        except SyntaxError as error:
            self._syntax(error)
            return False
        except (ValueError, RecursionError, MemoryError) as error:
            self._message("error", "python-syntax", f"This is not a Python program: {error}", None)
            return False
        self.code = code
        return self._ran()

    def _ran(self) -> bool:
        """Runs the program in a fresh namespace, with random numbers that are the same each time."""
        random.seed(0)
        module = types.ModuleType("__main__")
        self.namespace = module.__dict__
        self.namespace["__builtins__"] = {**_builtins(), "__import__": _untouched.importing(self.finder.loaded)}
        self.namespace["__file__"] = self.name
        if self.finder not in sys.meta_path:
            sys.meta_path.insert(0, self.finder)
        main, stdout = sys.modules.get("__main__"), sys.stdout
        sys.modules["__main__"] = module
        sys.stdout = self.printed
        self.follower.follow(self.code)
        try:
            exec(self.code, self.namespace)
            return True
        except SystemExit as error:
            self.left = self._place(error)[0]
            return True
        except BaseException as error:
            self._told(error)
            return False
        finally:
            sys.stdout = stdout
            if main is not None:
                sys.modules["__main__"] = main

    def _call(self, function, *args):
        stdout, sys.stdout = sys.stdout, self.printed
        try:
            return function(*args)
        except Refused:
            raise
        except BaseException as error:
            self._told(error)
            raise _Told() from None
        finally:
            sys.stdout = stdout

    def _syntax(self, error, under_way=None):
        """`under_way`: the line that had other text read."""
        line = error.lineno or self.source.text.partition("\0")[0].count("\n") + 1  # bytes that no text has are told without a place
        span = self.source.line_span(line)
        if error.filename == self.source.filename and error.offset and error.text is not None:
            begin = self.source.offset(line, len((error.text or "")[: error.offset - 1].encode("utf-8", "replace")))
            end_line, end_offset = error.end_lineno or line, error.end_offset or error.offset + 1
            end = self.source.offset(end_line, len(error.text[: end_offset - 1].encode("utf-8", "replace"))) if end_line == line and end_offset > error.offset else begin + 1
            span = [begin, max(end, begin + 1)]
        where = "" if error.filename in (None, self.source.filename) else f" (in {self.others.get(error.filename, error.filename)}, line {line})"
        self._message("error", "python-syntax", f"{error.msg}{where}", span if not where else under_way)

    def _place(self, error):
        """The innermost place of the user's main file under way, and in words where another file was."""
        span, where = None, ""
        for frame, line in traceback.walk_tb(error.__traceback__):
            filename = frame.f_code.co_filename
            if filename == self.source.filename:
                span, where = self._span_of_frame(frame, line, error), ""
            elif filename in self.others:
                where = f" (in {self.others[filename]}, line {line})"
        return span, where

    def _span_of_frame(self, frame, line, error):
        tb = error.__traceback__
        at = None
        while tb is not None:
            if tb.tb_frame is frame:
                at = tb.tb_lasti
            tb = tb.tb_next
        return self.source.site((frame.f_code, at)) if at is not None else self.source.line_span(line)

    def _told(self, error, otherwise=None):
        """Says what ended the program; `otherwise`: where, if none of its own lines was under way."""
        span, where = self._place(error)
        span = span or otherwise
        if isinstance(error, KeyboardInterrupt) and not _raised_by_program(error):
            return self._message("error", "limit-time", "The program takes longer than it may", span, "Look for a loop that does not end, or make the vocabulary or maximal length smaller.")
        if isinstance(error, MemoryError):
            return self._message("error", "limit-memory", "The program takes more memory than there is", span, "Build smaller lists.")
        if isinstance(error, RecursionError):
            return self._message("error", "python-raised", f"Functions call each other too deeply{where}", span, "A function that calls itself needs a case that ends.")
        if isinstance(error, rasp.TooManyExpressions):
            return self._message("error", "limit-graph-nodes", f"The program makes more than {rasp._limit[0]:,} s-ops and selectors", span, "Look for a loop that makes too many.")
        if isinstance(error, SyntaxError):
            return self._syntax(error, span)
        hint = NO_FILES if isinstance(error, OSError) and error.errno and error.filename is not None else instead(error) if isinstance(error, (TypeError, AttributeError)) else ""
        self._message("error", "python-raised", _worded(error) + where, span, hint)

    def _explained(self, error) -> str:
        """An exception of a function on some values: its text, and the line where it is raised if that is in the program."""
        line = None
        for frame, at in traceback.walk_tb(error.__traceback__):
            if frame.f_code.co_filename == self.source.filename:
                line = at
        return _worded(error) + (f" (line {line})" if line else "")

    # what the program means

    def _graph(self):
        try:
            output, name = self._output()
        except _Told:
            return {}
        for expr, text in unlike_tracr(output):
            self._message("info", "tracr-default", text, self.source.site(expr._site), "It compiles here. Tracr takes None alone, or 0 where the aggregate is numerical().")
        builder = self._tabulated(output)
        doc = builder.document()
        doc.update(self._defined(builder))
        doc["settings"] = self._settings(builder)
        doc["values"] = builder.pool.document()
        if output is not None:
            doc["output"] = builder.node(output)
            doc["output_name"] = name
        return doc

    def _output(self):
        wanted = self.request.get("output") or self._pragma("output")
        if wanted:
            try:
                value = self._call(eval, wanted, self.namespace)
            except _Told:
                raise
            if isinstance(value, rasp.SOp):
                return value, wanted
            raise Refused("python-output", f"The output \"{wanted[:60]}\" is not an s-op", "Name a variable that holds one.", None if self.request.get("output") else self._pragma_span("output"))
        if compiling._compiled:
            model = compiling._compiled[-1]
            self.settings = {"vocabulary": model.vocab, "max_length": model.max_seq_len, "causal": bool(model.causal)}
            self.settings_at["vocabulary"] = self.source.site(model._site)
            return model.program, self._name_of(model.program)
        made = self._made()
        if made is not None:
            return made
        for name in reversed(self.source.order):
            if isinstance(self.namespace.get(name), rasp.SOp):
                self._ask_settings(self.namespace)
                return self.namespace[name], name
        if self.left:
            raise Refused("no-output", "The program ends here, before it has made an s-op", "Assign one to a variable first.", self.left)
        raise Refused("no-output", "The program makes no s-op", "Assign one to a variable, or write make_program(), which returns it.")

    def _made(self):
        """make_program() or get_program(), also of the one class that has it; and the settings beside it."""
        for name in ("make_program", "get_program"):
            function = self.namespace.get(name)
            if callable(function):
                program = self._call(function)
                if isinstance(program, rasp.SOp):
                    self._ask_settings(self.namespace)
                    return program, self._name_of(program) or name
        classes = [c for c in self.namespace.values() if inspect.isclass(c) and c.__module__ == "__main__" and any(callable(getattr(c, n, None)) for n in ("make_program", "get_program"))]
        classes = [c for c in classes if not inspect.isabstract(c) and not any(d is not c and issubclass(d, c) for d in classes)]
        if len(classes) != 1:
            return None
        instance = self._call(classes[0])
        function = getattr(instance, "get_program", None) or instance.make_program
        program = self._call(function)
        if not isinstance(program, rasp.SOp):
            return None
        self._ask_settings({n: getattr(instance, n) for n in dir(instance) if not n.startswith("__")})
        return program, self._name_of(program) or classes[0].__name__

    def _name_of(self, program):
        for name, value in self.namespace.items():
            if value is program:
                return name
        return program.annotations.get("name", "")

    def _ask_settings(self, scope):
        def ask(function, *constants):
            if callable(scope.get(function)):
                return self._call(scope[function])
            return next((scope[c] for c in constants if c in scope), None)

        def unusable(value, what):
            if value is not None and not callable(value) and not isinstance(value, AbsentName):
                self._message("warning", "python-setting", f"{reprlib.repr(value)} is not {what}: the program is read without this setting", None, "Give one, or write it in a #@ line.")

        vocabulary = ask("get_vocab", "VOCAB", "VOCABULARY", "vocab")
        if isinstance(vocabulary, Iterable) and not isinstance(vocabulary, (type, AbsentName)):
            self.settings["vocabulary"] = self._call(list, itertools.islice(vocabulary, VOCABULARY + 1))
            self.settings_at["vocabulary"] = next((self.source.assigned[c][1] for c in ("VOCAB", "VOCABULARY", "vocab") if c in self.source.assigned), None)
        else:
            unusable(vocabulary, "a vocabulary, a list of tokens")
        longest = ask("get_max_seq_len", "MAX_SEQ_LEN", "MAX_LENGTH", "max_seq_len")
        if isinstance(longest, int) and longest > 0:
            self.settings["max_length"] = longest
        else:
            unusable(longest, "a maximal length, an int from 1")
        causal = ask("get_causal", "CAUSAL", "causal")
        if isinstance(causal, bool):
            self.settings["causal"] = causal

    def _pragma(self, key):
        found = re.findall(rf"^[ \t]*#@[ \t]*{key}[ \t]+(.+?)[ \t]*$", self.source.text, re.MULTILINE)
        return found[-1] if found else None

    def _pragma_span(self, key):
        lines = [i for i, line in enumerate(self.source.text.split("\n"), 1) if re.match(rf"[ \t]*#@[ \t]*{key}\b", line)]
        return self.source.line_span(lines[-1]) if lines else None

    # tabulating

    def _tabulated(self, output):
        for as_tables in (False, True):
            builder = GraphBuilder(self.source, as_tables)
            expressions = [v for v in self.namespace.values() if isinstance(v, rasp.RASPExpr)]
            try:
                for expr in ([output] if output is not None else []) + expressions:
                    builder.node(expr)
                self._ask_engine(builder, output)
            except (KeyboardInterrupt, MemoryError, RecursionError) as error:
                self._told(error, self.source.site(output._site))
                return builder
            if not (builder.pool.opaque and builder.compares):
                break  # else comparisons of tuples and the like are Python's: once more, as tables
        self._repeated(builder)
        return builder

    def _repeated(self, builder):
        """Runs the program a second time and compares its functions: they must not depend on what they were asked before."""
        if not builder.functions:
            return
        ended, kept = None, (self.namespace, self.settings, self.printed, self.messages, list(rasp._notices), list(compiling._compiled))
        self.settings, self.printed, self.messages = {}, _Printed(self.source), []
        _untouched.restore()
        self.finder.forget()
        rasp._start()
        compiling._compiled.clear()
        try:
            if self._ran():
                again = GraphBuilder(self.source, builder.comparisons_as_tables)
                for expr in [self._output()[0]] + [v for v in self.namespace.values() if isinstance(v, rasp.RASPExpr)]:
                    again.node(expr)
                builder.compare(again, self._explained)
        except _Told:
            pass  # the second time it has no s-op: nothing to compare
        except (KeyboardInterrupt, MemoryError, RecursionError) as error:
            ended = error
        finally:
            self.namespace, self.settings, self.printed, self.messages, rasp._notices[:], compiling._compiled[:] = kept
        if ended is not None:
            self._told(ended)

    def _ask_engine(self, builder, output):
        request = {k: self.request[k] for k in ("input", "inputs", "vocabulary", "max_length", "causal") if self.request.get(k) is not None}
        request.update(command="tabulate", program=self.source.text, name=self.name, example_input=self.request.get("command") == "analyze", limit_ms=0)
        for _ in range(ROUNDS):
            request["limit_ms"] = max(1, self.until - time.monotonic() * 1000)
            graph = {"rasp_graph": 1, "dialect": "tracr", "settings": self._settings(builder), **builder.document()}
            if output is not None:
                graph["output"] = builder.node(output)
            answer = json.loads(self.engine(json.dumps({**request, "graph": graph})))
            if not answer.get("ok"):
                for d in answer.get("diagnostics", []):
                    if d["severity"] == "error" and d["class"] == "limit":
                        raise Refused(d["code"], d["message"], d.get("hint", ""), self.source.site(output._site))
                return
            if not answer["wants"]:
                return
            self.follower.again()
            builder.answer(answer["wants"], builder.node(output), self._explained)
        raise Refused("limit-opaque-rows", "The functions of this program meet ever more values", "Choose a smaller vocabulary or maximal length.", self.source.site(output._site))

    def _settings(self, builder):
        settings = {}
        if "vocabulary" in self.settings:
            values = self.settings["vocabulary"]
            if len(values) > VOCABULARY:
                raise Refused("limit-vocabulary", f"The vocabulary has more than {VOCABULARY} tokens", "Choose a smaller one.", self.settings_at["vocabulary"])
            try:
                values = sorted(values)
            except TypeError:
                values = sorted(values, key=lambda v: (type(v).__name__, str(v)))
            settings["vocabulary"] = [builder._value(v, None) for v in values]
        for key in ("max_length", "causal"):
            if key in self.settings:
                settings[key] = self.settings[key]
        return settings

    def _defined(self, builder):
        definitions, uses = [], []
        nodes = {}
        for name, (name_span, span) in self.source.assigned.items():
            value = self.namespace.get(name)
            if isinstance(value, rasp.RASPExpr):
                nodes[name] = builder.node(value)
                definitions.append({"name": name, "name_span": name_span, "span": span, "node": nodes[name]})
                if "name" not in builder.nodes[nodes[name]] and builder.nodes[nodes[name]]["kind"] not in ("tokens", "indices"):
                    builder.nodes[nodes[name]]["name"] = name
        for name, span in self.source.names_read():
            if name in nodes:
                uses.append({"span": span, "node": nodes[name]})
        return {"definitions": definitions, "uses": uses[:20_000]}


class _Told(Exception):
    """The author has been told."""


def _raised_by_program(error) -> bool:
    """Whether a `raise` statement made it: what the limit on time makes comes up anywhere else."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return at is not None and at.tb_frame.f_code.co_code[at.tb_lasti] == opcode.opmap["RAISE_VARARGS"]


def _worded(error) -> str:
    try:
        text = str(error)
    except BaseException:
        text = ""
    kind = type(error).__name__
    if isinstance(error, KeyError) and text:
        text = f"{text} is no key"
    return (f"{kind}: {text}" if text else kind)[:400]


def _builtins():
    def no_files(*args, **kwargs):
        raise OSError(f"{NO_FILES[0].lower()}{NO_FILES[1:-1]}")

    def no_input(*args, **kwargs):
        raise OSError("there is nobody to answer: put what is needed into the program")

    made = dict(vars(builtins))
    made["open"] = no_files
    made["input"] = no_input
    made["breakpoint"] = no_input
    return made
