// The laboratory as its users see it: the command line, the native twin against the WebAssembly module to the last bit,
// and documents against core/lab/schema.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadEngine } from '../../wasm/engine.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const example = (name) => readFileSync(path.join(root, 'examples', `${name}.rasp`), 'utf8');
const scratch = mkdtempSync(path.join(tmpdir(), 'rasp-lab-'));
const run = (...args) => {
  const r = spawnSync(process.execPath, [path.join(root, 'wasm/cli.mjs'), ...args], {
    encoding: 'utf8',
    input: '',
    maxBuffer: 1 << 28,
  });
  return {
    status: r.status,
    out: r.stdout ? JSON.parse(r.stdout) : null,
    progress: r.stderr.trim().split('\n'),
    err: r.stderr,
  };
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

const schema = JSON.parse(readFileSync(path.join(root, 'core/lab/schema/laboratory.schema.json'), 'utf8'));
const Ajv = createRequire(path.join(root, 'tests/package.json'))('ajv/dist/2020').default;
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
ajv.addSchema(schema, 'lab');
const hold = (name, document) => {
  const validate = ajv.getSchema(`lab#/$defs/${name}`);
  assert.ok(
    validate(document),
    `${name}: ${JSON.stringify(validate.errors?.slice(0, 4))} ${JSON.stringify(document).slice(0, 300)}`,
  );
};
const engine = await loadEngine('laboratory');
const small = { command: 'lab_start', program: example('shift'), max_length: 5, training: { steps: 100 } };

await test('documents are what the schema says', async () => {
  for (const experiment of [
    { kind: 'superposition', d: 8 },
    { kind: 'twin', layers: 1, d_model: 16 },
  ]) {
    const started = await engine.request({ ...small, experiment });
    hold('LabStartResult', started);
    hold('LabAdvanceResult', await engine.request({ command: 'lab_advance', run: started.run, milliseconds: 5 }));
    hold('LabAdvanceResult', await engine.request({ command: 'lab_advance', run: started.run }));
    const picture = await engine.request({
      command: 'lab_picture',
      run: started.run,
      input: started.model.labels.length > 0 ? 'abc' : '',
    });
    if (picture.ok) hold('LabPictureResult', picture);
    hold('LabPictureResult', await engine.request({ command: 'lab_picture', run: started.run }));
    hold('ExportResult', await engine.request({ command: 'lab_export', run: started.run }));
    if (experiment.kind === 'twin') continue;
    const exported = await engine.request({ command: 'lab_export', run: started.run, format: 'basis' });
    hold('ExportResult', exported);
    const { handle } = await engine.request({ ...small, command: 'compile', keep: true });
    hold('TurnResult', await engine.request({ command: 'turn', handle, basis: exported.basis, inputs: ['abc'] }));
  }
});

await test('everything that the engine answers, the laboratory answers too', async () => {
  const plain = await loadEngine();
  const request = { command: 'run', program: example('reverse') };
  const [a, b] = [await plain.request(request), await engine.request(request)];
  delete a.timings_ms;
  delete b.timings_ms;
  assert.deepEqual(b, a);
});

await test('native and WebAssembly give the same numbers to the last bit', async () => {
  const native = ['asan', 'release']
    .map((folder) => path.join(root, 'build', folder, 'tests/session_native'))
    .find(existsSync);
  assert.ok(native, 'session_native is not built');
  for (const more of [
    { experiment: { kind: 'superposition', d: 9 } },
    { program: example('fraction_previous'), experiment: { kind: 'superposition', d: 2 } },
    { program: example('reverse'), experiment: { kind: 'twin' }, training: { steps: 60 } },
  ]) {
    const requests = [
      { ...small, ...more },
      { command: 'lab_advance', run: 1, steps: 1000 },
      { command: 'lab_picture', run: 1 },
    ];
    const other = spawnSync(native, [], {
      encoding: 'utf8',
      input: `${requests.map((r) => JSON.stringify(r)).join('\n')}\n`,
      maxBuffer: 1 << 28,
    });
    const lines = other.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const fresh = await loadEngine('laboratory');
    for (const [i, r] of requests.entries()) {
      const mine = await fresh.request(r);
      assert.equal(mine.ok, true, JSON.stringify(mine).slice(0, 300));
      delete mine.milliseconds;
      delete lines[i].milliseconds;
      delete mine.estimate;
      delete lines[i].estimate;
      assert.deepEqual(mine, lines[i], `${r.command} of ${JSON.stringify(more.experiment)}`);
    }
  }
});

await test('train --compress: fraction_previous stays right in fewer dimensions, over seeds', async () => {
  const out = path.join(scratch, 'w.safetensors');
  const r = run(
    'train',
    path.join(root, 'examples/fraction_previous.rasp'),
    '--max-length',
    '5',
    '--no-optimize',
    '--compress',
    '1,6',
    '--seeds',
    '2',
    '--steps',
    '2000',
    '--out',
    out,
  );
  assert.equal(r.status, 0, r.err.slice(-500));
  assert.equal(r.out.model.d_model, 11);
  assert.equal(r.out.smallest_d, 6, 'one dimension is not enough for two');
  const [one, six] = r.out.curve;
  assert.deepEqual([one.d, one.all_right, six.d, six.all_right, six.best], [1, 0, 6, 2, 1]);
  assert.ok(one.best < 1);
  for (const line of r.progress) hold('Point', (({ experiment, seed, steps, ...point }) => point)(JSON.parse(line)));
  assert.equal(r.progress.length, 4 * 41);
  const bytes = readFileSync(out),
    header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString());
  assert.deepEqual(header['embed.W_E'].shape, [4, 6]);
  assert.equal(
    bytes.length,
    8 + Number(bytes.readBigUInt64LE(0)) + Math.max(...Object.values(header).map((t) => t.data_offsets?.[1] ?? 0)),
  );
});

await test('train --twin: two layers learn to reverse, one does not', async () => {
  const r = run('train', path.join(root, 'examples/reverse.rasp'), '--twin', 'layers=2;layers=1', '--steps', '1500');
  assert.equal(r.status, 0, r.err.slice(-500));
  const [two, one] = r.out.runs;
  assert.ok(two.last.held_out > 0.99, `two layers: ${two.last.held_out}`);
  assert.ok(one.last.held_out < 0.9, `one layer: ${one.last.held_out}`);
  assert.equal(two.heads.length, 2);
});

await test('discover: integrated gradients and ACDC find every causal edge, semantic ones they cannot all', async () => {
  const files = ['binary_number', 'fraction_previous', 'histogram', 'reverse', 'shift', 'sort'].map((name) =>
    path.join(root, 'examples', `${name}.rasp`),
  );
  const r = run('discover', ...files);
  assert.equal(r.status, 0, r.err.slice(-500));
  assert.equal(r.out.programs, files.length);
  const row = (name) => r.out.methods.find((m) => m.method === name);
  for (const name of ['edge_patching', 'eap_ig', 'acdc']) assert.equal(row(name).auc.causal.worst, 1, name);
  for (const name of ['eap_ig', 'acdc'])
    assert.ok(row(name).auc.semantic.mean < 0.95 && row(name).auc.semantic.mean > 0.6, name);
  assert.ok(row('eap').auc.causal.worst < 0.8, 'one gradient alone misses what a saturated softmax hides');
  const one = run('discover', files[3], '--methods', 'eap,acdc', '--pairs', '5');
  hold('DiscoverResult', one.out);
  assert.deepEqual(
    one.out.methods.map((m) => m.method),
    ['eap', 'acdc'],
  );
  for (const truth of ['causal', 'semantic', 'structural']) assert.equal(one.out.faithfulness[truth], 1, truth);
  for (const e of one.out.circuit.edges) {
    assert.ok(!e.causal || e.structural, 'what changes an answer has weights');
    assert.ok(!e.semantic || e.structural);
    assert.equal(e.causal, 'witness' in e);
  }
});

// A gallery program in its plain construction, kept by the engine; inputs of one length from its vocabulary.
async function kept(name, options = {}) {
  const compiled = await engine.request({
    command: 'compile',
    program: example(name),
    keep: true,
    details: true,
    optimize: false,
    ...options,
  });
  assert.equal(compiled.ok, true, name);
  const words = compiled.settings.vocabulary.values,
    length = Math.min(5, compiled.model.max_length);
  let state = 7;
  const input = () =>
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return words[Math.floor((state / 2 ** 32) * words.length)];
    });
  const trace = (tokens, ...interventions) =>
    engine.request({ command: 'trace', handle: compiled.handle, input: tokens, interventions });
  return { compiled, input, trace };
}

await test('interchange: with itself nothing changes, of the output it is the source’s output, of an s-op what the program makes of it', async () => {
  let compared = 0;
  for (const name of ['reverse', 'histogram', 'dyck2', 'sort', 'fraction_previous', 'most_frequent']) {
    const { compiled, input, trace } = await kept(name);
    for (let k = 0; k < 4; ++k) {
      const base = input(),
        source = input();
      const plain = await trace(base),
        there = await trace(source);
      for (const { node } of compiled.subspaces.filter((s) => s.node >= 0)) {
        const same = await trace(base, { kind: 'interchange', s_op: node, source: base });
        if (!same.ok) {
          // no value somewhere, or held together with others only
          assert.match(
            same.diagnostics[0].message,
            /^(On the source, the program has no value for that s-op|The model does not hold)/,
          );
          continue;
        }
        assert.deepEqual([same.model, same.interpreter], [plain.model, plain.interpreter], `${name} ${node}`);
        const other = await trace(base, { kind: 'interchange', s_op: node, source });
        if (!other.ok) continue;
        ++compared;
        assert.equal(
          other.agree,
          true,
          `${name}: node ${node} of ${source} on ${base}: ${JSON.stringify(other.model)} for ${JSON.stringify(other.interpreter)}`,
        );
        if (node === compiled.output) assert.deepEqual(other.model, there.model, name);
      }
    }
  }
  assert.ok(compared > 200, String(compared));
});

await test('a patch holds what its source holds there; what does not fit is refused with its reason', async () => {
  const { compiled, trace } = await kept('histogram', { max_length: 4 });
  const [tokens] = compiled.subspaces;
  const at = { kind: 'set_residual', half_layer: tokens.written, position: 2, dimensions: tokens.dimensions };
  assert.deepEqual((await trace('abba', { ...at, source: 'aaaa' })).model.values, [3, 3, 1, 3]);
  for (const [bad, words] of [
    [{ ...at, source: 'a' }, /On the source: There is no position 2/],
    [{ ...at, source: 'aqaa' }, /"source".*q/],
    [{ ...at, source: 7 }, /"source"/],
    [at, /either "values" or a "source"/],
    [{ ...at, values: ['x'] }, /list of numbers "values"/],
    [{ ...at, position: 9, values: [] }, /no position 9/],
    [{ kind: 'interchange', s_op: 'nothing', source: 'aaaa' }, /does not hold an s-op "nothing"/],
    [{ kind: 'interchange', s_op: tokens.label, source: 'aa' }, /The source has 2 tokens and the input 4/],
    [{ kind: 'dance' }, /no intervention "dance"/],
    [{ kind: 'zero_head', layer: 0 }, /whole number "head"/],
    [7, /is an object/],
  ]) {
    const refused = await trace('abba', bad);
    assert.equal(refused.ok, false, JSON.stringify(bad));
    assert.equal(refused.diagnostics[0].code, 'bad-intervention');
    assert.match(refused.diagnostics[0].message, words);
    assert.ok(refused.diagnostics[0].hint);
  }
});

await test('run --intervene: a list, one of them, a file; the same answers from rasp_models.py', () => {
  const weights = path.join(scratch, 'h.safetensors'),
    histogram = path.join(root, 'examples/histogram.rasp');
  assert.equal(run('compile', histogram, '--format', 'safetensors', '--out', weights).status, 0);
  const cases = [
    [{ kind: 'zero_head', layer: 0, head: 0 }],
    [{ kind: 'interchange', s_op: 'hist', source: 'abbb' }],
    [{ kind: 'zero_mlp', layer: 0 }],
    [{ kind: 'interchange', s_op: 'tokens', source: 'abbb' }],
    [{ kind: 'set_pattern', layer: 0, head: 0, values: Array(25).fill(0.2) }],
    [
      { kind: 'set_residual', half_layer: 0, position: 1, dimensions: [1, 2], values: [0, 1] },
      { kind: 'set_residual', half_layer: 0, position: 2, dimensions: [1, 2, 3], source: 'cccc' },
    ],
  ];
  const answers = cases.map(
    (list) => run('run', histogram, '--input', '"aaab"', '--intervene', JSON.stringify(list)).out,
  );
  assert.deepEqual(
    answers.map((a) => a.ok),
    cases.map(() => true),
  );
  assert.deepEqual(answers[1].model.values, [1, 3, 3, 3]);
  assert.deepEqual(answers[1].interpreter.values, [1, 3, 3, 3]);
  assert.deepEqual(answers[0].interpreter.values, [3, 3, 3, 1], 'an ablation changes the model alone');
  assert.equal(answers[0].agree, false);
  const script =
    'import json, sys; sys.path.insert(0, sys.argv[1]); import rasp_models as r; m = r.load(sys.argv[2]); print(json.dumps([m.intervened("aaab", x) for x in json.load(sys.stdin)]))';
  const numpy = ['/usr/bin/python3', 'python3'].find(
    (command) => spawnSync(command, ['-c', 'import numpy']).status === 0,
  );
  assert.ok(numpy, 'Python with NumPy is missing');
  const python = spawnSync(numpy, ['-c', script, path.join(root, 'wasm/suite'), weights], {
    encoding: 'utf8',
    input: JSON.stringify(cases),
  });
  assert.equal(python.status, 0, python.stderr);
  assert.deepEqual(
    JSON.parse(python.stdout),
    answers.map((a) => a.model.values),
  );
  const file = path.join(scratch, 'list.json');
  writeFileSync(file, JSON.stringify(cases[1][0]));
  assert.deepEqual(run('run', histogram, '--input', '"aaab"', '--intervene', file).out.model, answers[1].model);
  assert.equal(run('run', histogram, '--intervene', '[{"kind":').out.diagnostics[0].code, 'bad-intervention');
  assert.equal(run('run', histogram, '--intervene', path.join(scratch, 'nowhere')).out.diagnostics[0].code, 'file');
  assert.equal(run('check', histogram, '--intervene', '[]').status, 2);
});

await test('interchange accuracy: 1 in the plain construction and in a full basis, less where a compressed model is right for other reasons', async () => {
  const program = path.join(root, 'examples/fraction_previous.rasp');
  const plain = run('interchange', program, '--max-length', '5', '--no-optimize').out;
  hold('InterchangeResult', plain);
  assert.deepEqual(
    plain.s_ops.map((s) => s.accuracy),
    plain.s_ops.map(() => 1),
  );
  assert.ok(
    plain.s_ops.every((s) => s.changed > 0.3),
    'the program’s answers change: an accuracy of 1 says something',
  );
  const started = await engine.request({
    command: 'lab_start',
    program: example('fraction_previous'),
    max_length: 5,
    optimize: false,
    experiment: { kind: 'superposition', d: 11 },
  });
  await engine.request({ command: 'lab_advance', run: started.run, steps: 1 });
  const full = await engine.request({ command: 'interchange', run: started.run, step: 0 });
  assert.deepEqual(
    full.s_ops.map(({ witness, ...row }) => row),
    plain.s_ops.map(({ witness, ...row }) => row),
    'another basis is the same model',
  );
  const four = run('interchange', program, '--max-length', '5', '--no-optimize', '--compress', '4').out;
  hold('InterchangeResult', (({ trained, ...document }) => document)(four));
  assert.equal(four.trained.point.inputs, 1, 'every answer is right');
  assert.ok(four.s_ops.find((s) => s.label === 'is_x').accuracy < 0.9);
  assert.ok(four.s_ops.some((s) => s.witness));
});

await test('discover on a compressed model and on a twin: what is known of their circuits, and no more', () => {
  const squeezed = run(
    'discover',
    path.join(root, 'examples/fraction_previous.rasp'),
    '--max-length',
    '5',
    '--no-optimize',
    '--compress',
    '4',
    '--methods',
    'edge_patching,acdc',
  ).out;
  const { trained, ...document } = squeezed;
  hold('DiscoverResult', document);
  assert.equal(trained.experiment.d, 4);
  assert.ok(
    document.circuit.edges.some((e) => e.causal && !e.structural),
    'what shares a direction is read where the compiled model has no weights',
  );
  for (const e of document.circuit.edges) assert.equal(e.causal, 'witness' in e);
  assert.ok(document.methods.every((m) => m.faithfulness === 1 && m.auc.causal > 0.95));
  const twin = run(
    'discover',
    path.join(root, 'examples/reverse.rasp'),
    '--max-length',
    '5',
    '--twin',
    'layers=2',
    '--steps',
    '800',
    '--methods',
    'eap',
  ).out;
  const { trained: ofTwin, ...found } = twin;
  hold('DiscoverResult', found);
  assert.ok(ofTwin.point.held_out > 0.99);
  assert.deepEqual(
    [found.methods[0].auc.structural, found.methods[0].auc.semantic, found.faithfulness.structural],
    [null, null, null],
  );
  assert.ok(
    found.circuit.nodes.every((n) => !('owners' in n)),
    'its parts compute no s-op that anybody knows of',
  );
  assert.equal(found.faithfulness.causal, 1);
});

await test('a twin that is held to the compiled patterns attends as they do', () => {
  const r = run(
    'train',
    path.join(root, 'examples/reverse.rasp'),
    '--max-length',
    '5',
    '--twin',
    'layers=2;layers=2,patterns=1',
    '--steps',
    '800',
  );
  const alike = (one, layer) => one.heads.find((h) => h.layer === layer)?.similarity;
  const [free, held] = r.out.runs;
  assert.deepEqual([free.experiment.patterns, held.experiment.patterns], [0, 1]);
  assert.ok(alike(held, 0) > 0.9 && alike(free, 0) < alike(held, 0), `${alike(free, 0)} ${alike(held, 0)}`);
  assert.ok(held.last.layers_loss > 0 && free.last.layers_loss === 0);
  assert.ok(held.last.held_out > 0.9);
});

await test('a run that diverges on the way stops, says so, and keeps the last good weights', () => {
  const out = path.join(scratch, 'diverged.safetensors');
  const r = run(
    'train',
    path.join(root, 'examples/dyck2.rasp'),
    '--max-length',
    '4',
    '--no-optimize',
    '--compress',
    '20',
    '--recipe',
    'orthonormal',
    '--rate',
    '1',
    '--steps',
    '200',
    '--batch',
    '16',
    '--examples',
    '100',
    '--seeds',
    '3',
    '--out',
    out,
  );
  assert.equal(r.status, r.out.ok ? 0 : 1);
  if (!r.out.ok) assert.match(r.out.diagnostics[0].message, /In every run the loss was no number any more/);
  assert.equal(
    r.out.ok,
    r.out.runs.some((x) => !x.diverged),
  );
  const gone = r.out.runs.filter((x) => x.diverged);
  assert.ok(gone.length > 0, 'a rate of 1 is too much for eight layers');
  for (const { last, best, s_ops } of gone) {
    assert.ok(last.step < 200);
    assert.ok(Number.isFinite(best.held_out) && s_ops.every((s) => Number.isFinite(s.right)));
  }
  const bytes = readFileSync(out),
    start = 8 + Number(bytes.readBigUInt64LE(0));
  assert.ok(
    new Float32Array(bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length)).every(
      Number.isFinite,
    ),
  );
});

await test('the command line refuses what makes no sense', () => {
  const reverse = path.join(root, 'examples/reverse.rasp');
  for (const [args, words] of [
    [['train', reverse], 'needs --compress'],
    [['train', reverse, '--compress', 'x'], 'whole number'],
    [['train', reverse, '--compress', '2', '--twin', 'layers=1'], 'needs --compress'],
    [['discover', reverse, reverse, '--compress', '2'], 'one program'],
    [['discover', reverse, '--compress', '2,3'], 'one d and one seed'],
    [['interchange', reverse, '--compress', 'x'], 'whole number'],
    [['train', reverse, '--twin', 'depth=2'], 'not "depth"'],
    [['train', reverse, '--compress', '2', '--seeds', '0'], '--seeds'],
    [['train', reverse, '--compress', '2', '--rate', 'fast'], '--rate'],
  ]) {
    const r = run(...args);
    assert.equal(r.status, 2);
    assert.ok(r.err.includes(words), `${args.join(' ')}: ${r.err.slice(0, 200)}`);
  }
  for (const args of [
    ['--compress', '0'],
    ['--compress', '999'],
    ['--twin', 'layers=0'],
  ]) {
    const r = run('train', reverse, ...args);
    assert.equal(r.status, 1, args.join(' '));
    assert.equal(r.out.diagnostics[0].code, 'bad-request');
  }
  assert.equal(run('discover', reverse, '--methods', 'magic').out.diagnostics[0].code, 'bad-request');
  assert.match(
    run('interchange', reverse, '--twin', '', '--steps', '5').out.diagnostics[0].message,
    /A twin has no s-ops/,
  );
  assert.equal(run('train', 'nowhere.rasp', '--compress', '2').out.diagnostics[0].code, 'file');
});

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
