// Generating: the command line against a decoder written here, that asks `eval` for the interpreter's answer at every
// step.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadEngine } from '../../wasm/engine.mjs';
import { indexIn, typedToken } from '../../wasm/generate.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const scratch = mkdtempSync(path.join(tmpdir(), 'rasp-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const example = (name) => path.join(root, 'examples', `${name}.rasp`);
const file = (text) => {
  const p = path.join(scratch, 'x.rasp');
  writeFileSync(p, text);
  return p;
};
const run = (...args) =>
  spawnSync(process.execPath, [path.join(root, 'wasm/cli.mjs'), 'generate', ...args], { encoding: 'utf8' });
const ok = (...args) => {
  const r = run(...args);
  assert.equal(r.status, 0, r.stdout + r.stderr);
  return JSON.parse(r.stdout);
};
const engine = await loadEngine();
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

await test('tokens are told apart beyond what JavaScript’s numbers hold', () => {
  const list = { values: ['9007199254740992', '9007199254740993', 'inf', 0.5, 2], types: 'iiffi' };
  assert.equal(indexIn(list, '9007199254740993', 'i'), 1);
  assert.equal(indexIn(list, 9007199254740992, 'f'), 0);
  assert.equal(indexIn(list, 'inf', 'f'), 2);
  assert.equal(indexIn(list, 2, 'f'), 4);
  assert.equal(indexIn(list, 'inf', 's'), -1);
  assert.deepEqual(typedToken('9007199254740993', list), { values: ['9007199254740993'], types: 'i' });
  assert.deepEqual(typedToken('0.5', list), { values: [0.5], types: 'f' });
  assert.equal(typedToken('9007199254740994', list), null);
});

await test('what each example is for', () => {
  for (const [name, input, until, output] of [
    ['counter', '23', '2', '23012'],
    ['copier', 'abca', '.', 'abcabcabca'],
    ['closer', '[((', '.', '[(())].'],
    ['closer', '([(', '.', '([()]).'],
    ['closer', '()', '.', '().'],
  ]) {
    const r = ok(
      example(name),
      '--input',
      JSON.stringify(input),
      '--until',
      until,
      '--steps',
      '20',
      '--max-length',
      '10',
    );
    assert.equal(r.output.values.join('').slice(0, output.length), output, name);
    assert.equal(r.exactness === 'proved' || r.exactness === 'enumerated', true);
  }
});

await test('every step is what the interpreter says of its tokens, and grows by its last value', async () => {
  for (const name of ['counter', 'copier', 'closer', 'shift', 'induction']) {
    const r = ok(example(name), '--steps', '4'),
      program = readFileSync(example(name), 'utf8');
    assert.ok(r.steps.length > 0);
    let tokens = r.input.values;
    for (const step of r.steps) {
      assert.deepEqual(step.tokens.values, tokens);
      const answer = await engine.request({ command: 'eval', program, input: tokens });
      assert.deepEqual(step.interpreter.values, answer.values);
      assert.deepEqual(step.model.values, answer.values);
      assert.equal(step.agree, true);
      if (step.appended) tokens = [...tokens, answer.values.at(-1)];
    }
    assert.deepEqual(r.output.values, tokens);
    assert.deepEqual(r.generated.values, tokens.slice(r.input.values.length));
  }
});

await test('under a causal mask what was said stays said, and only the new position is computed', () => {
  for (const name of ['counter', 'copier', 'closer']) {
    const { steps } = ok(example(name), '--steps', '4');
    assert.deepEqual(
      steps.map((s) => s.computed),
      [steps[0].tokens.values.length + 1, ...steps.slice(1).map(() => 1)], // with BOS
    );
    steps.slice(1).forEach((s, i) => assert.deepEqual(s.model.values.slice(0, -1), steps[i].model.values));
  }
});

await test('without one every position is computed again: what comes may change what was said', () => {
  const { steps } = ok(example('reverse'), '--steps', '3');
  assert.deepEqual(
    steps.map((s) => s.computed),
    steps.map((s) => s.tokens.values.length + 1),
  );
});

await test('each end has its name and a sentence', () => {
  const ends = (why, message, ...args) => {
    const { stopped } = ok(...args);
    assert.equal(stopped.why, why);
    assert.match(stopped.message, message);
  };
  ends('steps', /3 steps, as asked/, example('counter'), '--steps', '3');
  ends('until', /"0" came/, example('counter'), '--until', '0');
  ends('length', /at most 8 tokens/, example('counter'), '--steps', '50');
  ends('no-token', /int.*no token.*strings: let the program give a string/, example('histogram'));
  ends(
    'no-value',
    /no value at the last position/,
    file('#@ vocabulary "ab"\n#@ max_length 3\n#@ input "ab"\nx = aggregate(select(indices, indices, >), tokens);\n'),
  );
});

await test('tokens of every kind come back as they are', () => {
  const r = ok(
    file(
      '#@ vocabulary [1.0, 2.0, 3.0]\n#@ max_length 5\n#@ input [1.0]\n#@ causal on\nnext = {1.0: 2.0, 2.0: 3.0, 3.0: 1.0}[tokens_asis];\n',
    ),
    '--steps',
    '3',
    '--until',
    '1',
  );
  assert.deepEqual(r.generated, { values: [2, 3, 1], types: 'fff' });
  assert.equal(r.stopped.why, 'until');
});

await test('bad input is named', () => {
  const refused = (code, message, ...args) => {
    const r = run(...args);
    assert.equal(r.status, 1);
    const [d] = JSON.parse(r.stdout).diagnostics;
    assert.equal(d.code, code);
    assert.match(d.message, message);
  };
  refused('unknown-token', /--until: q is no token/, example('counter'), '--until', 'q');
  refused('unknown-token', /not in the vocabulary/, example('counter'), '--input', '"9"');
  refused('no-input', /No input/, file('#@ vocabulary "ab"\n#@ max_length 3\nx = tokens;\n'));
  for (const args of [
    ['--steps', '0'],
    ['--steps', 'many'],
  ]) {
    const r = run(example('counter'), ...args);
    assert.equal(r.status, 2);
    assert.match(r.stderr, /--steps needs a number from 1/);
  }
});

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
