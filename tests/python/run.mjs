// Tracr's programs in Python, run by Pyodide in Node: its records against its interpreter's values, programs with mistakes, and what brings Python down.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadEngine } from '../../wasm/engine.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const read = (...parts) => readFileSync(path.join(root, ...parts), 'utf8');
const engine = await loadEngine();
let passed = 0, failed = 0;
async function test(name, body) {
  try { await body(); ++passed; } catch (error) { ++failed; console.log(`FAILED ${name}\n${error.message.slice(0, 2000)}`); }
}

/** Values beside the letters of their kinds as JSON that keeps floats floats. */
const raw = ({ values, types }) => `[${values.map((v, i) => (types[i] === 'f' && Number.isInteger(v) ? v.toFixed(1) : JSON.stringify(v))).join(',')}]`;
function ask(command, program, { input, vocabulary, ...more } = {}) {
  const members = JSON.stringify({ command, program, name: 'program.py', limit_ms: 20_000, ...more }).slice(0, -1);
  return engine.requestText(`${members}${input ? `,"input":${raw(input)}` : ''}${vocabulary ? `,"vocabulary":${raw(vocabulary)}` : ''}}`);
}
const text = (s) => ({ values: [...s], types: 's'.repeat(s.length) });
const ints = (...values) => ({ values, types: 'i'.repeat(values.length) });

function same(got, wanted, what) {
  assert.equal(got.types, wanted.types, `${what}: ${JSON.stringify(got)} for ${JSON.stringify(wanted)}`);
  wanted.values.forEach((v, i) => {
    const near = wanted.types[i] === 'f' ? Math.abs(got.values[i] - v) <= 1e-12 * Math.max(1, Math.abs(v)) : got.values[i] === v;
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
const refused = { defect__mean_none_raises: 'mixed-mean' };  // None is always among what is averaged: no input has a value

for (const record of JSON.parse(read('tests/golden/tracr/python.json'))) {
  await test(record.name, async () => {
    const program = `#@ output program\n${head}${record.source}\n`;
    const { vocabulary, max_length, causal } = record;
    for (const run of record.runs) {
      const r = await ask('eval', program, { input: run.input, vocabulary, max_length, causal });
      if (run.values === null) { assert.equal(r.ok, false); continue; }
      assert.ok(r.ok, JSON.stringify(r.diagnostics));
      same(r, run.values, `eval of ${raw(run.input)}`);
    }
    const r = await ask('check', program, { vocabulary, max_length, causal, samples: 60 });
    if (record.name in refused) { assert.equal(r.diagnostics[0].code, refused[record.name]); return; }
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
    assert.deepEqual(diagnostics.map((d) => [d.code, expected[0][1] === undefined ? undefined : `${d.line}:${d.column}`]).slice(0, expected.length), expected);
  });
}

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
