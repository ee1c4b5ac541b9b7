// `suite --compress`: every variant is its model's circuit in another basis, right on the recorded data for readers
// that share nothing with the compiler; what its truth says is checked by patching; the same bytes for the same seed;
// scored apart from the models in their own basis.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { loadEngine } from '../../wasm/engine.mjs';
import { widths } from '../../wasm/suite/compress.mjs';
import { forward, readSafetensors } from '../export/readers.mjs';
import { at, fingerprintOf, finish, manifestOf, read, run, suite, test } from './frame.mjs';

const count = 5;
const make = (out, ...more) =>
  suite('--count', String(count), '--seed', '7', '--compress', '0.8', '--out', at(out), ...more);
const files = (id) => ({
  data: JSON.parse(read('a', 'models', id, 'data.json')),
  truth: JSON.parse(read('a', 'models', id, 'truth.json')),
  config: JSON.parse(read('a', 'models', id, 'model.json')),
});
const tensorsOf = (id) => readSafetensors(readFileSync(at('a', 'models', id, 'model.safetensors')));

const made = make('a');
assert.equal(made.status, 0, made.stderr);
const { models, settings } = manifestOf('a');
const variants = models.filter((m) => m.compressed),
  originals = models.filter((m) => !m.compressed);
const originalOf = (m) => originals.find(({ id }) => id === m.compressed.of);

await test('widths go from the share that was asked for to all dimensions', () => {
  assert.deepEqual(widths(20, 0.5), [10, 15, 18, 19, 20]);
  assert.deepEqual(widths(20, 1), [20]);
  assert.deepEqual(widths(1, 0.1), [1]);
  for (let D = 1; D < 60; ++D)
    for (const share of [0.01, 0.3, 0.75, 0.999]) {
      const list = widths(D, share);
      assert.ok(
        list[0] >= share * D - 1e-6 && list.at(-1) === D && list.every((d, i) => i === 0 || d > list[i - 1]),
        `${D} ${share}: ${list}`,
      );
    }
});

await test('variants stand beside their models, in the same split, and say what they are', () => {
  assert.equal(originals.length, count);
  assert.equal(settings.compress, 0.8);
  assert.ok(variants.length > 0);
  assert.ok(
    variants.some((m) => m.difficulty.d_model < m.compressed.d_model),
    'one is narrower',
  );
  assert.equal(made.document.compressed + made.document.turned, variants.length);
  for (const m of variants) {
    const original = originalOf(m),
      { config } = files(m.id);
    assert.equal(models.indexOf(m), models.indexOf(original) + 1);
    assert.equal(m.split, original.split);
    assert.equal(m.difficulty.level, original.difficulty.level);
    assert.equal(m.compressed.d_model, original.difficulty.d_model);
    assert.ok(m.difficulty.d_model >= 0.8 * m.compressed.d_model && m.difficulty.superposition >= 1);
    assert.notEqual(m.fingerprint, original.fingerprint);
    assert.equal(config.rasp.fingerprint, m.fingerprint);
    assert.equal(config.d_model, m.difficulty.d_model);
    assert.deepEqual(
      [config.rasp.exactness.exact, config.rasp.exactness.exactness, config.rasp.subspaces],
      [false, 'unknown', []],
    );
  }
});

await test('every variant gives the recorded outputs in a forward pass of another reader, in doubles', () => {
  for (const { id } of variants) {
    const { config, data } = files(id),
      { tensors, metadata } = tensorsOf(id);
    assert.equal(metadata.fingerprint, config.rasp.fingerprint);
    const { values, bos_id } = config.rasp.vocabulary,
      out = config.rasp.output_values,
      width = config.d_vocab_out;
    for (const { input, output } of [...data.test, ...data.train, ...data.corrupted]) {
      const { logits } = forward(config, tensors, [bos_id, ...input.map((token) => values.indexOf(token))]);
      output.values.forEach((expected, i) => {
        const row = [...logits.subarray((i + 1) * width, (i + 2) * width)];
        const nearest =
          out.encoding === 'numerical'
            ? out.values.reduce((best, v) => (Math.abs(v - row[0]) < Math.abs(best - row[0]) ? v : best))
            : out.values[row.indexOf(Math.max(...row))];
        assert.equal(
          Number.isNaN(Number(nearest)) ? nearest : Number(nearest),
          Number.isNaN(Number(expected)) ? expected : Number(expected),
          `${id} on ${JSON.stringify(input)}`,
        );
      });
    }
  }
});

await test('its embeddings are its model’s, multiplied by W', () => {
  for (const m of variants) {
    const { W } = JSON.parse(read('a', 'models', m.id, 'basis.json')),
      own = tensorsOf(m.compressed.of).tensors,
      turned = tensorsOf(m.id).tensors;
    const [D, d] = [m.compressed.d_model, m.difficulty.d_model];
    assert.deepEqual([W.length, W[0].length], [D, d]);
    for (const name of ['embed.W_E', 'pos_embed.W_pos']) {
      const from = own[name].data,
        to = turned[name].data;
      for (let r = 0; r < from.length / D; ++r)
        for (let c = 0; c < d; ++c) {
          let sum = 0;
          for (let k = 0; k < D; ++k) sum += from[r * D + k] * W[k][c];
          assert.ok(Math.abs(sum - to[r * d + c]) < 1e-4, `${m.id} ${name}`);
        }
    }
  }
});

await test('its circuit has the same parts and s-ops; a causal edge’s witness shows it; its listing is the same weights', async () => {
  const engine = await loadEngine('laboratory');
  for (const m of variants) {
    const own = files(m.compressed.of).truth,
      { truth } = files(m.id);
    const known = ({ edges }) =>
      edges.map(({ from, to, input, structural, semantic }) => [from, to, input, structural, semantic]);
    assert.deepEqual(truth.nodes, own.nodes);
    assert.deepEqual(known(truth), known(own));
    for (const e of truth.edges) assert.equal(Boolean(e.witness), e.causal);
    const program = read('a', 'models', m.id, 'program.rasp');
    const again = await engine.request({
      command: 'listing',
      listing: read('a', 'models', m.id, 'listing.craft'),
      program,
      samples: 20,
    });
    assert.equal(again.fingerprint, m.fingerprint, JSON.stringify(again.diagnostics));
    // With all of its basis and no method, the engine finds the same weights and edges again from the program and W.
    const found = await engine.request({
      command: 'discover',
      program,
      name: 'program.rasp',
      methods: [],
      basis: JSON.parse(read('a', 'models', m.id, 'basis.json')).W,
    });
    assert.equal(found.fingerprint, m.fingerprint);
  }
});

await test('the same seed gives the same bytes with one worker; without --compress no byte of a model is another', () => {
  assert.equal(make('b', '--jobs', '1').status, 0);
  assert.equal(fingerprintOf(at('b')), fingerprintOf(at('a')));
  assert.equal(suite('--count', String(count), '--seed', '7', '--out', at('plain')).status, 0);
  assert.deepEqual(manifestOf('plain').models, originals);
  const other = suite('--count', String(count), '--seed', '7', '--out', at('a'));
  assert.match(other.document.diagnostics[0].message, /holds another suite \(count 5, seed 7, compress 0\.8/);
  for (const share of ['0', '1.5', 'x', '-1'])
    assert.equal(suite('--count', '2', '--compress', share, '--out', at('none')).status, 2, share);
});

await test('the page of the manifest calls no variant proved', () => {
  const page = read('a', 'index.html');
  assert.match(
    page,
    new RegExp(
      `<p>${count} compiled from RASP programs and proved exact, ${variants.length} of them once more in another basis, compared`,
    ),
  );
  for (const m of models)
    for (const file of Object.keys(m.files))
      assert.ok(page.includes(`href="models/${m.id}/${file}"`), `${m.id} ${file}`);
  assert.match(read('plain', 'index.html'), /<p>Compiled from RASP programs and proved exact;/);
});

await test('discover scores variants apart, beside the models that they were made of', () => {
  const { document, status, stderr } = run(
    'discover',
    '--suite',
    at('a'),
    '--methods',
    'edge_patching,eap',
    '--pairs',
    '10',
    '--witnesses',
    '100',
  );
  assert.equal(status, 0, stderr);
  assert.deepEqual([document.models, document.refused], [models.length, []]);
  const rows = (by) =>
    document.table.filter((r) => r.by === by && r.group === 'all' && r.method === 'eap').map((r) => r.models);
  const narrower = variants.filter((m) => m.difficulty.d_model < m.compressed.d_model).length;
  assert.deepEqual([rows('all'), rows('compressed'), rows('before_compression')], [[count], [narrower], [narrower]]);
  assert.deepEqual(rows('turned'), variants.length > narrower ? [variants.length - narrower] : []);
  assert.match(stderr, /Compressed into fewer dimensions/);
});

const python = ['/usr/bin/python3', 'python3'].find(
  (command) => spawnSync(command, ['-c', 'import numpy']).status === 0,
);
if (!python) console.log('rasp_models.py was left out: no Python with NumPy');
else
  await test('rasp_models.py opens variants: outputs in float32 and float64, W, filters', () => {
    const script = `
import sys, numpy as np, rasp_models as rm
suite = rm.open_suite(".")
variants = suite.filter(compressed=True)
assert len(variants) == ${variants.length} and len(suite.filter(compressed=False)) == ${count} and suite.damaged() == []
for m in variants:
    assert m.verify(np.float32) == [] and m.verify(np.float64) == [], m
    assert rm.fingerprint(m.config, m.weights) == m.entry["fingerprint"]
    own = suite[m.compressed["of"]]
    assert own.compressed is None and m.basis.shape == (own.d_model, m.d_model)
    assert np.allclose(own.weights["embed.W_E"] @ m.basis, m.weights["embed.W_E"], atol=1e-5)
    assert [h.name for h in m.heads] == [h.name for h in own.heads]
try:
    own.basis
    sys.exit("a model in its own basis has none")
except rm.BadFile:
    pass
`;
    const done = spawnSync(python, ['-c', script], {
      encoding: 'utf8',
      cwd: at('a'),
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    assert.equal(done.status, 0, done.stdout + done.stderr);
  });

finish();
