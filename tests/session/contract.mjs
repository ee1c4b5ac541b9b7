// core/session/schema/contract.schema.json against what the engine says: every command on every example, every program with a mistake,
// refusals. A member that the schema does not name fails, and so does a request of ours that it does not allow.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { current, files } from '../../core/session/schema/generate.mjs';
import { loadEngine } from '../../wasm/engine.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const Ajv = createRequire(path.join(root, 'tests/package.json'))('ajv/dist/2020').default;
const schema = JSON.parse(readFileSync(path.join(root, 'core/session/schema/contract.schema.json'), 'utf8'));
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
ajv.addSchema(schema, 'contract');
const definition = (pointer) => ajv.getSchema(`contract#/$defs/${pointer}`);
const commands = Object.keys(schema.$defs.Requests.properties);
// What every visitor loads, and the same with experiments, listings and the second proof.
const small = await loadEngine(),
  laboratory = await loadEngine('laboratory');
const engineOf = (request) =>
  ['listing', 'python'].includes(request.command) || request.format === 'craft' || request.proof ? laboratory : small;

let passed = 0,
  failed = 0;
async function test(name, body) {
  try {
    await body();
    ++passed;
  } catch (error) {
    ++failed;
    console.log(`FAILED ${name}\n${error.message.slice(0, 2000)}`);
  }
}

function hold(validate, document, what) {
  if (validate(document)) return;
  // Of alternatives, what is wrong with the nearest: the one with the fewest faults.
  const faults = validate.errors
    .filter((e) => !['anyOf', 'const', 'enum'].includes(e.keyword))
    .map((e) => `${e.instancePath || '/'} ${e.message} ${JSON.stringify(e.params)}`);
  assert.fail(`${what}: ${[...new Set(faults)].slice(0, 8).join('\n')}\n${JSON.stringify(document).slice(0, 400)}`);
}

/** The kind of answer is what we expect, so that a failure is not taken for a document, and the other way round. */
async function ask(request, kind, what = JSON.stringify(request).slice(0, 100)) {
  hold(definition(`Requests/properties/${request.command}`), request, `request ${what}`);
  const { id, ...result } = await engineOf(request).request(request);
  assert.equal(id, request.id, what);
  hold(definition(kind ?? `Results/properties/${request.command}`), result, `${request.command} ${what}`);
  return result;
}

const program = (...parts) => readFileSync(path.join(root, ...parts), 'utf8');
const list = (folder) =>
  readdirSync(path.join(root, folder))
    .filter((f) => f.endsWith('.rasp'))
    .sort();

await test('types and lists for JavaScript are made from the schema as it is', () => {
  for (const name of Object.keys(files)) assert.ok(current(name), `${name}: run node core/session/schema/generate.mjs`);
});

await test('every object of the schema names all of its members', () => {
  const open = [];
  const walk = (s, at) => {
    if (s === null || typeof s !== 'object') return;
    if (s.properties && s.additionalProperties !== false) open.push(at);
    for (const [k, v] of Object.entries(s)) walk(v, `${at}/${k}`);
  };
  walk(schema.$defs, '');
  assert.deepEqual(open, []);
  assert.deepEqual(Object.keys(schema.$defs.Results.properties), commands);
});

for (const file of list('examples')) {
  await test(`documents of ${file}`, async () => {
    const source = { program: program('examples', file), name: file };
    const analyzed = await ask({ command: 'analyze', ...source, id: 7 }, 'AnalyzeResult', file);
    assert.equal(analyzed.ok, true);
    const input = analyzed.settings.input.values;
    await ask({ command: 'eval', ...source }, 'EvalResult', file);
    await ask({ command: 'run', ...source }, 'RunResult', file);
    await ask({ command: 'check', ...source, samples: 20 }, 'CheckResult', file);
    const checked = await ask({ command: 'check', ...source, samples: 1, proof: true }, 'CheckResult', file);
    if (checked.exactness === 'proved')
      assert.equal(checked.proof.confirmed, true, JSON.stringify(checked.proof.faults));
    await ask({ command: 'compile', ...source }, 'CompileSummary', file);
    await ask({ command: 'python', ...source }, 'PythonResult', file);
    // Craft: the same weights when read back, and the same outputs.
    const made = await ask({ command: 'compile', ...source, format: 'craft' }, 'CompileSummary', file);
    const listing = new TextDecoder().decode(laboratory.bytes());
    const again = await ask({ command: 'listing', listing, ...source, samples: 20, input }, 'ListingResult', file);
    assert.deepEqual([again.fingerprint, again.ok, again.comparison.mismatches], [made.fingerprint, true, 0], file);
    await ask({ command: 'listing', listing, format: 'craft', component: 'unembed' }, 'ListingResult', file);
    const none = await ask({ command: 'listing', listing, format: 'craft', component: 'head 99.0' }, 'Failure', file);
    assert.equal(none.diagnostics[0].code, 'bad-component');
    for (const request of [
      { command: 'compile', ...source, format: 'craft' },
      { command: 'check', ...source, samples: 1, proof: true },
    ]) {
      assert.equal((await small.request(request)).diagnostics[0].code, 'bad-request', file); // not left out in silence
    }
    const bad = await ask({ command: 'listing', listing: `${listing}dance\n` }, 'Failure', file);
    assert.deepEqual([bad.diagnostics[0].code, bad.diagnostics[0].line], ['bad-listing', listing.split('\n').length]);
    for (const passes of [undefined, { fuse: false, fold: false }]) {
      const compiled = await ask(
        { command: 'compile', ...source, passes, keep: true, details: true },
        'CompileResult',
        file,
      );
      const { handle } = compiled;
      const interventions = [
        { kind: 'set_residual', half_layer: 0, position: input.length, dimensions: [0], values: [2] },
      ];
      interventions.push({ kind: 'set_residual', half_layer: 0, position: 1, dimensions: [0], source: input });
      const held = compiled.subspaces.find((s) => s.node >= 0);
      if (held) interventions.push({ kind: 'interchange', s_op: held.node, source: input });
      compiled.layers.forEach((l, layer) => {
        interventions.push({ kind: 'zero_mlp', layer });
        for (const h of l.heads) // one that the compiler made of parts is no s-op's
          assert.ok(h.selector === -1 || compiled.nodes[h.selector].selector, `${file}: ${h.label}`);
        if (l.heads.length) interventions.push({ kind: 'zero_head', layer, head: 0 });
      });
      const trace = await ask({ command: 'trace', handle, input }, 'TraceResult', file);
      for (const n of new Set([Math.ceil(input.length / 2), input.length])) {
        const extended = await ask({ command: 'extend', handle, input: input.slice(0, n) }, 'ExtendResult', file);
        if (n < input.length) continue;
        const { values, types } = trace.model;
        assert.deepEqual(extended.model, { values, types }, file);
        for (const key of ['interpreter', 'defined', 'agrees', 'agree', 'T'])
          assert.deepEqual(extended[key], trace[key], file);
      }
      await ask({ command: 'trace', handle, input, interventions }, 'TraceResult', file);
      for (let half = 0; half <= 2 * compiled.layers.length; ++half) {
        await ask(
          {
            command: 'explain',
            handle,
            input,
            half_layer: half,
            dimension: 0,
            position: 1,
            interventions: half % 2 ? interventions : undefined,
          },
          'ExplainResult',
          file,
        );
      }
      for (const [layer, l] of compiled.layers.entries()) {
        await ask({ command: 'weights', handle, layer }, 'WeightsResult', file);
        for (const head of l.heads.keys())
          await ask({ command: 'weights', handle, layer, head }, 'WeightsResult', file);
      }
      await ask({ command: 'export', handle, format: 'safetensors', names: 'tracr' }, 'ExportResult', file);
      assert.equal(trace.T, input.length + 1);
      await ask({ command: 'release', handle }, 'ReleaseResult', file);
    }
    await ask(
      { command: 'eval_many', ...source, inputs: [input, '', input.slice(0, 1)], named: true },
      'EvalManyResult',
      file,
    );
    await ask({ command: 'format', program: source.program }, 'FormatResult', file);
  });
}

await test('documents of programs with mistakes', async () => {
  for (const file of list('tests/errors')) {
    const source = { program: program('tests/errors', file), limit_ms: 2000 };
    await ask({ command: 'analyze', ...source }, undefined, file);
    for (const command of ['eval', 'run', 'compile']) await ask({ command, ...source }, undefined, file);
    await ask({ command: 'eval_many', ...source, inputs: ['ab'] }, undefined, file);
    await ask({ command: 'format', ...source }, undefined, file);
  }
});

await test('library, comparison of passes, values of every kind', async () => {
  await ask({ command: 'library' }, 'LibraryResult');
  const hist = { program: program('examples', 'histogram.rasp') };
  const { handle } = await ask({ command: 'compile', ...hist, keep: true, details: true }, 'CompileResult');
  await ask({ command: 'compare_passes', handle }, 'ComparePassesResult');
  for (const format of ['json', 'meta', 'onnx']) await ask({ command: 'export', handle, format }, 'ExportResult');
  await ask({ command: 'compile', ...hist, format: 'onnx' }, 'CompileSummary');
  const values =
    'def f(a, b) { return a + b; } x = {1: [2.5, "a"], "k": 2}; s = select(tokens, tokens, ==); draw(indices); f; x; 2.5; s; indices("ab"); s("ab"); show example; 1 / indices;';
  for (const output of [undefined, 'x', 'f', 's', 'indices', '2.5', 'x[1]', 'indices("ab")']) {
    await ask({ command: 'eval', program: values, input: 'abc', output }, undefined);
    await ask({ command: 'analyze', program: values, input: 'abc', output }, 'AnalyzeResult');
  }
  const loads = {
    program: 'load "lib"; y = twice(x); y;',
    files: { 'lib.rasp': 'def twice(a) { return a + a; } x = indices; x;' },
    input: 'ab',
  };
  for (const command of ['analyze', 'eval', 'run', 'compile'])
    assert.equal((await ask({ command, ...loads })).ok, true);
  await ask({ command: 'analyze', ...loads, files: { 'lib.rasp': 'x = ;' } }, 'AnalyzeResult');
  await ask({ command: 'eval_many', program: values, output: 's', inputs: ['ab', ''] }, 'EvalManyResult');
  await ask(
    {
      command: 'check',
      program: '#@ expect "ab" -> [3, 1]\n#@ unique s\ns = select(tokens, tokens, ==); aggregate(s, indices);',
      vocabulary: 'ab',
      max_length: 2,
    },
    'CheckResult',
  );
  await ask({ command: 'run', program: '1 / indices;', input: 'ab' }, undefined);
});

await test('refusals', async () => {
  const { handle } = await small.request({ command: 'compile', program: 'tokens;', input: 'ab', keep: true });
  for (const request of [
    { command: 'trace', handle, input: 'z' },
    { command: 'extend', handle, input: 'z' },
    { command: 'extend', handle: 99, input: 'a' },
    { command: 'trace', handle: 99, input: 'a' },
    { command: 'trace', handle, input: 'a', interventions: [{ kind: 'zero_mlp', layer: 9 }] },
    { command: 'explain', handle, input: 'z', half_layer: 0, dimension: 0, position: 0 },
    { command: 'explain', handle, input: 'a', half_layer: 9, dimension: 0, position: 0 },
    { command: 'weights', handle, layer: 9 },
    { command: 'weights', handle, layer: 0, head: 9 },
    { command: 'compare_passes', handle: 99 },
    { command: 'export', handle: 99 },
    { command: 'compile', program: 'x =' },
    { command: 'check', program: 'x =' },
    { command: 'run', program: 'tokens;' },
    { command: 'run', program: 'tokens;', input: 'a', vocabulary: 'b' },
    { command: 'analyze', program: 'def f(x) { return f(x); } f(1);', limit_ms: 1 },
  ]) {
    const refused = await ask(request, request.command === 'analyze' ? undefined : 'Failure');
    assert.equal(refused.ok, false);
    assert.ok(refused.diagnostics.length > 0, `${JSON.stringify(request)} says why`);
  }
  for (const request of [
    [],
    {},
    { command: 'none' },
    { command: 'trace', handle, input: 7 },
    { command: 'analyze', program: 7 },
  ]) {
    const { id, ...refused } = await small.request(request);
    hold(definition('Failure'), refused, JSON.stringify(request));
    for (const d of refused.diagnostics)
      assert.doesNotMatch(d.hint ?? '', /\.(ts|cc|h)\b/, 'hints do not send people to source files');
  }
});

await test('what the schema does not name is found', () => {
  const validate = definition('Results/properties/library');
  assert.equal(validate({ ok: true, entries: [], version: '1' }), true);
  assert.equal(validate({ ok: true, entries: [], version: '1', more: 1 }), false);
  assert.equal(validate({ ok: true, entries: [] }), false);
  assert.equal(definition('Requests/properties/format')({ command: 'format', program: '', handel: 1 }), false);
});

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
