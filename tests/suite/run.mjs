// `suite` as a user runs it: the same bytes for the same seed, resumed where it stopped, nothing overwritten, every
// model right for readers that share nothing with the compiler (tests/export/readers.mjs in doubles; rasp_models.py in
// NumPy float32 and float64).
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadEngine } from '../../wasm/engine.mjs';
import { drawing } from '../../wasm/suite/drawing.mjs';
import { forward, readSafetensors } from '../export/readers.mjs';
import { at, cli, fingerprintOf, finish, manifestOf, message, root, suite, test } from './frame.mjs';

const count = 24;
const make = (out, ...more) => suite('--count', String(count), '--seed', '11', '--out', at(out), ...more);

await test('as many models as asked for, each of its own', () => {
  const made = make('a');
  assert.equal(made.status, 0, made.stderr);
  const { models, broken } = manifestOf('a');
  assert.equal(models.length, count);
  assert.deepEqual(broken, []);
  for (const { metric, encoding, licence, split } of models) {
    assert.equal(metric, { categorical: 'logit_difference', numerical: 'number' }[encoding]);
    assert.ok(licence === 'CC0-1.0' && ['train', 'validation', 'test'].includes(split));
  }
  const reader = readFileSync(at('a', 'rasp_models.py'), 'utf8');
  for (const name of manifestOf('a').metrics) assert.ok(reader.includes(`\ndef ${name}(`), name);
  assert.equal(new Set(models.map((model) => model.fingerprint)).size, count);
  assert.ok(new Set(models.map((model) => model.difficulty.level)).size === 3, 'easy, medium and hard');
  const { settings } = manifestOf('a'),
    weights = JSON.parse(readFileSync(at('a', 'models', models[0].id, 'model.json'), 'utf8'));
  assert.deepEqual(settings, { count, seed: 11, version: weights.rasp.compiler_version });
});

await test('the same seed gives the same bytes, with any number of workers; another seed others', () => {
  assert.equal(make('b', '--jobs', '1').status, 0);
  assert.equal(fingerprintOf(at('b')), fingerprintOf(at('a')));
  assert.equal(suite('--count', '3', '--seed', '12', '--out', at('c')).status, 0);
  assert.notEqual(manifestOf('c').models[0].fingerprint, manifestOf('a').models[0].fingerprint);
});

await test('an interrupted run goes on where it stopped', async () => {
  const child = spawn(process.execPath, [cli, 'suite', '--count', String(count), '--seed', '11', '--out', at('d')], {
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const models = path.join(at('d'), 'models');
  while (!existsSync(models) || readdirSync(models).length < 5) await new Promise((resolve) => setTimeout(resolve, 10));
  child.kill('SIGKILL');
  await ended;
  assert.ok(!existsSync(path.join(at('d'), 'manifest.json')), 'it was interrupted');
  assert.equal(make('d').status, 0);
  assert.equal(fingerprintOf(at('d')), fingerprintOf(at('a')));
});

await test('nothing that is there is overwritten', () => {
  mkdirSync(at('full'));
  writeFileSync(path.join(at('full'), 'thesis.txt'), 'x');
  const foreign = make('full');
  assert.equal(foreign.status, 1);
  assert.match(message(foreign), /is not empty and holds no suite/);
  const other = suite('--count', '5', '--seed', '11', '--out', at('a'));
  assert.equal(other.status, 1);
  assert.match(message(other), /holds another suite \(count 24, seed 11/);
  writeFileSync(at('file'), 'x');
  assert.match(message(make('file')), /is a file/);
  writeFileSync(path.join(at('c'), 'manifest.json'), '{"format":');
  assert.match(message(suite('--count', '3', '--seed', '12', '--out', at('c'))), /is damaged/);
  assert.equal(suite('--count', '0', '--out', at('zero')).status, 2);
  assert.equal(suite('--count', '3').status, 2);
});

await test('a damaged manifest or state, a suite of a newer version, a place that cannot be written to: a message, nothing overwritten', () => {
  const holding = (name, file, text) => {
    mkdirSync(at(name));
    writeFileSync(at(name, file), text);
    const refused = make(name);
    assert.deepEqual(
      [refused.status, refused.document.diagnostics[0].code],
      [1, 'suite'],
      `${name}: ${JSON.stringify(refused.document)}`,
    );
    assert.ok(refused.document.diagnostics[0].hint && !/\n\s+at /.test(refused.stderr));
    assert.deepEqual(
      [readdirSync(at(name)), readFileSync(at(name, file), 'utf8')],
      [[file], text],
      'nothing is added or changed',
    );
    return message(refused);
  };
  const { settings, models } = manifestOf('a');
  assert.match(
    holding('newer', 'manifest.json', '{"format": "rasp-suite/9", "models": []}'),
    /another format \("rasp-suite\/9"\)/,
  );
  assert.match(holding('null', 'manifest.json', 'null'), /another format \(it does not say which\)/);
  assert.match(holding('list', 'manifest.json', '[]'), /another format/);
  assert.match(holding('bare', 'manifest.json', '{"format": "rasp-suite/1"}'), /is damaged/);
  assert.match(
    holding('entry', 'manifest.json', JSON.stringify({ format: 'rasp-suite/1', settings, models: [...models, null] })),
    /is damaged/,
  );
  assert.match(
    holding(
      'compiler',
      'manifest.json',
      JSON.stringify({ format: 'rasp-suite/1', settings: { ...settings, version: '99.0.0' }, models }),
    ),
    /compiler 99\.0\.0/,
  );
  assert.match(holding('state', '.suite.json', '{}'), /does not say how far the suite is/);
  assert.match(holding('cut', '.suite.json', '{"settings": {'), /is damaged/);
  const under = make('newer/manifest.json/deeper');
  assert.deepEqual([under.status, under.document.diagnostics[0].code], [1, 'suite'], JSON.stringify(under.document));
});

await test('a full disk is said, in the middle and at the end; the same command goes on when there is room', {
  skip: !existsSync('/dev/full'),
}, () => {
  mkdirSync(at('e', 'models'), { recursive: true });
  const begun = { settings: manifestOf('a').settings, entries: [], rejected: {}, broken: [], next: 0 };
  writeFileSync(at('e', '.suite.json'), JSON.stringify(begun));
  for (const file of ['.suite.json', path.join('models', manifestOf('a').models[2].id, 'data.json'), 'manifest.json']) {
    mkdirSync(path.dirname(at('e', file)), { recursive: true });
    symlinkSync('/dev/full', at('e', `${file}.partial`));
    const full = make('e');
    assert.deepEqual([full.status, full.document.diagnostics[0].code], [1, 'suite'], file);
    assert.match(message(full), /The disk is full/);
    assert.ok(message(full).includes(path.basename(file)) && !existsSync(at('e', 'manifest.json')), file);
  }
  assert.equal(make('e').status, 0);
  assert.equal(fingerprintOf(at('e')), fingerprintOf(at('a')));
});

await test('a finished suite is checked; a changed file is named', () => {
  const again = make('b');
  assert.equal(again.status, 0);
  assert.equal(again.document.complete, true);
  const [model] = manifestOf('b').models;
  writeFileSync(path.join(at('b'), 'models', model.id, 'data.json'), '{}');
  const damaged = make('b');
  assert.equal(damaged.status, 1);
  assert.ok(message(damaged).includes(path.join('models', model.id, 'data.json')));
});

await test('every model has its listing, which is the same weights, and its circuit', async () => {
  const engine = await loadEngine('laboratory');
  const kinds = ['structural', 'semantic', 'causal'],
    seen = new Map(kinds.map((k) => [k, 0]));
  for (const { id, files, fingerprint, difficulty } of manifestOf('a').models) {
    const read = (name) => readFileSync(path.join(at('a'), 'models', id, name), 'utf8');
    assert.ok(files['listing.craft'] && files['truth.json'], id);
    const again = await engine.request({
      command: 'listing',
      listing: read('listing.craft'),
      program: read('program.rasp'),
      samples: 10,
    });
    assert.deepEqual([again.fingerprint, again.comparison?.mismatches], [fingerprint, 0], id);
    const { nodes, edges } = JSON.parse(read('truth.json')),
      text = read('program.rasp');
    assert.equal(nodes.length, 2 + difficulty.heads + difficulty.mlps, id);
    const order = new Map(nodes.map((n, i) => [n.name, i])),
      seenEdges = new Set();
    for (const n of nodes.slice(2))
      assert.ok(n.owners.length > 0 && n.owners.every((o) => typeof o === 'string' && o), `${id} ${n.name}`);
    assert.ok(
      nodes.some((n) => n.owners?.some((o) => text.includes(`${o} = `))),
      `${id}: some part computes a named s-op`,
    );
    for (const e of edges) {
      const key = `${e.from} ${e.to} ${e.input}`;
      assert.ok(
        order.has(e.from) && !seenEdges.has(key) && (e.to === 'output' || order.get(e.from) < order.get(e.to)),
        `${id}: ${key}`,
      );
      seenEdges.add(key);
      assert.equal(e.input !== undefined, e.to.startsWith('head'), key);
      for (const k of kinds) seen.set(k, seen.get(k) + e[k]);
      // What changes an answer is read, and what is read meets; a witness is there where one was found.
      assert.ok((!e.causal || e.structural) && (!e.semantic || e.structural), `${id}: ${key}`);
      assert.equal(Boolean(e.witness), e.causal);
      if (e.witness) assert.equal(e.witness.clean.length, e.witness.corrupted.length);
    }
    // Every part was shown to matter: something of it reaches the output.
    for (const n of nodes.slice(2))
      assert.ok(
        edges.some((e) => e.from === n.name && e.structural),
        `${id} ${n.name}`,
      );
  }
  for (const k of kinds) assert.ok(seen.get(k) > 0);
});

await test('a picture has an arc for every pair that a head selects, also of a head that counts', async () => {
  const engine = await loadEngine('laboratory');
  for (const [program, input, selected] of [
    ['selector_width(select(tokens, tokens, ==))', 'abab', 8],
    ['aggregate(select(indices, indices - 1, ==), tokens, "_")', 'abab', 3],
    ['aggregate(select(indices, length - 1 - indices, ==), tokens)', 'aabb', 16 + 4], // length counts all pairs
  ]) {
    const text = `#@ vocabulary "ab_"\n#@ max_length 4\nx = ${program};\n`;
    const compiled = await engine.request({ command: 'compile', program: text, keep: true, details: true });
    const svg = drawing(
      compiled,
      await engine.request({ command: 'trace', handle: compiled.handle, input: [...input] }),
    );
    assert.equal(svg.match(/M[\d.]+ \d+C/g)?.length, selected, program);
    assert.deepEqual(
      [...svg.matchAll(/<text[^>]*>(.)</g)].slice(0, 4).map((m) => m[1]),
      [...input],
    );
  }
});

await test('every model gives its recorded outputs in a forward pass of another reader', () => {
  for (const { id } of manifestOf('a').models) {
    const read = (name) => readFileSync(path.join(at('a'), 'models', id, name));
    const config = JSON.parse(read('model.json')),
      data = JSON.parse(read('data.json'));
    const { tensors, metadata } = readSafetensors(read('model.safetensors'));
    assert.equal(metadata.fingerprint, config.rasp.fingerprint);
    const { values, bos_id } = config.rasp.vocabulary,
      out = config.rasp.output_values;
    assert.ok(data.test.length > 0 && data.corrupted.length > 0, id);
    for (const { input, output } of [...data.test, ...data.train.slice(0, 20), ...data.corrupted]) {
      const { logits } = forward(config, tensors, [bos_id, ...input.map((token) => values.indexOf(token))]);
      output.values.forEach((expected, i) => {
        const width = config.d_vocab_out,
          row = [...logits.subarray((i + 1) * width, (i + 2) * width)];
        const nearest =
          out.encoding === 'numerical'
            ? out.values.reduce((best, v) => (Math.abs(v - row[0]) < Math.abs(best - row[0]) ? v : best))
            : out.values[row.indexOf(Math.max(...row))];
        // 0 and False are one number of the residual stream, and equal in RASP; which of them it was, a model cannot
        // know.
        const number = (value) => (typeof value === 'boolean' ? Number(value) : value);
        assert.equal(number(nearest), number(expected), `${id} on ${JSON.stringify(input)}, position ${i}`);
      });
    }
    for (const { clean, input, output } of data.corrupted) {
      assert.equal(input.length, data.test[clean].input.length);
      assert.notDeepEqual(output, data.test[clean].output);
    }
  }
});

const python = ['/usr/bin/python3', 'python3'].find(
  (command) => spawnSync(command, ['-c', 'import numpy']).status === 0,
);
if (!python) console.log('rasp_models.py was left out: no Python with NumPy');
else {
  const run = (...args) =>
    spawnSync(python, args, { encoding: 'utf8', cwd: at('a'), env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
  await test('the recipe of the docs goes from a suite to a ROC curve', () => {
    const [, recipe] = /### From a suite to a ROC curve.*?```python\n(.*?)```/s.exec(
      readFileSync(path.join(root, 'docs', 'suites.md'), 'utf8'),
    );
    symlinkSync(at('a'), at('suite'));
    const done = spawnSync(python, ['-c', recipe], {
      encoding: 'utf8',
      cwd: at('.'),
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    assert.equal(done.status, 0, done.stderr);
    const lines = done.stdout.trim().split('\n'),
      area = Number(/^area under the curve ([\d.]+)$/.exec(lines.at(-1))?.[1]);
    assert.ok(area > 0.5 && area <= 1, done.stdout); // better than chance: what a node does is about its edges
    assert.equal(lines[0], '0.00 0.00');
    const points = lines.slice(0, -1).map((line) => line.split(' ').map(Number));
    for (const [i, [x, y]] of points.entries())
      assert.ok(
        x >= 0 && x <= 1 && y >= 0 && y <= 1 && (i === 0 || (x >= points[i - 1][0] && y >= points[i - 1][1])),
        done.stdout,
      );
  });
  await test('rasp_models.py: its own examples', () => {
    const done = run('-m', 'doctest', 'rasp_models.py');
    assert.equal(done.status, 0, done.stdout + done.stderr);
  });
  await test('rasp_models.py: suites, models, links, metrics, bad files', () => {
    const done = run(path.join(root, 'tests', 'suite', 'reader_test.py'), root, at('a'));
    assert.equal(done.status, 0, done.stdout + done.stderr);
  });
}

finish();
