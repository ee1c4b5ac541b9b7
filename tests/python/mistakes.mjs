// Programs in Python with mistakes, what brings Python down, and what a program may import, ask for and be told.
import assert from 'node:assert/strict';
import { ask, end, engine, mistake, rasp, read, same, test, text } from './asking.mjs';

await test('mistakes say what Python says, at the line of the program', async () => {
  for (const [program, code, line, message] of [
    ['x = = 1\n', 'python-syntax', 1, /invalid syntax/],
    [`${rasp}def f(n):\n  return f(n + 1)\nx = f(1)\n`, 'python-raised', 3, /too deeply/],
    [
      `${rasp}import numpy as np\nx = rasp.Map(lambda t: t, rasp.tokens)\ny = np.zeros(3)\n`,
      'python-raised',
      4,
      /numpy cannot be used here: RASP's functions/,
    ],
    [`${rasp}x = open("data.txt")\n`, 'python-raised', 2, /files cannot be opened here/],
    [`${rasp}x = rasp.Map(lambda t: {}[t], rasp.tokens)\n`, 'python-raised', 2, /KeyError: 'a' is no key \(line 2\)/],
    [`${rasp}x = rasp.Map(lambda t: [t], rasp.tokens)\n`, 'python-raised', 2, /\['a'\] cannot be a value of an s-op/],
    [
      `${rasp}for i in range(200_000):\n  x = rasp.Map(lambda t: t, rasp.tokens)\n`,
      'limit-graph-nodes',
      3,
      /more than 100,000/,
    ],
    ...['SequenceMap(lambda a, b: a, x, x)', 'Map(lambda a: a, x)'].map((more) => [
      `${rasp}x = rasp.tokens\nfor i in range(150_000):\n  x = rasp.${more}\n`,
      'limit-graph-nodes',
      4,
      /more than 100,000/,
    ]),
    [`${rasp}y = "\0"\n`, 'python-syntax', 2, /^source code string cannot contain null bytes$/],
    [`${rasp}y = 1\n`, 'no-output', 1, /makes no s-op/],
    [
      `${rasp}cache = {}\ndef f(t):\n  return cache.setdefault(t, len(cache))\nx = rasp.Map(f, rasp.tokens)\n`,
      'python-not-deterministic',
      5,
      /another value for '.' when it is called in another order/,
    ],
    [
      `${rasp}import itertools\nc = itertools.count()\nx = rasp.Map(lambda t: next(c), rasp.tokens)\n`,
      'python-not-deterministic',
      4,
      /different values/,
    ],
    [
      `${rasp}import numpy as np\nx = rasp.Map(lambda t: np.nan, rasp.tokens)\n`,
      'python-raised',
      3,
      /numpy\.nan is not here/,
    ],
    [
      `${rasp}from tracr.craft import bases\nx = rasp.tokens\nb = bases.VectorSpaceWithBasis([])\n`,
      'python-raised',
      4,
      /tracr\.craft cannot be used here: the plan/,
    ],
    [
      `${rasp}x = rasp.Full(sum)\ny = rasp.Map(lambda t: {t}, rasp.tokens)\n`,
      'python-raised',
      3,
      /cannot be a value of an s-op/,
    ],
    ['import does_not_exist\n', 'python-raised', 1, /No module named 'does_not_exist'/],
    [`${rasp}x = rasp.tokens and rasp.indices\n`, 'python-raised', 2, /neither true nor false/],
    [`${rasp}x = rasp.Select(rasp.tokens, rasp.tokens)\n`, 'python-raised', 2, /missing 1 required/],
    [`${rasp}raise KeyboardInterrupt\n`, 'python-raised', 2, /KeyboardInterrupt/],
    [`${rasp}import helper\n`, 'python-raised', 2, /ZeroDivisionError: division by zero \(in helper.py, line 2\)/],
  ]) {
    const d = await mistake(
      program,
      program.includes('helper') ? { files: { 'helper.py': 'a = 1\nb = a / 0\n' } } : {},
    );
    assert.equal(d.code, code, `${program}: ${JSON.stringify(d)}`);
    assert.equal(d.line, line, `${program}: ${JSON.stringify(d)}`);
    assert.match(d.message, message);
    assert.doesNotMatch(d.message, /Traceback|rasp_host|\/lib\//);
  }
});

await test('a loop without an end, a huge list and one long call are stopped, and the next program runs', async () => {
  const fine = async () =>
    assert.deepEqual(
      (await ask('eval', `${rasp}x = rasp.Map(lambda t: t * 2, rasp.tokens)\n`, { input: text('ab') })).values,
      ['aa', 'bb'],
    );
  const loop = await mistake(`${rasp}while True:\n  pass\n`, { limit_ms: 500 });
  assert.equal(loop.code, 'limit-time');
  assert.ok(loop.line === 2 || loop.line === 3, 'in the loop');
  const inside = await mistake(`${rasp}def f(t):\n  while True:\n    pass\nx = rasp.Map(f, rasp.tokens)\n`, {
    limit_ms: 500,
  });
  assert.equal(inside.code, 'limit-time');
  const swallowed = await mistake(`${rasp}while True:\n  try:\n    pass\n  except BaseException:\n    pass\n`, {
    limit_ms: 500,
  });
  assert.equal(swallowed.code, 'limit-time');
  await fine();
  const list = await mistake(`${rasp}x = [0] * 10**9\n`);
  assert.equal(list.code, 'limit-memory');
  await fine();
  const call = await mistake(`${rasp}x = sum(range(10**12))\n`, { limit_ms: 500 });
  assert.equal(call.code, 'limit-time');
  await fine();
});

await test('what ends Python itself, or is ended from outside, is told at its line, with its cause', async () => {
  for (const [program, code, line, message] of [
    ['import os\nx = rasp.tokens + "é"\nos._exit(1)\n', 'python-raised', 4, /ends Python itself/],
    [
      'import os\ndef f(t):\n  if t == "b":\n    os.abort()\n  return t\nx = rasp.Map(f, rasp.tokens)\n',
      'python-raised',
      5,
    ],
    ['nest = []\nfor i in range(200_000):\n  nest = [nest]\nrepr(nest)\n', 'limit-recursion', 5, /out of stack/],
    ['y = 1\nx = eval("+".join(["1"] * 100_000))\n', 'limit-recursion', 3],
    ['n = 5\nfor i in range(100):\n  n = n + 1\ny = "é"; m = sum(range(10**12))\n', 'limit-time', 5, /too long/],
    ['def f(t):\n  return sum(range(10**12)) if t == "b" else 1\nx = rasp.Map(f, rasp.tokens)\n', 'limit-time', 3],
  ]) {
    const d = await mistake(rasp + program, code === 'limit-time' ? { limit_ms: 500 } : {});
    assert.deepEqual([d.code, d.line], [code, line], `${program}: ${JSON.stringify(d)}`);
    assert.match(d.message, message ?? /./);
  }
});

await test('places of what no line of the program is under way for', async () => {
  for (const [program, code, line, message] of [
    ['import pathlib\ny = pathlib.Path("v.txt").read_text()\n', 'python-raised', 3, /Files cannot be opened here/],
    ['import os\ny = os.listdir("data")\n', 'python-raised', 3, /Files cannot be opened here/],
    ['raise FileNotFoundError(2, "mine")\n', 'python-raised', 2, /^FileNotFoundError: \[Errno 2\] mine undefined$/],
    ['y = 1\nx = eval("1 +")\n', 'python-syntax', 3, /invalid syntax/],
    ['y = 1\nimport helper\n', 'python-syntax', 3, /invalid syntax \(in helper.py, line 1\)/],
    ['y = 1\nraise SystemExit("not yet")\n', 'no-output', 3, /ends here/],
    ['x = rasp.tokens\nVOCAB = range(10**7)\n', 'limit-vocabulary', 3, /more than 20000 tokens/],
    [
      'from tracr.compiler import compiling\ncompiling.compile_rasp_to_model(rasp.tokens, vocab=range(10**5), max_seq_len=4)\n',
      'limit-vocabulary',
      3,
    ],
  ]) {
    const d = await mistake(rasp + program, program.includes('helper') ? { files: { 'helper.py': 'x = = 1\n' } } : {});
    assert.deepEqual([d.code, d.line], [code, line], `${program}: ${JSON.stringify(d)}`);
    assert.match(`${d.message} ${d.hint}`, message ?? /./);
  }
});

await test('the last s-op that is assigned is the program, however it is assigned', async () => {
  for (const [program, values] of [
    ['y = rasp.indices\nx = rasp.indices * 7\ny += 2\n', [2, 3]],
    ['x = rasp.indices\ndef both():\n  return rasp.indices * 2, rasp.indices * 3\na, b = both()\n', [0, 3]],
    ['x = rasp.indices\n*_, last = (rasp.indices + k for k in range(5))\n', [4, 5]],
    ['x = rasp.indices\n(a, [b, c]), d = (1, [rasp.indices + 5, 2]), 3\n', [5, 6]],
    ['a = b = rasp.indices + 8\n', [8, 9]],
    ['if (w := rasp.indices + 9) is not None:\n  z = 1\n', [9, 10]],
  ]) {
    const r = await ask('eval', rasp + program, { input: text('ab') });
    assert.deepEqual(r.values, values, `${program}: ${JSON.stringify(r.diagnostics)}`);
  }
});

await test('a program that ends before its settings are known is told of its mistake alone', async () => {
  const { diagnostics } = await ask('compile', `${rasp}VOCAB = {"a"}\nMAX_SEQ_LEN = 3\nx = rasp.Map(len, tokns)\n`);
  assert.deepEqual(
    diagnostics.map((d) => [d.code, d.line]),
    [['python-raised', 4]],
  );
});

await test('a chain of functions, each of the one before, is tabulated in few rounds', async () => {
  const program = `${rasp}VOCAB = {0, 1}\nMAX_SEQ_LEN = 4\nx = rasp.tokens\nfor i in range(450):\n  x = rasp.SequenceMap(lambda a, b: (a + b + 1) % 2, x, rasp.tokens)\n`;
  const after = (t) => (t === 1 ? 1 : 450 % 2); // 450 times a + 1 + 1, or a + 1
  const r = await ask('eval', program, { input: { values: [0, 1, 1, 0], types: 'iiii' } });
  same(r, { values: [0, 1, 1, 0].map(after), types: 'iiii' }, 'a chain');
});

await test('a setting that is none is said, and the program is read without it', async () => {
  for (const [setting, message] of [
    ['VOCAB = 5', /^5 is not a vocabulary/],
    ['MAX_SEQ_LEN = -1', /^-1 is not a maximal length/],
  ]) {
    const answer = await ask('eval', `${rasp}${setting}\nx = rasp.Map(lambda t: t * 2, rasp.tokens)\n`, {
      input: text('ab'),
    });
    assert.deepEqual(answer.values, ['aa', 'bb']);
    const [d] = answer.diagnostics;
    assert.deepEqual([d.code, d.severity], ['python-setting', 'warning']);
    assert.match(d.message, message);
  }
});

await test('half of a surrogate pair is a value, and no other text', async () => {
  const answer = await ask(
    'run',
    `${rasp}x = rasp.Map(lambda t: {"a": "\\ud800", "b": "\\ud801"}[t], rasp.tokens)\n` +
      'y = rasp.Map(lambda v: len(v) + (v == "\\ud800"), x)\nz = rasp.SequenceMap(lambda v, n: v if n == 2 else "other", x, y)\n',
    { input: text('aba') },
  );
  assert.ok(answer.ok, JSON.stringify(answer.diagnostics));
  assert.deepEqual(answer.interpreter.values, ["'\\ud800'", 'other', "'\\ud800'"]);
  assert.ok(answer.agree);
});

await test('tokens of mixed types, tuples, None, other files, printed values, settings from a class', async () => {
  const mixed = await ask('run', `${rasp}x = rasp.Map(lambda t: str(t), rasp.tokens)\n`, {
    input: { values: [1, 'a', true, 2.5], types: 'isbf' },
  });
  assert.ok(mixed.ok, JSON.stringify(mixed.diagnostics));
  same(mixed.model, { values: ['1', 'a', 'True', '2.5'], types: 'ssss' }, 'mixed');
  const tuple = await ask(
    'run',
    `${rasp}p = rasp.SequenceMap(lambda a, b: (a, b), rasp.tokens, rasp.indices)\nx = rasp.Map(lambda p: p[1] if p[0] == "a" else None, p)\n`,
    { input: text('ab') },
  );
  same(tuple.model, { values: [0, 'None'], types: 'io' }, 'tuples and None');
  const files = await ask(
    'eval',
    'from tables import vocabulary\nfrom deep.er import twice\nfrom tracr.rasp import rasp\nx = rasp.Map(twice, rasp.tokens)\nprint(len(vocabulary), x("ab"))\n',
    {
      input: text('b'),
      files: {
        'tables/__init__.py': 'from tables.inner import vocabulary',
        'tables/inner.py': 'vocabulary = "abc"',
        'deep/er.py': 'def twice(t):\n  return t * 2',
      },
    },
  );
  same(files, { values: ['bb'], types: 's' }, 'files');
  assert.deepEqual(
    files.printed.map((p) => [p.line, p.value]),
    [[5, "3 ['aa', 'bb']"]],
  );
  const compiled = await ask('compile', read('examples/python_class.py'));
  assert.deepEqual([compiled.model.vocabulary, compiled.model.max_length, compiled.model.causal], [[0, 1], 8, true]);
});

const settings = 'VOCAB = {"a", "b"}\nMAX_SEQ_LEN = 4\n';
const before =
  'before = rasp.Select(rasp.indices, rasp.indices, lambda k, q: k == q - 1)\nis_a = rasp.Map(lambda t: 1 if t == "a" else 0, rasp.tokens)\n';
const subspaces = async (program) => {
  const r = await ask('compile', program, { keep: true, details: true });
  assert.ok(r.ok, JSON.stringify(r.diagnostics));
  assert.deepEqual([r.exactness, (await ask('check', program)).mismatches], ['proved', 0]);
  return r;
};
await test('numerical() and categorical() are promises like #@ encode', async () => {
  const moved = (wrap) =>
    `${rasp}${settings}${before}moved = ${wrap('rasp.Aggregate(before, is_a, default=0)')}\nout = rasp.Map(lambda n: n + 1, moved)\n`;
  const held = ({ subspaces: all }, name) => all.filter((s) => s.label.startsWith(name)).map((s) => s.encoding);
  const [plain, asked] = [await subspaces(moved((x) => x)), await subspaces(moved((x) => `rasp.numerical(${x})`))];
  assert.ok(held(asked, 'moved').includes('numerical'), JSON.stringify(held(asked, 'moved')));
  assert.notEqual(asked.fingerprint, plain.fingerprint);
  const output = async (wrap) =>
    (
      await subspaces(
        `${rasp}${settings}out = ${wrap}(rasp.SelectorWidth(rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ)))\n`,
      )
    ).codec.encoding;
  assert.deepEqual([await output('rasp.numerical'), await output('rasp.categorical')], ['numerical', 'categorical']);
});
await test('numerical() of what is no number, or costs the proof, is not kept, and said', async () => {
  const said = ({ diagnostics }) => diagnostics.map((d) => `${d.severity} ${d.code}`);
  assert.deepEqual(
    said(await subspaces(`${rasp}${settings}${before}out = rasp.numerical(rasp.Aggregate(before, is_a))\n`)),
    ['info tracr-default', 'info encoding-not-kept'],
  );
  const far = await subspaces(
    `${rasp}VOCAB = {1, 2, 10**9}\nMAX_SEQ_LEN = 3\nout = rasp.numerical(rasp.Map(lambda t: t / 7, rasp.tokens))\n`,
  );
  assert.deepEqual(said(far), ['info encoding-not-kept']);
  // One s-op that is asked to be both asks for nothing.
  const both = await subspaces(
    `${rasp}${settings}n = rasp.SelectorWidth(rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ))\nm = rasp.numerical(n)\nout = rasp.SequenceMap(lambda x, y: x * y, rasp.categorical(n), m)\n`,
  );
  assert.deepEqual(said(both), []);
});
await test('many inputs of a program without a vocabulary, or beyond it; 1 and 1.0 are two inputs', async () => {
  const source = `${rasp}x = rasp.Map(lambda t: repr(t), rasp.tokens)\n`;
  const of = async (program, inputs) => {
    const r = await engine.requestText(
      `${JSON.stringify({ command: 'eval_many', program, name: 'p.py' }).slice(0, -1)},"inputs":${inputs}}`,
    );
    assert.ok(r.ok, JSON.stringify(r.diagnostics));
    return r.results.map(({ values }) => values);
  };
  assert.deepEqual(await of(source, '[[1]]'), [['1']]);
  assert.deepEqual(await of(source, '[[1.0], [1, "a"]]'), [['1.0'], ['1', "'a'"]]);
  assert.deepEqual(await of(`${source}${settings}`, '["zz", "aaaaaa"]'), [["'z'", "'z'"], Array(6).fill("'a'")]);
  for (const [input, wanted] of [
    [{ values: [2], types: 'i' }, '2'],
    [{ values: [2], types: 'f' }, '2.0'],
  ])
    assert.deepEqual((await ask('eval', source, { input })).values, [wanted]);
});

await test('what is not here may be imported, named as a type or a base; memory of functions alone is no fault', async () => {
  const program = `${rasp}import jax
import torch.nn as nn
from functools import lru_cache
from torch import Tensor
from typing_extensions import Literal, override
jax.config.update("jax_default_matmul_precision", "float32")
class Module(nn.Module):
  @override
  def forward(self, x: Tensor | None, way: Literal["a"] = "a") -> Tensor: ...
import random
order = list("abc"); random.shuffle(order)
@lru_cache(maxsize=None)
def place(t):
  return order.index(t)
x = rasp.Map(place, rasp.tokens)
`;
  const [one, other] = [
    await ask('eval', program, { input: text('abc') }),
    await ask('eval', `${program}# another\n`, { input: text('abc') }),
  ];
  assert.deepEqual([...one.values].sort(), [0, 1, 2]);
  assert.deepEqual(other.values, one.values, 'random numbers are the same each time');
});

await test('a class of a project whose other files need libraries that are not here', async () => {
  // The base class is in a file that cannot do without them; what the program is asks for none of it.
  const files = {
    'bench/cases/__init__.py': '',
    'bench/vocabs.py': 'import string\ndef letters(n):\n  return set(string.ascii_lowercase[:n])\n',
    'bench/base.py': `import numpy as np
import torch as t
import some_library.models as models
from some_library import Pair, pairs
from some_library.deep.er import Deeper
from jaxtyping import Float
from tracr.compiler import compiling
from tracr.compiler.compiling import SomethingNewer
class Case(Pair):
  made: SomethingNewer | None = None
  def get_vocab(self): raise NotImplementedError
  def get_max_seq_len(self): return 7
  @t.no_grad()
  def train(self, x: Float[t.Tensor, "batch pos"], device: t.device = t.device("cuda" if t.cuda.is_available() else "cpu"), seed=np.random.default_rng(0)):
    return models.fit(self, x)
@pairs.registered("case")
def fit(case): ...
`,
  };
  const program = `${rasp}from bench import base, vocabs
class Case7(base.Case):
  def get_program(self):
    return rasp.Map(str.upper, rasp.tokens)
  def get_vocab(self):
    return vocabs.letters(3)
`;
  const name = 'bench/cases/case_7.py';
  const { ok, model, exactness, diagnostics } = await ask('compile', program, { name, files });
  assert.deepEqual([ok, exactness], [true, 'proved'], JSON.stringify(diagnostics));
  assert.deepEqual([model.vocabulary, model.max_length], [['a', 'b', 'c'], 7]);
  assert.deepEqual((await ask('eval', program, { name, files, input: text('ab') })).values, ['A', 'B']);
  // As soon as the program uses it, it is told, and where.
  for (const [line, message] of [
    [
      'base.fit(0)',
      /^ImportError: some_library cannot be used here: it is no part of Python, nor of this project's files$/,
    ],
    ['base.models.fit(0)', /^ImportError: some_library cannot be used here/],
    [
      'base.SomethingNewer()',
      /^ImportError: tracr\.compiler\.compiling\.SomethingNewer cannot be used here: .*compile_rasp_to_model/,
    ],
    ['base.np.zeros(3)', /^ImportError: numpy cannot be used here: RASP's functions/],
    ['Case7().train(1) + 1', /^ImportError: torch cannot be used here/],
  ]) {
    const d = await mistake(`${program}z = ${line}\n`, { name, files });
    assert.deepEqual([d.code, d.line], ['python-raised', 8], JSON.stringify(d));
    assert.match(d.message, message);
  }
  const d = await mistake(`import some_library\n${program}`, { name, files });
  assert.deepEqual(
    [d.code, d.line, d.message],
    ['python-raised', 1, "ModuleNotFoundError: No module named 'some_library'"],
  );
});

await test('a program that asks whether a library is here is told the truth', async () => {
  for (const [asks, has] of [
    ['try:\n  import numpy\n  has = "yes"\nexcept ImportError:\n  has = "no"', 'no'],
    [
      'from contextlib import suppress\nhas = "no"\nwith suppress(ImportError):\n  import torch.nn\n  has = "yes"',
      'no',
    ],
    ['try:\n  import math\n  has = "yes"\nexcept ImportError:\n  has = "no"', 'yes'],
    ['import torch\nhas = "cuda" if torch.cuda.is_available() else torch.device("cpu") and "cpu"', undefined],
    ['import torch\nhas = "cuda" if torch.cuda.is_available() else "cpu"', 'cpu'],
  ]) {
    const program = `${asks}\n${rasp}x = rasp.Map(lambda t: has, rasp.tokens)\n`;
    if (has) assert.deepEqual((await ask('eval', program, { input: text('a') })).values, [has], asks);
    else assert.match((await mistake(program)).message, /torch cannot be used here/);
  }
});

await test('a graph opens without Python, and a handle is one of the engine that made it', async () => {
  const { handle } = await ask('compile', `${rasp}x = rasp.tokens + "!"\n`, { input: text('ab'), keep: true });
  const trace = await engine.request({ command: 'trace', handle, input: 'ba' });
  assert.ok(trace.ok, JSON.stringify(trace.diagnostics));
});

end();
