// What the suites of programs in Python share: one engine, requests with typed inputs, comparison of typed values.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadEngine } from '../../wasm/engine.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const read = (...parts) => readFileSync(path.join(root, ...parts), 'utf8');
export const engine = await loadEngine();
export const rasp = 'from tracr.rasp import rasp\n';
let passed = 0,
  failed = 0;
const only = process.argv[2]; // a part of a test's name
export async function test(name, body) {
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
export const raw = ({ values, types }) =>
  `[${values.map((v, i) => (types[i] === 'f' && Number.isInteger(v) ? v.toFixed(1) : JSON.stringify(v))).join(',')}]`;
export function ask(command, program, { input, vocabulary, ...more } = {}) {
  const members = JSON.stringify({ command, program, name: 'program.py', limit_ms: 20_000, ...more }).slice(0, -1);
  return engine.requestText(
    `${members}${input ? `,"input":${raw(input)}` : ''}${vocabulary ? `,"vocabulary":${raw(vocabulary)}` : ''}}`,
  );
}
export const text = (s) => ({ values: [...s], types: 's'.repeat(s.length) });

export function same(got, wanted, what) {
  assert.equal(got.types, wanted.types, `${what}: ${JSON.stringify(got)} for ${JSON.stringify(wanted)}`);
  wanted.values.forEach((v, i) => {
    const near =
      wanted.types[i] === 'f' ? Math.abs(got.values[i] - v) <= 1e-12 * Math.max(1, Math.abs(v)) : got.values[i] === v;
    assert.ok(near, `${what}: ${JSON.stringify(got)} for ${JSON.stringify(wanted)}`);
  });
}

/** Random inputs of a program's vocabulary: every length, the same each time. */
export function inputsOf({ vocabulary, max_length }, count) {
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

/** One program on many inputs. */
export const many = async (program, name, inputs) => {
  const r = await engine.requestText(
    `${JSON.stringify({ command: 'eval_many', program, name }).slice(0, -1)},"inputs":[${inputs.map(raw).join(',')}]}`,
  );
  assert.ok(r.ok, JSON.stringify(r.diagnostics));
  return r.results;
};

/** A program's first error. */
export async function mistake(program, more = {}) {
  const r = await ask('eval', program, { input: text('ab'), ...more });
  assert.equal(r.ok, false, JSON.stringify(r));
  return r.diagnostics.find((d) => d.severity === 'error');
}
/** The last line of a suite: its counts. */
export function end() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}
