// The command line as a user runs it, every example exhaustively, and the native twin against the WebAssembly module.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { loadEngine } from '../../wasm/engine.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const cli = path.join(root, 'wasm/cli.mjs');
const scratch = mkdtempSync(path.join(tmpdir(), 'rasp-'));
const run = (...args) => {
  const r = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', input: '' });
  return {
    status: r.status,
    out: r.stdout ? JSON.parse(r.stdout.trim().split('\n').at(-1)) : null,
    lines: r.stdout.trim().split('\n'),
    err: r.stderr,
  };
};
const file = (name, text) => {
  const p = path.join(scratch, name);
  writeFileSync(p, text);
  return p;
};
let passed = 0,
  failed = 0;
async function test(name, body) {
  try {
    await body();
    ++passed;
  } catch (error) {
    ++failed;
    console.log(`FAILED ${name}\n${error.stack}`);
  }
}

const examples = readdirSync(path.join(root, 'examples'))
  .filter((f) => f.endsWith('.rasp'))
  .sort();
const engine = await loadEngine();
const source = (name) => readFileSync(path.join(root, 'examples', name), 'utf8');

await test('there are enough examples, each with a title, a group and an expectation', () => {
  assert.ok(examples.length >= 10);
  for (const e of examples)
    for (const key of ['title', 'description', 'group', 'vocabulary', 'max_length', 'input', 'expect'])
      assert.match(source(e), new RegExp(`^#@ ${key} `, 'm'), `${e}: ${key}`);
});

for (const example of examples) {
  await test(`check ${example}`, async () => {
    const program = source(example);
    const whole = await engine.request({ command: 'check', program, limit_ms: 120000 });
    assert.equal(whole.mismatches, 0, JSON.stringify(whole.first_mismatch));
    assert.equal(whole.ok, true, JSON.stringify(whole.diagnostics));
    // Every input up to length 5 (6 for vocabularies of three), for at most 20,000 of them.
    const vocabulary = (await engine.request({ command: 'analyze', program })).settings.vocabulary.values;
    const n = vocabulary.length <= 3 ? 6 : 5;
    const short = await engine.request({
      command: 'check',
      program,
      max_length: n,
      exhaustive: true,
      limit_ms: 120000,
    });
    assert.equal(short.mismatches, 0, JSON.stringify(short.first_mismatch));
    assert.equal(short.exhaustive, true);
  });
}

await test('native and WebAssembly give the same documents', async () => {
  const twin = spawn(path.join(root, 'build/asan/tests/session_native'), [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: twin.stdout })[Symbol.asyncIterator]();
  // Links of the proof come by their margin; equal ones may change places with the last bits of a logarithm.
  const clean = (d) =>
    JSON.parse(
      JSON.stringify(d, (key, value) =>
        key === 'timings_ms' ? undefined : key === 'links' ? value.map((l) => l.margin.toPrecision(4)) : value,
      ),
    );
  const round = (d) =>
    JSON.parse(
      JSON.stringify(d, (key, value) =>
        typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value,
      ),
    );
  for (const example of examples) {
    for (const command of ['analyze', 'compile', 'eval', 'run']) {
      const request = { command, program: source(example), details: true };
      twin.stdin.write(`${JSON.stringify(request)}\n`);
      const native = JSON.parse((await lines.next()).value);
      assert.deepEqual(round(clean(await engine.request(request))), round(clean(native)), `${example} ${command}`);
    }
  }
  twin.stdin.end();
});

await test('eval: an s-op, a selector, an atom, a list', () => {
  const p = file(
    'h.rasp',
    '#@ input "abca"\nsame = select(tokens, tokens, ==);\nhist = selector_width(same);\nhist;\n',
  );
  const r = run('eval', p);
  assert.equal(r.status, 0);
  assert.deepEqual(
    [r.out.ok, r.out.name, r.out.kind, r.out.values, r.out.types],
    [true, 'hist', 's-op', [2, 1, 1, 2], 'iiii'],
  );
  assert.equal(r.out.printed[0].line, 4);
  assert.deepEqual(run('eval', p, '--output', 'select(indices, indices, <)', '--input', '"ab"').out.matrix, [
    [0, 0],
    [1, 0],
  ]);
  assert.deepEqual(run('eval', p, '--output', '1+2').out.value, 3);
  assert.deepEqual(run('eval', p, '--output', '[1, "a"]').out.value, [1, 'a']);
});

await test('floats stay floats on the command line', () => {
  const p = file('t.rasp', 'x = tokens_asis;');
  assert.equal(run('eval', p, '--input', '[1.0, 2.0]').out.types, 'ff');
  assert.equal(run('eval', p, '--input', '[1, 2]').out.types, 'ii');
});

await test('numbers are what was written, or refused', () => {
  const p = file('t.rasp', 'x = tokens_asis;');
  const text = (...args) => spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' }).stdout;
  assert.match(
    text('eval', p, '--input', '[100000000000000000000, -9223372036854775809, 9007199254740993]'),
    /"values":\[100000000000000000000,-9223372036854775809,9007199254740993\]/,
  );
  assert.match(text('eval', p, '--output', '10 ^ 20', '--input', '"a"'), /"value":100000000000000000000[,}]/);
  assert.match(
    text('run', p, '--input', '[100000000000000000000, 1]'),
    /"model":\{"types":"ii","values":\[100000000000000000000,1\]\}/,
  );
  for (const [input, message] of [
    ['[1e400]', /1e400 .* is larger than any float/],
    [`[1${'0'.repeat(6000)}]`, /has 6001 digits, more than an int may have/],
  ]) {
    const r = run('eval', p, '--input', input);
    assert.equal(r.status, 1);
    assert.match(r.out.diagnostics[0].message, message);
  }
});

await test('compile, run and check say the same of a model', () => {
  const p = file('e.rasp', 'x = 10.0^308*10.0 if tokens=="a" else indices;');
  const words = ['compile', 'run', 'check'].map(
    (command) =>
      run(command, p, '--vocabulary', '"ab"', '--max-length', '3', ...(command === 'run' ? ['--input', '"bba"'] : []))
        .out,
  );
  for (const w of words)
    assert.deepEqual([w.exactness, w.exact, w.reasons], [words[0].exactness, words[0].exact, words[0].reasons]);
  assert.deepEqual([words[1].model.values, words[1].model.types], [[0, 1, 'inf'], 'iif']);
});

await test('compile, run and check', () => {
  const p = path.join(root, 'examples/histogram.rasp');
  const c = run('compile', p).out;
  assert.equal(c.ok && c.exact, true);
  assert.deepEqual(c.model.heads_per_layer, [1]);
  const r = run('run', p, '--input', '"abab"').out;
  assert.deepEqual(
    [r.agree, r.interpreter.values, r.model.values, r.defined],
    [true, [2, 2, 2, 2], [2, 2, 2, 2], [true, true, true, true]],
  );
  assert.deepEqual(
    [run('check', p, '--max-length', '4').out.inputs, run('check', p, '--samples', '7').out.inputs],
    [120, 7],
  );
});

await test('exit status: 1 for the program, 2 for the command line', () => {
  const bad = run('eval', file('bad.rasp', 'a = 1 +;\nb = ;\n'));
  assert.equal(bad.status, 1);
  assert.equal(bad.out.diagnostics.filter((d) => d.severity === 'error').length, 2);
  assert.equal(run('eval', path.join(scratch, 'nowhere.rasp')).status, 1);
  for (const args of [
    [],
    ['eval'],
    ['dance', 'x'],
    ['eval', 'x', '--colour'],
    ['check', 'x', '--samples', '-3'],
    ['eval', 'x', '--input', 'abc'],
  ]) {
    const r = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });
    assert.equal(r.status, 2, args.join(' '));
    assert.match(r.stderr, /usage:/);
    assert.equal(r.stdout, '');
  }
});

await test('bad input is a diagnostic with code, class and position', async () => {
  const code = async (request, expected) => {
    const r = await engine.request(request);
    assert.equal(r.ok, false, JSON.stringify(request).slice(0, 200));
    const found = r.diagnostics.filter((d) => d.severity === 'error');
    assert.ok(
      found.some((d) => d.code === expected),
      `${expected} among ${found.map((d) => d.code)}`,
    );
    for (const d of found) assert.ok(d.line >= 1 && d.column >= 1 && d.message);
  };
  const hist = 'h = selector_width(select(tokens, tokens, ==));';
  await code({ command: 'run', program: hist, input: 'abz', vocabulary: 'ab' }, 'unknown-token');
  await code({ command: 'run', program: hist, input: 'aaaa', vocabulary: 'ab', max_length: 3 }, 'input-too-long');
  await code({ command: 'run', program: hist, input: '', vocabulary: 'ab', max_length: 3 }, 'input-empty');
  await code({ command: 'compile', program: hist, vocabulary: '', max_length: 3 }, 'empty-vocabulary');
  await code({ command: 'compile', program: hist }, 'no-vocabulary');
  await code({ command: 'compile', program: '', vocabulary: 'ab', max_length: 3 }, 'no-output');
  await code({ command: 'eval', program: 'x = tokens +;', input: 'ab' }, 'unexpected-token');
  await code({ command: 'eval', program: 'x = tokens', input: 'ab' }, 'missing-semicolon');
  await code({ command: 'eval', program: 'x = tokns;', input: 'ab' }, 'undefined-name');
  await code({ command: 'eval', program: 'x = aggregate(tokens, tokens);', input: 'ab' }, 'not-a-selector');
  await code({ command: 'eval', program: 'def f(x) { return f(x); } y = f(1);', input: 'ab' }, 'limit-recursion');
  await code({ command: 'eval', program: 'y = range(1000000000);', input: 'ab' }, 'limit-collection');
  await code(
    { command: 'eval', program: `y = ${'('.repeat(10000)}1${')'.repeat(10000)};`, input: 'ab' },
    'limit-nesting',
  );
  await code({ command: 'eval', program: `y = 1${'+1'.repeat(50000)};`, input: 'ab' }, 'limit-nesting');
  await code({ command: 'eval', program: 'y = "\0";', input: 'ab' }, 'invalid-character');
  await code(
    { command: 'eval', program: 'for i in range(100000) { for j in range(100000) { x = i; } }', input: 'ab' },
    'limit-steps',
  );
  await code({ command: 'nonsense' }, 'bad-request');
  // After all this the engine still works.
  assert.equal((await engine.request({ command: 'eval', program: hist, input: 'aa' })).ok, true);
});

await test('batch: one result a line, in order; one bad request fails alone', () => {
  const p = file(
    'b.jsonl',
    [
      { id: 1, command: 'eval', program: 'x = indices;', input: 'ab' },
      'not json',
      { id: 3, command: 'check', program: 'x = indices + 1;', input: 'ab', vocabulary: 'ab', max_length: 3 },
      {
        id: 4,
        command: 'eval',
        program: 'load "lib"; y = f(indices);',
        files: { 'lib.rasp': 'def f(x) { return x + 1; }' },
        input: 'ab',
      },
    ]
      .map((x) => (typeof x === 'string' ? x : JSON.stringify(x)))
      .join('\n'),
  );
  const { lines } = run('batch', p);
  const results = lines.map((l) => JSON.parse(l));
  assert.deepEqual(
    results.map((r) => r.ok),
    [true, false, true, true],
  );
  assert.deepEqual(
    results.map((r) => r.id),
    [1, undefined, 3, 4],
  );
  assert.deepEqual(results[3].values, [1, 2]);
});

await test('load reads beside the program', () => {
  file('helper.rasp', 'def twice(x) { return x + x; }');
  assert.deepEqual(run('eval', file('loads.rasp', '#@ input "ab"\nload "helper";\ny = twice(tokens);')).out.values, [
    'aa',
    'bb',
  ]);
});

await test('length, reverse, hist and sort stay right at maximal length 40', async () => {
  for (const program of [
    'x = length;',
    'x = aggregate(select(indices, length - indices - 1, ==), tokens);',
    'x = selector_width(select(tokens, tokens, ==));',
    'x = sort(tokens, tokens_int);',
  ]) {
    const r = await engine.request({
      command: 'check',
      program,
      vocabulary: [1, 2, 3, 4, 5],
      max_length: 40,
      samples: 300,
      limit_ms: 60000,
    });
    assert.deepEqual([r.mismatches, r.inputs, r.exact], [0, 300, true], program);
  }
});

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
