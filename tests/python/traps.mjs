// Traps of CPython in WebAssembly, each met once: what the library is made of, deadlines, memory, frames, namespaces,
// sums, calls. Those of the page (authority, policy, caches) are in tests/web/python.mjs.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadEngine } from '../../wasm/engine.mjs';
import { pythonLibrary } from '../../wasm/python/library.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const { unzipSync } = createRequire(path.join(root, 'wasm/package.json'))('fflate');
const engine = await loadEngine();
const rasp = 'from tracr.rasp import rasp\n';
let passed = 0,
  failed = 0;
const only = process.argv[2]; // a part of a test's name
async function test(name, body) {
  if (only && !name.includes(only)) return;
  try {
    await body();
    ++passed;
  } catch (error) {
    ++failed;
    console.log(`FAILED ${name}\n${error.message.slice(0, 2000)}`);
  }
}

const ask = (program, more = {}) =>
  engine.request({
    command: 'eval',
    program: rasp + program,
    name: 'program.py',
    input: 'ab',
    limit_ms: 20_000,
    ...more,
  });
async function values(program, more) {
  const r = await ask(program, more);
  assert.ok(r.ok, `${program}: ${JSON.stringify(r.diagnostics)}`);
  return r.values;
}
async function mistake(program, more) {
  const r = await ask(program, more);
  assert.equal(r.ok, false, program);
  const { code, line, message } = r.diagnostics.find((d) => d.severity === 'error');
  assert.doesNotMatch(message, /Traceback|rasp_host|\/lib\//);
  return { code, line, message };
}

await test('the library is compiled, stored, without sources, and the same bytes each time', async () => {
  const [one, other] = [await pythonLibrary(), await pythonLibrary()];
  assert.ok(one.equals(other));
  const files = unzipSync(one, {
    filter: ({ name, compression }) => {
      assert.equal(compression, 0, name);
      return true;
    },
  });
  const names = Object.keys(files),
    compiled = names.filter((name) => name.endsWith('.pyc'));
  assert.deepEqual(
    names.filter((name) => name.endsWith('.py')),
    [],
  );
  for (const name of ['typing.pyc', 'random.pyc', 'dataclasses.pyc', 'collections/__init__.pyc'])
    assert.ok(compiled.includes(name), name);
  // PEP 552: bit 0 says that a hash follows, bit 1 that it is compared with the source.
  for (const name of compiled) assert.equal(Buffer.from(files[name]).readUInt32LE(4), 1, name);
});

await test('the clock goes on after an interrupt that a program swallows', async () => {
  const d = await mistake(
    'try:\n  while True:\n    pass\nexcept KeyboardInterrupt:\n  pass\nwhile True:\n  count = 1\n',
    { limit_ms: 500 },
  );
  assert.equal(d.code, 'limit-time');
  assert.ok(d.line === 7 || d.line === 8, `line ${d.line} is not in the second loop`);
});

await test('at the limit of memory Python gets a MemoryError, which a program may catch', async () => {
  assert.deepEqual(
    await values(
      'try:\n  big = [0] * 10**9\nexcept MemoryError:\n  big = [0, 0, 0]\nx = rasp.Map(lambda t: len(big), rasp.tokens)\n',
    ),
    [3, 3],
  );
  const inside = await mistake('x = rasp.Map(lambda t: len([0] * 10**9), rasp.tokens)\n');
  assert.deepEqual([inside.code, inside.line], ['limit-memory', 2]);
});

await test('nothing is thrown through frames of the engine: an exception of any kind has a line, and the next program runs', async () => {
  for (const [body, message] of [
    ['class Stop(BaseException):\n  pass\ndef f(t):\n  raise Stop("no more")\n', /Stop: no more \(line 5\)/],
    ['import sys\ndef f(t):\n  sys.exit(3)\n', /SystemExit: 3 \(line 4\)/],
    ['def f(t):\n  raise GeneratorExit\n', /GeneratorExit \(line 3\)/],
    [
      'class Odd:\n  def __hash__(self):\n    raise ValueError("no hash")\ndef f(t):\n  return Odd()\n',
      /ValueError: no hash/,
    ],
    [
      'class Odd:\n  def __repr__(self):\n    raise ValueError("no text")\ndef f(t):\n  return Odd()\n',
      /ValueError: no text/,
    ],
    [
      'class Odd(Exception):\n  def __str__(self):\n    raise ValueError("no text")\ndef f(t):\n  raise Odd\n',
      /Odd \(line 6\)/,
    ],
    ['def f(t):\n  return f(t)\n', /RecursionError|too deeply/],
  ]) {
    const d = await mistake(`${body}x = rasp.Map(f, rasp.tokens)\n`);
    assert.deepEqual([d.code, d.line > 1], ['python-raised', true], `${body}: ${JSON.stringify(d)}`);
    assert.match(d.message, message);
    assert.deepEqual(await values('x = rasp.Map(lambda t: t * 2, rasp.tokens)\n'), ['aa', 'bb']);
  }
});

await test('each run has a namespace of its own, and the files of its own project', async () => {
  assert.deepEqual(await values('left = 5\nx = rasp.Map(lambda t: left, rasp.tokens)\n'), [5, 5]);
  assert.match(
    (await mistake('x = rasp.Map(lambda t: t, rasp.tokens)\ny = left\n')).message,
    /NameError: name 'left' is not defined/,
  );
  const program = 'import helper\nx = rasp.Map(helper.f, rasp.tokens)\n';
  assert.deepEqual(await values(program, { files: { 'helper.py': 'def f(t):\n  return t + "1"\n' } }), ['a1', 'b1']);
  assert.deepEqual(await values(program, { files: { 'helper.py': 'def f(t):\n  return t + "2"\n' } }), ['a2', 'b2']);
  assert.match((await mistake(program)).message, /No module named 'helper'/);
});

await test('what a program does to modules, builtins and classes ends with it', async () => {
  for (const [before, after, wanted] of [
    [
      'import math\nmath.floor = lambda x: 7\nx = rasp.Map(math.floor, rasp.indices)\n',
      'import math\nx = rasp.Map(math.floor, rasp.indices)\n',
      [0, 1],
    ],
    [
      'import statistics\nstatistics.mean = lambda x: 7\nx = rasp.Map(lambda i: statistics.mean([i, i]), rasp.indices)\n',
      'import statistics\nx = rasp.Map(lambda i: statistics.mean([i, i]), rasp.indices)\n',
      [0, 1],
    ],
    [
      'import builtins\nbuiltins.sorted = lambda x: "no"\nbuiltins.len = lambda x: 7\nx = rasp.tokens\n',
      'x = rasp.Map(lambda t: len(sorted(t)), rasp.tokens)\n',
      [1, 1],
    ],
    [
      'import builtins\nbuiltins.left = 7\nx = rasp.Map(lambda t: left, rasp.tokens)\n',
      'import builtins\nx = rasp.Map(lambda t: hasattr(builtins, "left"), rasp.tokens)\n',
      [false, false],
    ],
    [
      'old = rasp.Map\nrasp.Map = lambda f, x: old(lambda t: "!", x)\nx = rasp.Map(len, rasp.tokens)\n',
      'x = rasp.Map(len, rasp.tokens)\n',
      [1, 1],
    ],
    [
      'rasp.SOp.__add__ = lambda a, b: rasp.Map(lambda t: 7, a)\nx = rasp.indices + 1\n',
      'x = rasp.indices + 1\n',
      [1, 2],
    ],
    [
      'import sys, types\nfake = sys.modules["numpy"] = types.ModuleType("numpy")\nfake.f = lambda t: 7\nimport numpy\nx = rasp.Map(numpy.f, rasp.tokens)\n',
      'import sys\nx = rasp.Map(lambda t: "numpy" in sys.modules, rasp.tokens)\n',
      [false, false],
    ],
    [
      'import xml\nimport collections.abc, os.path, importlib.util\nx = rasp.tokens\n',
      'import collections.abc, os.path, importlib.util\nx = rasp.Map(lambda t: isinstance(t, collections.abc.Sequence) and os.path.basename("a/" + t) == t and importlib.util.find_spec("math") is not None, rasp.tokens)\n',
      [true, true],
    ],
    [
      'import decimal\ndecimal.getcontext().prec = 3\ndecimal.DefaultContext.prec = 4\ndecimal.getcontext().traps[decimal.Inexact] = True\nx = rasp.tokens\n',
      'import decimal\nx = rasp.Map(lambda t: len(str(decimal.Decimal(1) / 3)), rasp.tokens)\n',
      [30, 30],
    ],
    [
      'import random\nrandom.seed(7)\nrandom.gauss(0, 1)\nrandom.Random.random = lambda self: 0.5\nx = rasp.tokens\n',
      'import random\na = random.gauss(0, 1)\nrandom.seed(0)\nx = rasp.Map(lambda t: a == random.Random(0).gauss(0, 1), rasp.tokens)\n',
      [true, true],
    ],
    [
      'import warnings\nwarnings.simplefilter("error")\nx = rasp.tokens\n',
      'import warnings\ndef f(t):\n  warnings.warn("only said", DeprecationWarning)\n  return t\nx = rasp.Map(f, rasp.tokens)\n',
      ['a', 'b'],
    ],
    [
      'import string\nstring.ascii_lowercase = "zyx"\nstring.Template.delimiter = "!"\nstring.extra = 1\nx = rasp.tokens\n',
      'import string\nx = rasp.Map(lambda t: string.ascii_lowercase[:3] + string.Template.delimiter + str(hasattr(string, "extra")), rasp.tokens)\n',
      ['abc$False', 'abc$False'],
    ],
    [
      'import collections, fractions, json, enum\ncollections.Counter.total = lambda self: 7\nfractions.Fraction.__add__ = lambda a, b: 7\njson.JSONEncoder.item_separator = "!"\ncollections.Counter.new = 1\nx = rasp.tokens\n',
      'import collections, fractions, json\nx = rasp.Map(lambda t: str((collections.Counter("aa").total(), fractions.Fraction(1, 2) + 1, json.dumps([1, 2]), hasattr(collections.Counter, "new"))), rasp.tokens)\n',
      Array(2).fill("(2, Fraction(3, 2), '[1, 2]', False)"),
    ],
    [
      'import os, sys, keyword\nos.environ["LEFT"] = "7"\nsys.argv.append("left")\nkeyword.kwlist.clear()\nsys.set_int_max_str_digits(640)\nsys.settrace(lambda *a: None)\nsys.meta_path.clear()\nsys.path_hooks.clear()\nx = rasp.tokens\n',
      'import os, sys, keyword, colorsys\nx = rasp.Map(lambda t: str(("LEFT" in os.environ, "left" in sys.argv, len(keyword.kwlist) > 30, len(str(10**700)), sys.gettrace())), rasp.tokens)\n',
      Array(2).fill('(False, False, True, 701, None)'),
    ],
    [
      'import codecs, json, string, textwrap\ncodecs.register(lambda name: codecs.lookup("ascii") if name == "left" else None)\ncodecs.register_error("replace", lambda e: ("!", e.end))\njson.dumps.__kwdefaults__["sort_keys"] = True\ntextwrap.fill.__defaults__ = (3,)\nstring.capwords.__code__ = (lambda s, sep=None: "!").__code__\nx = rasp.tokens\n',
      'import codecs, json, string, textwrap\ntry:\n  found = codecs.lookup("left").name\nexcept LookupError:\n  found = "none"\nx = rasp.Map(lambda t: str((found, "é".encode("ascii", "replace"), json.dumps({"b": 1, "a": 2}), textwrap.fill("a b c d"), string.capwords("a b"))), rasp.tokens)\n',
      Array(2).fill(`('none', b'?', '{"b": 1, "a": 2}', 'a b c d', 'A B')`),
    ],
    [
      'import sys\nsys.addaudithook(lambda *a: 1 / 0)\nx = rasp.tokens\n',
      'x = rasp.Map(lambda t: t + "!", rasp.tokens)\n',
      ['a!', 'b!'],
    ],
    [
      'import io, os\ntry:\n  io.open("/lib/rasp/left.py", "w").write("f = 7")\nexcept OSError: pass\ntry:\n  os.remove("/lib/rasp/tracr/__init__.py")\nexcept OSError: pass\ntry:\n  os.truncate("/lib/rasp/tracr/rasp/rasp.py", 3)\nexcept OSError: pass\nos.mkdir("/tmp/left")\nx = rasp.tokens\n',
      'import os\nx = rasp.Map(lambda t: str((os.path.exists("/lib/rasp/left.py"), os.path.exists("/lib/rasp/tracr/__init__.py"), os.stat("/lib/rasp/tracr/rasp/rasp.py").st_size > 9, os.path.exists("/tmp/left"))), rasp.tokens)\n',
      Array(2).fill('(False, True, True, False)'),
    ],
  ]) {
    await ask(before);
    assert.deepEqual(await values(after), wanted, before);
  }
  // The second run of a program, by which its functions are checked, begins as the first.
  assert.deepEqual(
    await values(
      'import math\nold = math.floor\nmath.floor = lambda x: old(x) + 1\nx = rasp.Map(lambda i: math.floor(i), rasp.indices)\n',
    ),
    [1, 2],
  );
});

await test('a mean is the plain one, while a program’s own sum is that of its Python', async () => {
  const input = Array(10).fill(0.1),
    plain = input.reduce((a, b) => a + b, 0) / 10;
  assert.notEqual(plain, 0.1);
  const program =
    'VOCAB = {0.1, 0.2}\nMAX_SEQ_LEN = 10\nprint(sum([0.1] * 10))\nz = rasp.Aggregate(rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.TRUE), rasp.tokens)\nprint(z([0.1] * 10)[0])\n';
  const r = await ask(program, { command: 'run', input });
  assert.ok(r.ok, JSON.stringify(r.diagnostics));
  assert.deepEqual(
    [r.interpreter.values, r.model.values, r.exact],
    [Array(10).fill(plain), Array(10).fill(plain), true],
  );
  const { printed } = await ask(program, { input });
  assert.deepEqual(
    printed.map((p) => p.value),
    ['1.0', String(plain)],
  );
});

await test('a function is called for its values, not for every position of every input', async () => {
  // Twice for some, and again as a check: a call for each of the 200 inputs' positions would be far more.
  const program = `VOCAB = set("abcdefghijklmnopqrstuvwxyz")\nMAX_SEQ_LEN = 20\ncalls = []\ndef f(t):\n  calls.append(t)\n  if len(calls) > 4 * 26:\n    raise ValueError("called too often")\n  return ord(t)\nx = rasp.Map(f, rasp.tokens)\n`;
  const r = await ask(program, { command: 'check', samples: 200 });
  assert.ok(r.ok, JSON.stringify(r.diagnostics));
  assert.deepEqual([r.mismatches, r.exactness], [0, 'proved']);
  assert.deepEqual(await values(program, { input: 'az' }), [97, 122]);
});

await test('every example says the same in whatever order they are run', async () => {
  const folder = path.join(root, 'examples'),
    files = readdirSync(folder).filter((file) => file.endsWith('.py'));
  const said = async (file, turn) => {
    const program = `${readFileSync(path.join(folder, file), 'utf8')}\n# ${turn}\n`; // no graph of an earlier request
    const { ok, values, types, printed, diagnostics } = await engine.request({ command: 'eval', program, name: file });
    return JSON.stringify({ ok, values, types, printed, diagnostics });
  };
  const first = [];
  for (const file of files) first.push(await said(file, 1));
  for (const [i, file] of [...files.entries()].reverse()) assert.equal(await said(file, 2), first[i], file);
});

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
