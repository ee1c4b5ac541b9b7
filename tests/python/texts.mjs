// RASP as Tracr's Python, and programs in Python as RASP text: both say what the interpreter says of the other.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { toRasp } from '../../wasm/convert.mjs';
import { loadEngine } from '../../wasm/engine.mjs';
import { ask, end, engine, inputsOf, many, raw, read, root, test, text } from './asking.mjs';

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
await test('to rasp: numerical() and categorical() are promises of the text, too', async () => {
  const before = 'rasp.Select(rasp.indices, rasp.indices, lambda k, q: k == q - 1)';
  const body = `is_a = rasp.Map(lambda t: 1 if t == "a" else 0, rasp.tokens)\nmoved = rasp.numerical(rasp.Aggregate(${before}, is_a, default=0)).named("moved")\nn = rasp.categorical(rasp.SelectorWidth(${before})).named("n")\nz = rasp.SequenceMap(lambda x, y: x + y, moved, n)`;
  const r = await toText(body);
  assert.ok(r.ok, JSON.stringify(r.diagnostics));
  assert.match(r.text, /^#@ encode moved numerical$/m);
  assert.match(r.text, /^#@ encode n categorical$/m);
  const [python, made] = await Promise.all(
    [
      [settled(body), 'p.py'],
      [r.text, 'made.rasp'],
    ].map(async ([program, name]) => {
      const { ok, subspaces, diagnostics } = await ask('compile', program, { name, keep: true, details: true });
      assert.ok(ok, JSON.stringify(diagnostics));
      const held = (label) => subspaces.filter((s) => s.label.startsWith(label)).map((s) => s.encoding);
      return [held('moved'), held('n')];
    }),
  );
  assert.ok(python[0].includes('numerical'), JSON.stringify(python));
  assert.deepEqual(made, python);
});
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

end();
