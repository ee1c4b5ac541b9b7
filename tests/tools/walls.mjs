// node tests/tools/walls.mjs build/release/tests/session_native [NAME…]: time, size and proof of every program in
// tests/programs/walls (and of the files that are named), each in a native process of its own, with inputs checked
// against the interpreter.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../programs/walls');
const [native, ...names] = process.argv.slice(2);
if (!native) {
  console.error('usage: node walls.mjs PATH-TO-session_native [NAME…]');
  process.exit(2);
}
const files = readdirSync(folder)
  .filter((f) => f.endsWith('.rasp') && (!names.length || names.some((n) => f.startsWith(n))))
  .sort();
const cell = (text, width) => String(text).padStart(width);
console.log(
  `${'program'.padEnd(24)}${cell('ms', 8)}${cell('exact', 8)}${cell('layers', 8)}${cell('d_model', 9)}${cell('d_mlp', 8)}${cell('parameters', 15)}${cell('non-zeros', 11)}  differs`,
);
for (const file of files) {
  const child = spawn(native, [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (request) => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return JSON.parse((await lines.next()).value);
  };
  const program = readFileSync(path.join(folder, file), 'utf8');
  const start = performance.now();
  const c = await ask({ command: 'compile', program, limit_ms: 60000 });
  const ms = (performance.now() - start).toFixed(0);
  if (c.ok) {
    const m = c.model;
    const checked = await ask({ command: 'check', program, samples: 20, limit_ms: 120000 });
    const differs = checked.ok
      ? `${checked.mismatches} of ${checked.inputs}`
      : checked.diagnostics.find((d) => d.severity === 'error').code;
    const why = c.exact ? '' : `  ${(c.inexact_reasons ?? c.reasons ?? []).join('; ').slice(0, 100)}`;
    console.log(
      `${file.slice(0, -5).padEnd(24)}${cell(ms, 8)}${cell(c.exact ? 'yes' : 'no', 8)}${cell(m.layers, 8)}${cell(m.d_model, 9)}${cell(m.d_mlp, 8)}${cell(m.parameters, 15)}${cell(m.nonzeros, 11)}  ${differs}${why}`,
    );
    if (process.env.STAGES) console.log('   ', JSON.stringify(c.timings_ms));
  } else {
    const d = c.diagnostics.find((x) => x.severity === 'error');
    console.log(`${file.slice(0, -5).padEnd(24)}${cell(ms, 8)}  ${d.code}: ${d.message.slice(0, 150)}`);
  }
  child.stdin.end();
}
