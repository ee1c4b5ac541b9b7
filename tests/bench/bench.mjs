// node bench.mjs --native PATH --wasm PATH.mjs [--json PATH] [--only TEXT] [--milliseconds N] [--rounds N]
// One run on one machine, the same weights for every engine: our engine native and in WebAssembly, dense Eigen matrices
// native, and onnxruntime-web (one thread, SIMD). Prints tables; all numbers as JSON with --json.
// Engines take turns within each round, and each keeps its fastest round: what else the machine does hits them alike.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { loadOnnx, runOnnx } from '../export/runtime.mjs';
import { exponents, median } from './fit.mjs';

const { values: options } = parseArgs({
  options: {
    native: { type: 'string' },
    wasm: { type: 'string' },
    json: { type: 'string' },
    only: { type: 'string', default: '' },
    milliseconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '5' },
  },
});
if (!options.native || !options.wasm) {
  console.error(
    'usage: node bench.mjs --native PATH --wasm PATH.mjs [--json PATH] [--only TEXT] [--milliseconds N] [--rounds N]',
  );
  process.exit(2);
}
const milliseconds = Number(options.milliseconds),
  rounds = Number(options.rounds);

function startNative(program) {
  const child = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(line) {
      child.stdin.write(`${line}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`the native engine ended at "${line}"`);
      return JSON.parse(value);
    },
    end() {
      child.stdin.end();
    },
  };
}

async function startWasm(module) {
  const { default: createEngine } = await import(pathToFileURL(module));
  const engine = await createEngine({ wasmBinary: readFileSync(module.replace(/\.mjs$/, '.wasm')) });
  return { ask: async (line) => JSON.parse(engine.answer(line)) };
}

async function timeOnnx(session, sequences) {
  await runOnnx(session, sequences);
  const pass = async (n) => {
    const start = performance.now();
    for (let i = 0; i < n; ++i) await runOnnx(session, sequences);
    return (performance.now() - start) * 1e6;
  };
  const once = await pass(1);
  const stretches = 4,
    repetitions = Math.max(1, Math.floor((milliseconds * 1e6) / stretches / once));
  let best = once;
  for (let i = 0; i < stretches; ++i) best = Math.min(best, (await pass(repetitions)) / repetitions);
  return best / sequences.length;
}

const largestDifference = (a, b) => {
  if (a.length !== b.length) return Infinity;
  let d = 0;
  for (let i = 0; i < a.length; ++i) d = Math.max(d, Math.abs(a[i] - b[i]) / Math.max(1, Math.abs(b[i])));
  return d;
};

const native = startNative(options.native);
const wasm = await startWasm(options.wasm);
const directory = mkdtempSync(path.join(tmpdir(), 'rasp-bench-'));
const results = [];
try {
  const subjects = await native.ask('subjects');
  for (const [index, name] of subjects.entries()) {
    if (!name.includes(options.only)) continue;
    const row = await native.ask(`load ${index}`);
    const other = await wasm.ask(`load ${index}`);
    if (row.refused) throw new Error(`${name}: ${row.refused}`);
    if (row.fingerprint !== other.fingerprint)
      throw new Error(`${name}: native and WebAssembly have different weights`);
    row.wasm_timings_ms = other.timings_ms;
    const file = path.join(directory, 'model.onnx');
    row.onnx = await native.ask(`onnx ${file}`);
    const session = row.onnx.bytes ? await loadOnnx(new Uint8Array(readFileSync(file))) : null;
    rmSync(file, { force: true });

    // The same answers before any time is taken.
    const expected = await native.ask('logits sparse');
    row.differences = {
      wasm: largestDifference(await wasm.ask('logits sparse'), expected),
      dense: largestDifference(await native.ask('logits dense'), expected),
    };
    if (session) row.differences.onnx = largestDifference((await runOnnx(session, [row.ids])).logits.data, expected);
    for (const [engine, d] of Object.entries(row.differences))
      if (!(d < 1e-3)) throw new Error(`${name}: ${engine} answers differently (by ${d})`);

    row.ns = {};
    const keep = (key, ns) => {
      row.ns[key] = Math.min(row.ns[key] ?? Infinity, ns);
    };
    for (let round = 0; round < rounds; ++round) {
      keep('native', await native.ask(`time sparse ${milliseconds}`));
      keep('wasm', await wasm.ask(`time sparse ${milliseconds}`));
      if (session) keep('onnx', await timeOnnx(session, [row.ids]));
      keep('dense', await native.ask(`time dense ${milliseconds}`));
      keep('native_traced', await native.ask(`time traced ${milliseconds}`));
      keep('native_batch', await native.ask(`time batch ${milliseconds}`));
      keep('wasm_batch', await wasm.ask(`time batch ${milliseconds}`));
      if (session) keep('onnx_batch', await timeOnnx(session, row.batch));
      keep('native_prepare', await native.ask(`time prepare ${milliseconds}`));
    }
    delete row.ids;
    delete row.batch;
    await session?.release();
    results.push(row);
    console.error(`measured ${name}`);
  }
} finally {
  native.end();
  rmSync(directory, { recursive: true, force: true });
}

const micro = (ns) => (ns === undefined ? '–' : (ns / 1000).toFixed(ns < 1e5 ? 1 : 0));
const times = (x) => (Number.isFinite(x) ? `${x.toFixed(x < 10 ? 2 : 0)}×` : '–');
function table(head, rows) {
  const cells = [head, ...rows.map((r) => r.map(String))];
  const widths = head.map((_, c) => Math.max(...cells.map((r) => [...r[c]].length)));
  const pad = (text, c) => (c === 0 ? text.padEnd(widths[c]) : text.padStart(widths[c]));
  cells.forEach((r, i) => {
    console.log(`| ${r.map(pad).join(' | ')} |`);
    if (i === 0)
      console.log(`|${widths.map((w, c) => (c === 0 ? `:${'-'.repeat(w + 1)}` : `${'-'.repeat(w + 1)}:`)).join('|')}|`);
  });
}

console.log('\n## One pass over an input of full length, in microseconds (batch: per input of 16)\n');
table(
  [
    'model',
    'd_model',
    'non-zeros',
    'native',
    'wasm',
    'traced',
    'dense',
    'ort-web',
    'native batch',
    'wasm batch',
    'ort batch',
    'ort/wasm',
    'ort/wasm batch',
    'wasm/native',
  ],
  results.map((r) => [
    r.name,
    r.d_model,
    r.nonzeros,
    micro(r.ns.native),
    micro(r.ns.wasm),
    micro(r.ns.native_traced),
    micro(r.ns.dense),
    micro(r.ns.onnx),
    micro(r.ns.native_batch),
    micro(r.ns.wasm_batch),
    micro(r.ns.onnx_batch),
    times(r.ns.onnx / r.ns.wasm),
    times(r.ns.onnx_batch / r.ns.wasm_batch),
    times(r.ns.wasm / r.ns.native),
  ]),
);

const ratios = {
  'onnxruntime-web / WebAssembly, one input': (r) => r.ns.onnx / r.ns.wasm,
  'onnxruntime-web / WebAssembly, batch of 16': (r) => r.ns.onnx_batch / r.ns.wasm_batch,
  'onnxruntime-web / native, one input': (r) => r.ns.onnx / r.ns.native,
  'dense Eigen / native': (r) => r.ns.dense / r.ns.native,
  'WebAssembly / native': (r) => r.ns.wasm / r.ns.native,
  'WebAssembly / native, batch of 16': (r) => r.ns.wasm_batch / r.ns.native_batch,
  'traced / untraced': (r) => r.ns.native_traced / r.ns.native,
  'preparing / one pass': (r) => r.ns.native_prepare / r.ns.native,
};
const summary = {};
console.log('\n## Ratios over the suite\n');
table(
  ['ratio', 'median', 'least', 'most'],
  Object.entries(ratios).map(([name, of]) => {
    const all = results.map(of).filter(Number.isFinite);
    summary[name] = { median: median(all), least: Math.min(...all), most: Math.max(...all) };
    return [name, times(summary[name].median), times(summary[name].least), times(summary[name].most)];
  }),
);

console.log('\n## Growth: time ~ size^exponent, fitted by least squares over the logarithms\n');
const growth = exponents(results);
table(
  ['group', 'against', 'from', 'to', 'native', 'wasm', 'dense', 'ort-web'],
  growth.map((g) => [
    g.group,
    g.against,
    g.from,
    g.to,
    ...['native', 'wasm', 'dense', 'onnx'].map((k) => (g[k] === null ? '–' : g[k].toFixed(2))),
  ]),
);

const compiled = results.filter((r) => Object.keys(r.timings_ms).length > 0);
if (compiled.length > 0) {
  const stages = [...new Set(compiled.flatMap((r) => Object.keys(r.timings_ms)))];
  console.log('\n## Compile time per stage (ms, native) and model size\n');
  table(
    ['model', ...stages, 'layers', 'heads', 'd_model', 'd_head', 'd_mlp', 'parameters', 'non-zeros'],
    compiled.map((r) => [
      r.name,
      ...stages.map((s) => (r.timings_ms[s] ?? 0).toFixed(2)),
      r.layers,
      r.n_heads,
      r.d_model,
      r.d_head,
      r.d_mlp,
      r.parameters,
      r.nonzeros,
    ]),
  );
}
if (options.json) writeFileSync(options.json, `${JSON.stringify({ results, summary, growth }, null, 1)}\n`);
