// The large programs (tests/programs/large), each in a process of its own with a fresh WebAssembly engine: they compile
// within the ordinary limits and 512 MB, are proved exact (but one), and agree with the interpreter on long random
// inputs.
//   node tests/wasm/large.mjs            tests; last line "N passed, M failed"
//   node tests/wasm/large.mjs FILE       one program, as JSON (figures.mjs and bench use it)
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadEngine } from '../../wasm/engine.mjs';

const here = fileURLToPath(import.meta.url);
const folder = path.resolve(path.dirname(here), '../programs/large');
/** Thousands of positions: proved, and too long to be run thirty times. */
const long = ['reverse_1024', 'reverse_2048'].map((f) => path.resolve(folder, `../walls/${f}.rasp`));
export const largePrograms = () =>
  readdirSync(folder)
    .filter((f) => f.endsWith('.rasp'))
    .sort()
    .map((f) => path.join(folder, f));

/** Compiles FILE in a fresh process: { ok, exact, model, timings_ms, compile_ms, megabytes, mismatches, diagnostics }. */
export function measure(file) {
  const r = spawnSync(process.execPath, [here, file], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (r.status !== 0) throw new Error(`${file}: ${r.stderr}`);
  return JSON.parse(r.stdout);
}

if (process.argv[1] === here && process.argv[2]) {
  const engine = await loadEngine();
  const program = readFileSync(process.argv[2], 'utf8');
  const start = performance.now();
  const c = await engine.request({ command: 'compile', program });
  const compile_ms = performance.now() - start;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  const checked = c.ok
    ? await engine.request({
        command: 'check',
        program,
        samples: long.includes(path.resolve(process.argv[2])) ? 1 : 30,
        limit_ms: 120000,
      })
    : {};
  console.log(
    JSON.stringify({
      file: path.basename(process.argv[2], '.rasp'),
      title: /^#@ title (.*)$/m.exec(program)?.[1],
      ok: c.ok,
      exact: c.exact,
      model: c.model,
      timings_ms: c.timings_ms,
      compile_ms,
      megabytes,
      mismatches: checked.mismatches,
      inputs: checked.inputs,
      diagnostics: c.diagnostics,
    }),
  );
} else if (process.argv[1] === here) {
  let passed = 0,
    failed = 0;
  for (const file of [...largePrograms(), ...long]) {
    try {
      const r = measure(file);
      assert.equal(r.ok, true, JSON.stringify(r.diagnostics));
      assert.equal(r.exact, true, `${r.title} is not proved: ${JSON.stringify(r.diagnostics)}`);
      assert.ok(r.megabytes < 512, `${r.title}: ${r.megabytes} MB`);
      assert.deepEqual([r.mismatches, r.inputs], [0, long.includes(file) ? 1 : 30], r.title);
      ++passed;
    } catch (error) {
      ++failed;
      console.log(`FAILED ${path.basename(file)}\n${error.stack}`);
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}
