// The laboratory as its users see it: the command line, the native twin against the WebAssembly module to the last bit, and documents
// against core/lab/schema.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadEngine } from '../../wasm/engine.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const example = (name) => readFileSync(path.join(root, 'examples', `${name}.rasp`), 'utf8');
const scratch = mkdtempSync(path.join(tmpdir(), 'rasp-lab-'));
const run = (...args) => {
  const r = spawnSync(process.execPath, [path.join(root, 'wasm/cli.mjs'), ...args], { encoding: 'utf8', input: '', maxBuffer: 1 << 28 });
  return { status: r.status, out: r.stdout ? JSON.parse(r.stdout) : null, progress: r.stderr.trim().split('\n'), err: r.stderr };
};
let passed = 0, failed = 0;
async function test(name, body) {
  try { await body(); ++passed; } catch (error) { ++failed; console.log(`FAILED ${name}\n${error.stack}`); }
}

const schema = JSON.parse(readFileSync(path.join(root, 'core/lab/schema/laboratory.schema.json'), 'utf8'));
const Ajv = createRequire(path.join(root, 'tests/package.json'))('ajv/dist/2020').default;
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
ajv.addSchema(schema, 'lab');
const hold = (name, document) => {
  const validate = ajv.getSchema(`lab#/$defs/${name}`);
  assert.ok(validate(document), `${name}: ${JSON.stringify(validate.errors?.slice(0, 4))} ${JSON.stringify(document).slice(0, 300)}`);
};
const engine = await loadEngine('laboratory');
const small = { command: 'lab_start', program: example('shift'), max_length: 5, training: { steps: 100 } };

await test('documents are what the schema says', async () => {
  for (const experiment of [{ kind: 'superposition', d: 8 }, { kind: 'twin', layers: 1, d_model: 16 }]) {
    const started = await engine.request({ ...small, experiment });
    hold('LabStartResult', started);
    hold('LabAdvanceResult', await engine.request({ command: 'lab_advance', run: started.run, milliseconds: 5 }));
    hold('LabAdvanceResult', await engine.request({ command: 'lab_advance', run: started.run }));
    const picture = await engine.request({ command: 'lab_picture', run: started.run, input: started.model.labels.length > 0 ? 'abc' : '' });
    if (picture.ok) hold('LabPictureResult', picture);
    hold('LabPictureResult', await engine.request({ command: 'lab_picture', run: started.run }));
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
  const native = ['asan', 'release'].map((folder) => path.join(root, 'build', folder, 'tests/session_native')).find(existsSync);
  assert.ok(native, 'session_native is not built');
  for (const more of [{ experiment: { kind: 'superposition', d: 9 } }, { program: example('fraction_previous'), experiment: { kind: 'superposition', d: 2 } }, { program: example('reverse'), experiment: { kind: 'twin' }, training: { steps: 60 } }]) {
    const requests = [{ ...small, ...more }, { command: 'lab_advance', run: 1, steps: 1000 }, { command: 'lab_picture', run: 1 }];
    const other = spawnSync(native, [], { encoding: 'utf8', input: `${requests.map((r) => JSON.stringify(r)).join('\n')}\n`, maxBuffer: 1 << 28 });
    const lines = other.stdout.trim().split('\n').map((line) => JSON.parse(line));
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
  const r = run('train', path.join(root, 'examples/fraction_previous.rasp'), '--max-length', '5', '--no-optimize', '--compress', '1,6', '--seeds', '2', '--steps', '2000', '--out', out);
  assert.equal(r.status, 0, r.err.slice(-500));
  assert.equal(r.out.model.d_model, 11);
  assert.equal(r.out.smallest_d, 6, 'one dimension is not enough for two');
  const [one, six] = r.out.curve;
  assert.deepEqual([one.d, one.all_right, six.d, six.all_right, six.best], [1, 0, 6, 2, 1]);
  assert.ok(one.best < 1);
  for (const line of r.progress) hold('Point', (({ experiment, seed, steps, ...point }) => point)(JSON.parse(line)));
  assert.equal(r.progress.length, 4 * 41);
  const bytes = readFileSync(out), header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString());
  assert.deepEqual(header['embed.W_E'].shape, [4, 6]);
  assert.equal(bytes.length, 8 + Number(bytes.readBigUInt64LE(0)) + Math.max(...Object.values(header).map((t) => t.data_offsets?.[1] ?? 0)));
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
  const files = ['binary_number', 'fraction_previous', 'histogram', 'reverse', 'shift', 'sort'].map((name) => path.join(root, 'examples', `${name}.rasp`));
  const r = run('discover', ...files);
  assert.equal(r.status, 0, r.err.slice(-500));
  assert.equal(r.out.programs, files.length);
  const row = (name) => r.out.methods.find((m) => m.method === name);
  for (const name of ['edge_patching', 'eap_ig', 'acdc']) assert.equal(row(name).auc.causal.worst, 1, name);
  for (const name of ['eap_ig', 'acdc']) assert.ok(row(name).auc.semantic.mean < 0.95 && row(name).auc.semantic.mean > 0.6, name);
  assert.ok(row('eap').auc.causal.worst < 0.8, 'one gradient alone misses what a saturated softmax hides');
  const one = run('discover', files[3], '--methods', 'eap,acdc', '--pairs', '5');
  hold('DiscoverResult', one.out);
  assert.deepEqual(one.out.methods.map((m) => m.method), ['eap', 'acdc']);
  for (const truth of ['causal', 'semantic', 'structural']) assert.equal(one.out.faithfulness[truth], 1, truth);
  for (const e of one.out.circuit.edges) {
    assert.ok(!e.causal || e.structural, 'what changes an answer has weights');
    assert.ok(!e.semantic || e.structural);
    assert.equal(e.causal, 'witness' in e);
  }
});

await test('the command line refuses what makes no sense', () => {
  const reverse = path.join(root, 'examples/reverse.rasp');
  for (const [args, words] of [
    [['train', reverse], 'needs --compress'], [['train', reverse, '--compress', 'x'], 'whole number'], [['train', reverse, '--compress', '2', '--twin', 'layers=1'], 'needs --compress'],
    [['train', reverse, '--twin', 'depth=2'], 'not "depth"'], [['train', reverse, '--compress', '2', '--seeds', '0'], '--seeds'], [['train', reverse, '--compress', '2', '--rate', 'fast'], '--rate'],
  ]) {
    const r = run(...args);
    assert.equal(r.status, 2);
    assert.ok(r.err.includes(words), `${args.join(' ')}: ${r.err.slice(0, 200)}`);
  }
  for (const args of [['--compress', '0'], ['--compress', '999'], ['--twin', 'layers=0']]) {
    const r = run('train', reverse, ...args);
    assert.equal(r.status, 1, args.join(' '));
    assert.equal(r.out.diagnostics[0].code, 'bad-request');
  }
  assert.equal(run('discover', reverse, '--methods', 'magic').out.diagnostics[0].code, 'bad-request');
  assert.equal(run('train', 'nowhere.rasp', '--compress', '2').out.diagnostics[0].code, 'file');
});

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
