// The ceiling of the WebAssembly module's memory: a program within every other limit that needs 1.8 GB is refused as
// `limit-memory`, and whatever comes next works, in the same session and with the models it holds.
import assert from 'node:assert/strict';
import { loadEngine } from '../../wasm/engine.mjs';

/** Nine lists of 100,000 ints, each of 16,384 bits: 2 KB an element, and few steps for each. */
export const hungry =
  'b = 1;\nfor i in range(0, 14) { b = b * b * 2; }\nb = b - 1;\nkept = [[-b for i in range(0, 100000)] for k in range(0, 9)];\nx = indices;\n';

const engine = await loadEngine();
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
const histogram = { program: 'h = selector_width(select(tokens, tokens, ==));\n', vocabulary: 'abc', max_length: 8 };
const codes = (r) => r.diagnostics.filter((d) => d.severity === 'error').map((d) => `${d.class} ${d.code}`);

await test('a program that needs more than the ceiling is refused, again and again, and the session goes on', async () => {
  const compiled = await engine.request({ command: 'compile', keep: true, ...histogram });
  assert.equal(compiled.ok, true);
  for (let i = 0; i < 3; ++i) {
    const refused = await engine.request({ command: 'eval', program: hungry, input: 'ab', limit_ms: 60_000 });
    assert.equal(refused.ok, false);
    assert.deepEqual(codes(refused), ['limit limit-memory']);
    assert.deepEqual(
      (await engine.request({ command: 'run', ...histogram, input: 'abca' })).model.values,
      [2, 1, 1, 2],
    );
    assert.deepEqual(
      (await engine.request({ command: 'trace', handle: compiled.handle, input: 'abca' })).model.values,
      [2, 1, 1, 2],
    );
  }
});

await test('a third of it is not refused: the memory of what was refused is free again', async () => {
  const third = hungry.replace('range(0, 9)', 'range(0, 3)');
  const r = await engine.request({ command: 'eval', program: third, input: 'ab', limit_ms: 60_000 });
  assert.deepEqual([r.ok, r.values], [true, [0, 1]], JSON.stringify(r.diagnostics));
});

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
