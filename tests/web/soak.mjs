// Endurance, in the real page: thousands of random edits and inputs without a leak, a stale result or a lost keystroke, and
// workers ended and started again in between.   node tests/web/soak.mjs [EDITS] [RESTARTS]
import assert from 'node:assert/strict';
import { loadEngine } from '../../wasm/engine.mjs';
import { editor, launch, open, output, serve, settled } from './browser.mjs';

const edits = Number(process.argv[2] ?? 10_000), restarts = Number(process.argv[3] ?? 1_000);
let seed = 20_261;
const random = (n) => { seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff; return Math.floor((seed / 0x80000000) * n); };

const engine = await loadEngine();
const server = await serve();
const browser = await launch();
const page = await open(browser, server.url);
const cdp = await page.context().newCDPSession(page);
await settled(page);

const pieces = ['x = indices + 1;\n', 'h = selector_width(select(tokens, tokens, ==));\n', 'r = aggregate(select(indices, length - indices - 1, ==), tokens);\n', 'm = aggregate(select(indices, indices, <=), indicator(tokens == "a"));\n', 'def f(a) { return a * 2; }\n', 'y = f(indices);\n', '# comment\n', 'z = ', ');', '(', '"', ';', ' '];
const text = () => page.evaluate(() => { const v = document.querySelector('.editor-host').shadowRoot.querySelector('.cm-content'); return v.cmTile?.view?.state.doc.toString() ?? v.cmView?.view?.state.doc.toString() ?? null; });

async function heap() {
  await cdp.send('HeapProfiler.collectGarbage');
  await cdp.send('HeapProfiler.collectGarbage');
  return (await cdp.send('Runtime.getHeapUsage')).usedSize;
}

/** A program and input whose answer is known from the engine in Node. */
async function known(i) {
  const program = `#@ vocabulary "abc"\n#@ max_length 8\nanswer = ${['selector_width(select(tokens, tokens, ==))', 'indices * 3', 'aggregate(select(indices, length - indices - 1, ==), tokens)'][i % 3]} + ${i % 3 === 2 ? '"!"' : i % 17};\n`;
  const input = Array.from({ length: 1 + random(8) }, () => 'abc'[random(3)]).join('');
  await editor(page).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(program);
  await page.fill('#input', input);
  await page.waitForFunction((n) => document.querySelector('.result h2')?.textContent === 'answer' && document.querySelectorAll('.compare tr:nth-child(2) td').length === n, input.length);
  await settled(page);
  const expected = (await engine.request({ command: 'eval', program, input })).values.map(String);
  assert.deepEqual(await output(page), expected, `${program} on ${input}`);
  const kept = await text();
  if (kept !== null) assert.equal(kept, program, 'a keystroke was lost');
}

await known(0);
let base = 0, last = 0, done = 0;
const rounds = Math.max(10, Math.ceil(edits / 100));
for (let round = 0; round < rounds; ++round) {
  await editor(page).click();
  for (let i = 0; i < edits / rounds; ++i, ++done) {
    const move = random(8);
    if (move === 0) await page.keyboard.press('Backspace');
    else if (move === 1) await page.keyboard.press(['ArrowLeft', 'ArrowUp', 'ArrowRight', 'Control+Home', 'Control+End'][random(5)]);
    else await page.keyboard.insertText(pieces[random(pieces.length)]);
  }
  for (let i = 0; i < restarts / rounds; ++i) await page.evaluate(() => { dispatchEvent(new Event('rasp-stop')); });
  await known(round);
  last = await heap();
  if (round === Math.floor(rounds / 5)) base = last;  // after caches have filled
  if (round % 10 === 0) process.stderr.write(`${done} edits, heap ${(last / 1e6).toFixed(1)} MB\n`);
}
assert.deepEqual(page.problems, []);
assert.ok(last < base * 1.05 + 200_000, `the heap grew from ${base} to ${last}`);
await browser.close();
server.close();
console.log(`${done} edits, ${restarts} restarts, heap ${(base / 1e6).toFixed(2)} → ${(last / 1e6).toFixed(2)} MB`);
console.log('1 passed, 0 failed');
