// Tracr's programs in Python, run by Pyodide in Node: its records against its interpreter's values, programs with
// mistakes, and what brings Python down.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { toRasp } from '../../wasm/convert.mjs';
import { loadEngine } from '../../wasm/engine.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const read = (...parts) => readFileSync(path.join(root, ...parts), 'utf8');
const engine = await loadEngine();
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

/** Values beside the letters of their kinds as JSON that keeps floats floats. */
const raw = ({ values, types }) =>
  `[${values.map((v, i) => (types[i] === 'f' && Number.isInteger(v) ? v.toFixed(1) : JSON.stringify(v))).join(',')}]`;
function ask(command, program, { input, vocabulary, ...more } = {}) {
  const members = JSON.stringify({ command, program, name: 'program.py', limit_ms: 20_000, ...more }).slice(0, -1);
  return engine.requestText(
    `${members}${input ? `,"input":${raw(input)}` : ''}${vocabulary ? `,"vocabulary":${raw(vocabulary)}` : ''}}`,
  );
}
const text = (s) => ({ values: [...s], types: 's'.repeat(s.length) });

function same(got, wanted, what) {
  assert.equal(got.types, wanted.types, `${what}: ${JSON.stringify(got)} for ${JSON.stringify(wanted)}`);
  wanted.values.forEach((v, i) => {
    const near =
      wanted.types[i] === 'f' ? Math.abs(got.values[i] - v) <= 1e-12 * Math.max(1, Math.abs(v)) : got.values[i] === v;
    assert.ok(near, `${what}: ${JSON.stringify(got)} for ${JSON.stringify(wanted)}`);
  });
}

const head = `from tracr.rasp import rasp
from tracr.compiler import lib
tokens = rasp.tokens; indices = rasp.indices
C = rasp.Comparison
EQ, LT, LEQ, GT, GEQ, NEQ, TRUE, FALSE = C.EQ, C.LT, C.LEQ, C.GT, C.GEQ, C.NEQ, C.TRUE, C.FALSE
`;
// Refused, and why that is right.
// None is always among what is averaged: no input has a value
const refused = { defect__mean_none_raises: 'mixed-mean' };

for (const record of JSON.parse(read('tests/golden/tracr/python.json'))) {
  await test(record.name, async () => {
    const program = `#@ output program\n${head}${record.source}\n`;
    const { vocabulary, max_length, causal } = record;
    for (const run of record.runs) {
      const r = await ask('eval', program, { input: run.input, vocabulary, max_length, causal });
      if (run.values === null) {
        assert.equal(r.ok, false);
        continue;
      }
      assert.ok(r.ok, JSON.stringify(r.diagnostics));
      same(r, run.values, `eval of ${raw(run.input)}`);
    }
    const r = await ask('check', program, { vocabulary, max_length, causal, samples: 60 });
    if (record.name in refused) {
      assert.equal(r.diagnostics[0].code, refused[record.name]);
      return;
    }
    assert.ok(r.ok, JSON.stringify(r.diagnostics));
    assert.equal(r.mismatches, 0);
    assert.equal(r.exactness, 'proved');
  });
}

for (const file of readdirSync(path.join(root, 'tests/errors')).filter((f) => f.endsWith('.py'))) {
  await test(`errors/${file}`, async () => {
    const program = read('tests/errors', file);
    const expected = [...program.matchAll(/^#! (\S+)(?: (\d+:\d+))?$/gm)].map((m) => [m[1], m[2]]);
    assert.ok(expected.length > 0);
    const command = file.startsWith('limit-opaque') ? 'compile' : 'eval';
    const { diagnostics } = await ask(command, program, command === 'eval' ? { input: text('ab') } : {});
    assert.deepEqual(
      diagnostics
        .map((d) => [d.code, expected[0][1] === undefined ? undefined : `${d.line}:${d.column}`])
        .slice(0, expected.length),
      expected,
    );
  });
}

for (const file of readdirSync(path.join(root, 'examples')).filter((f) => f.endsWith('.py'))) {
  await test(`examples/${file}`, async () => {
    const r = await ask('check', read('examples', file), { samples: 100 });
    assert.ok(r.ok, JSON.stringify(r.diagnostics));
    assert.equal(r.mismatches, 0);
    assert.equal(r.exactness, 'proved');
    assert.equal(r.expectations > 0, read('examples', file).includes('#@ expect'));
    assert.deepEqual(r.broken_expectations, []);
  });
}

// Habits of programs that people have: classes, closures, tuples, None, dataclasses, match. Values by hand, of
// seeded_random by CPython 3.11.
const known = { 'tuples_nested.py': { values: ['None', 'ab1', 'bb0', 'ba1'], types: 'osss' } };
for (const file of readdirSync(path.join(root, 'tests/python/programs'))) {
  await test(`programs/${file}`, async () => {
    const program = read('tests/python/programs', file);
    const r = await ask('check', program, { samples: 80 });
    assert.ok(r.ok, JSON.stringify(r.diagnostics));
    assert.deepEqual(
      r.diagnostics.filter((d) => d.severity === 'error'),
      [],
    );
    assert.equal(r.mismatches, 0);
    assert.equal(r.exactness, 'proved');
    if (file in known) same(await ask('eval', program), known[file], file);
    else assert.equal(r.expectations, 1);
    assert.deepEqual(r.broken_expectations, []);
  });
}

// Programs as many people write them, at the sizes that benchmarks have. The values are those of plain functions of
// Python: references.py.
const references = JSON.parse(read('tests/python/references.json'));
for (const file of readdirSync(path.join(root, 'tests/python/corpus'))) {
  await test(`corpus/${file}`, async () => {
    const program = read('tests/python/corpus', file),
      { longest, runs } = references[file.slice(0, -3)];
    const request = JSON.stringify({ command: 'eval_many', program, name: file, limit_ms: 20_000 });
    const r = await engine.requestText(
      `${request.slice(0, -1)},"inputs":[${runs.map((x) => raw(x.input)).join(',')}]}`,
    );
    assert.ok(r.ok, JSON.stringify(r.diagnostics));
    for (const [i, got] of r.results.entries()) same(got, runs[i].values, raw(runs[i].input));
    const { ok, mismatches, exactness, diagnostics } = await ask('check', program, { samples: 40, name: file });
    assert.deepEqual([ok, mismatches, exactness], [true, 0, 'proved'], JSON.stringify(diagnostics));
    const { model } = await ask('compile', program, { name: file });
    assert.equal(model.max_length, longest);
  });
}

/** Random inputs of a program's vocabulary: every length, the same each time. */
function inputsOf({ vocabulary, max_length }, count) {
  let state = 7;
  const below = (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  return Array.from({ length: count }, (_, i) => {
    const chosen = Array.from({ length: 1 + (i % max_length) }, () => below(vocabulary.values.length));
    return { values: chosen.map((c) => vocabulary.values[c]), types: chosen.map((c) => vocabulary.types[c]).join('') };
  });
}

// Programs of RASP in Python: run by the host, they give what the interpreter gives for the program as it was, wherever
// that has a value.
const laboratory = await loadEngine('laboratory');
async function sameInPython(name, program, settings) {
  const made = await laboratory.request({ command: 'python', program, name });
  assert.ok(made.ok, JSON.stringify(made.diagnostics));
  // what is said of it is so
  assert.equal(/^#   rasp\.Full$/m.test(made.text), made.text.includes('rasp.Full('), made.text);
  let compared = 0;
  for (const input of inputsOf(settings, 40)) {
    const one = await engine.requestText(
      `${JSON.stringify({ command: 'eval', program, name }).slice(0, -1)},"input":${raw(input)}}`,
    );
    if (!one.ok) continue;
    const other = await ask('eval', made.text, { input });
    assert.ok(other.ok, `${raw(input)}: ${JSON.stringify(other.diagnostics)}\n${made.text}`);
    assert.deepEqual([other.values, other.types], [one.values, one.types], `${raw(input)}\n${made.text}`);
    ++compared;
  }
  assert.ok(compared > 0, 'the program has no value on any of these inputs');
  return made.text;
}
for (const file of readdirSync(path.join(root, 'examples')).filter((f) => f.endsWith('.rasp'))) {
  await test(`to python: ${file}`, async () => {
    const program = read('examples', file),
      { settings } = await engine.request({ command: 'analyze', program, name: file });
    await sameInPython(file, program, settings);
  });
}

const shapes = {
  'three s-ops meet': [
    '#@ vocabulary "ab"\na = selector_width(select(tokens, tokens, ==));\nb = indices * 2;\nc = aggregate(select(indices, indices - 1, ==), tokens, "-");\nz = tokens if a > b else c;',
    /\(x, y\), /,
  ],
  numerical: [
    '#@ vocabulary "ab"\n#@ encode m numerical\n#@ encode k numerical\n#@ encode d numerical\nm = aggregate(full_s, indicator(tokens == "a"));\nk = aggregate(full_s, indicator(tokens == "b"));\nd = m - k;',
    /LinearSequenceMap\(m, k, 1, -1\)/,
  ],
  'names that Python has': [
    '#@ vocabulary "ab"\nlambda = tokens + "x";\nNone = lambda + "y";\nprogram = None + lambda;\nrasp = program + "!";',
    /named\('lambda'\)/,
  ],
  'text in quotes': [
    String.raw`#@ vocabulary ["'", "\"", "\\", "é", "\n"]` + '\nq = {"\'": "a", "é": "\'"}[tokens] + tokens;',
    /"'": 'a'/,
  ],
  'tokens of several kinds': ['#@ vocabulary [1, 2.0, true, 0]\nt = tokens + "!";', /str\(x\)/],
  'ints as ints': ['#@ vocabulary [-1, 2, 0]\nt = -tokens_int ^ 2 - -1 + (-2) ^ indices;', /rasp\.tokens/],
  truth: ['#@ vocabulary "ab"\nt = (indices and 2) or not (indices - 1);', /bool\(/],
  'lists from the end': ['#@ vocabulary "ab"\nt = [10, 20, 30.5, True][indices - 3];', /\[10, 20, 30\.5, True\]/],
  floats: ['#@ vocabulary [0.5, -0.0, 1e30, 1e-7]\nt = tokens_float * 3 % 2;', /rasp\.tokens/],
  'selectors of constants': [
    '#@ vocabulary "ab"\n#@ causal on\nt = selector_width(select(1, 2, ==) or not select(tokens, "a", ==)) + length;',
    /Comparison\.FALSE/,
  ],
  'a constant': ['#@ vocabulary "ab"\nt = 1 if tokens == "a" else 1;\nu = t * 0 + 7;', /7/],
};
for (const [name, [program, wanted]] of Object.entries(shapes)) {
  await test(`to python: ${name}`, async () => {
    const source = `#@ max_length 4\n${program}\n`;
    const { settings } = await engine.request({ command: 'analyze', program: source });
    assert.match(await sameInPython('shape.rasp', source, settings), wanted);
  });
}
await test('to python: a program in Python is not', async () => {
  const r = await laboratory.request({
    command: 'python',
    program: read('examples', 'tracr_sort.py'),
    name: 'tracr_sort.py',
  });
  assert.match(r.diagnostics[0].message, /in Python already/);
});

/** One program on many inputs. */
const many = async (program, name, inputs) => {
  const r = await engine.requestText(
    `${JSON.stringify({ command: 'eval_many', program, name }).slice(0, -1)},"inputs":[${inputs.map(raw).join(',')}]}`,
  );
  assert.ok(r.ok, JSON.stringify(r.diagnostics));
  return r.results;
};
// Programs in Python as RASP text: equal values at every position, and none where the program gives None.
for (const [folder, file] of ['examples', 'tests/python/programs'].flatMap((f) =>
  readdirSync(path.join(root, f))
    .filter((n) => n.endsWith('.py'))
    .map((n) => [f, n]),
)) {
  await test(`to rasp: ${file}`, async () => {
    const program = read(folder, file),
      made = await toRasp(engine, { program, name: file, files: {} });
    assert.ok(made.ok, JSON.stringify(made.diagnostics));
    const { settings } = await engine.request({ command: 'analyze', program: made.text });
    const inputs = inputsOf(settings, 25),
      [one, other] = await Promise.all([many(program, file, inputs), many(made.text, 'made.rasp', inputs)]);
    for (const [i, { values, types }] of one.entries()) {
      const wanted = values.map((v, p) => ('o-'.includes(types[p]) ? null : types[p] === 's' ? v : Number(v)));
      const got = other[i].values.map((v, p) => (v === null || other[i].types[p] === 's' ? v : Number(v)));
      assert.deepEqual(got, wanted, `${raw(inputs[i])}\n${made.text}`);
    }
    const r = await engine.request({ command: 'check', program: made.text, samples: 60 });
    assert.ok(r.ok, JSON.stringify(r.diagnostics));
    assert.equal(r.mismatches, 0);
    assert.equal(r.expectations > 0, program.includes('#@ expect'));
    assert.deepEqual(r.broken_expectations, []);
  });
}

const settled = (body, length = 4) =>
  `from tracr.compiler import compiling\nfrom tracr.rasp import rasp\n${body}\ncompiling.compile_rasp_to_model(z, vocab={"a", "b"}, max_seq_len=${length})\n`;
const toText = (body, length) => toRasp(engine, { program: settled(body, length), name: 'p.py', files: {} });
const refusedHere = {
  'a tuple': ['z = rasp.Map(lambda t: (t, 1), rasp.tokens)', /RASP has not/, 3],
  'kinds apart': [
    'y = rasp.SequenceMap(lambda t, i: 1 if t == "a" else 1.0, rasp.tokens, rasp.indices)\nz = rasp.Map(lambda x: repr(x), y)',
    /one value for 1 and another for 1\.0, and for RASP text these are equal/,
    4,
  ],
  'a dictionary of true and 1': [
    'y = rasp.SequenceMap(lambda t, i: i if t == "a" else t == "b", rasp.tokens, rasp.indices)\nz = rasp.Map(lambda x: repr(x), y)',
    /one value for 1 and another for True, and/,
    4,
  ],
  'a predicate that raises': [
    'z = rasp.SelectorWidth(rasp.Select(rasp.indices, rasp.indices, lambda k, q: 1 // k > q))',
    /exception/,
    3,
  ],
};
for (const [name, [body, message, line]] of Object.entries(refusedHere)) {
  await test(`to rasp, refused: ${name}`, async () => {
    const r = await toText(body);
    assert.equal(r.ok, false, r.text);
    assert.match(r.diagnostics[0].message, message);
    assert.deepEqual([r.diagnostics[0].code, r.diagnostics[0].line], ['not-in-rasp', line]);
  });
}
await test('to rasp: a name that looks like an operator is none', async () => {
  const r = await toText(
    'def f(x):\n    return x + 2\nf._label = "{0} + 1"\nf.__name__ = "{0} + 1"\nz = rasp.Map(f, rasp.indices)',
  );
  assert.ok(r.ok, JSON.stringify(r.diagnostics));
  assert.ok(!r.text.includes('indices + 1'), r.text);
  assert.deepEqual((await ask('eval', r.text, { input: text('ab'), name: 'made.rasp' })).values, [2, 3]);
});
await test('to rasp: what raises for a pair of values has no value in the text, and no other', async () => {
  const r = await toText(
    'z = rasp.SequenceMap(lambda t, i: {"a": [5, 6, 7], "b": [8]}[t][i], rasp.tokens, rasp.indices)',
  );
  assert.ok(r.ok, JSON.stringify(r.diagnostics));
  assert.match(r.text, /all 30 inputs \(6 of them have a value everywhere\)/);
  for (const [input, values] of [
    ['aa', [5, 6]],
    ['baa', [8, 6, 7]],
    ['ab', undefined],
  ]) {
    const got = await ask('eval', r.text, { input: text(input), name: 'made.rasp' });
    assert.equal(got.ok, values !== undefined, input);
    if (values) assert.deepEqual(got.values, values);
  }
});
await test('to rasp: 1 and true apart where another s-op tells which it is', async () => {
  const r = await toText(
    'y = rasp.SequenceMap(lambda t, i: i if t == "a" else t == "b", rasp.tokens, rasp.indices)\nz = rasp.SequenceMap(lambda x, t: repr(x) + t, y, rasp.tokens)',
  );
  assert.ok(r.ok, JSON.stringify(r.diagnostics));
  assert.deepEqual((await ask('eval', r.text, { input: text('aaba'), name: 'made.rasp' })).values, [
    '0a',
    '1a',
    'Trueb',
    '3a',
  ]);
});
await test('to rasp: None is no value, and means of bools are those of 1 and 0', async () => {
  const inputs = ['abab', 'bbb', 'a', 'aab'].map(text);
  const expected = async (body, f, more = /./) => {
    const r = await toText(body);
    assert.ok(r.ok, JSON.stringify(r.diagnostics));
    assert.match(r.text, more);
    const got = await many(r.text, 'made.rasp', inputs);
    assert.deepEqual(
      got.map(({ values }) => values),
      inputs.map(({ values }) => values.map((_, i) => f(values, i) ?? null)),
      r.text,
    );
    const checked = await engine.request({ command: 'check', program: r.text });
    assert.deepEqual([checked.ok, checked.mismatches, checked.exactness], [true, 0, 'proved'], r.text);
  };
  const before = 'rasp.Select(rasp.indices, rasp.Map(lambda i: i - 1, rasp.indices), rasp.Comparison.EQ)';
  const none = /^# Where the program gives None, this has no value\.$/m,
    kinds = /^# 1, 1\.0 and True are equal/m;
  await expected(
    'z = rasp.SequenceMap(lambda t, i: None if t == "b" and i == 3 else t, rasp.tokens, rasp.indices)',
    (x, i) => (x[i] === 'b' && i === 3 ? undefined : x[i]),
    none,
  );
  // An outer function never sees None in an aggregate.
  await expected(
    `y = rasp.Aggregate(${before}, rasp.tokens)\nz = rasp.Map(lambda t: t or "-", y)`,
    (x, i) => x[i - 1],
    none,
  );
  await expected(`z = rasp.Aggregate(${before}, rasp.indices * 2)`, (x, i) => (i ? 2 * (i - 1) : undefined), none);
  await expected(
    `y = rasp.Aggregate(${before}, rasp.indices * 2)\nz = rasp.Aggregate(${before}, y)`,
    (x, i) => (i > 1 ? 2 * (i - 2) : undefined),
    none,
  );
  await expected(
    `z = rasp.Aggregate(${before}, rasp.tokens == "a")`,
    (x, i) => (i ? x[i - 1] === 'a' : undefined),
    none,
  );
  const share = (x, i) => x.slice(0, i + 1).filter((t) => t === 'a').length / (i + 1);
  const upTo =
    'rasp.Aggregate(rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LEQ), rasp.tokens == "a", default=0)';
  await expected(`z = ${upTo}`, share, kinds);
  await expected(`y = ${upTo}\nz = rasp.Map(lambda x: x >= 0.5, y)`, (x, i) => share(x, i) >= 0.5);
  await expected(
    `y = ${upTo}\nz = rasp.SequenceMap(lambda x, t: round(4 * x) if t == "a" else None, y, rasp.tokens)`,
    (x, i) => (x[i] === 'a' ? Math.round(4 * share(x, i)) : undefined),
  );
});

/** A program's first error. */
async function mistake(program, more = {}) {
  const r = await ask('eval', program, { input: text('ab'), ...more });
  assert.equal(r.ok, false, JSON.stringify(r));
  return r.diagnostics.find((d) => d.severity === 'error');
}
const rasp = 'from tracr.rasp import rasp\n';

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

await test('a graph opens without Python, and a handle is one of the engine that made it', async () => {
  const { handle } = await ask('compile', `${rasp}x = rasp.tokens + "!"\n`, { input: text('ab'), keep: true });
  const trace = await engine.request({ command: 'trace', handle, input: 'ba' });
  assert.ok(trace.ok, JSON.stringify(trace.diagnostics));
});

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
