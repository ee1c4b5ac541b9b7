// The same program gives the same weights, whoever compiled the compiler: random programs by native builds of two
// compilers and by the WebAssembly module, model for model, bit for bit. A difference is undefined or unspecified
// behaviour: mostly an order of evaluation.
//   node tests/session/parity.mjs FIRST_SEED COUNT GENERATOR NAME=session_native …
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { loadEngine } from '../../wasm/engine.mjs';

const [first, count, generator, ...twins] = process.argv.slice(2);
assert.ok(twins.length, 'usage: parity.mjs FIRST_SEED COUNT GENERATOR NAME=PROGRAM …');
const requests = execFileSync(generator, ['--requests', first, count], { encoding: 'utf8', maxBuffer: 1 << 30 })
  .trim()
  .split('\n');
assert.equal(requests.length, Number(count));

/** What must not depend on the build. Links of the proof hold logarithms, whose last bits are the C library's. */
const judged = (d) =>
  JSON.stringify(
    d.ok
      ? { fingerprint: d.fingerprint, model: d.model, exactness: d.exactness, reasons: d.reasons }
      : { codes: d.diagnostics.map((x) => [x.code, x.message]) },
  );

function native(program) {
  const child = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(request) {
      child.stdin.write(`${request}\n`);
      const { value, done } = await lines.next();
      assert.ok(!done, `${program} ended on ${request}`);
      return judged(JSON.parse(value));
    },
    end: () => child.stdin.end(),
  };
}

const engine = await loadEngine();
const builds = [['WebAssembly', { ask: async (request) => judged(await engine.requestText(request)), end() {} }]];
for (const twin of twins) {
  const [name, program] = twin.split(/=(.*)/s);
  builds.push([name, native(program)]);
}

let failed = 0,
  compiled = 0;
for (const request of requests) {
  const answers = await Promise.all(builds.map(([, b]) => b.ask(request)));
  if (answers[0].startsWith('{"fingerprint"')) ++compiled;
  if (answers.every((a) => a === answers[0])) continue;
  if (failed++ < 3) {
    const { id, program, vocabulary, max_length, causal } = JSON.parse(request);
    const wrong = builds.map(([name], i) => `  ${name}: ${answers[i].slice(0, 400)}`).join('\n');
    console.log(
      `FAILED seed ${id}, vocabulary ${JSON.stringify(vocabulary)}, maximal length ${max_length}, causal ${causal}\n${program}${wrong}`,
    );
  }
}
for (const [, b] of builds) b.end();
console.log(`${compiled} of ${count} programs compile; builds: ${builds.map(([name]) => name).join(', ')}`);
if (compiled < Number(count) / 2) ++failed; // a generator whose programs are refused would show nothing
console.log(`${Number(count) - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
