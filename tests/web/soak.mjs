/**
 * Endurance, in the real page: thousands of random edits and inputs without a leak, a stale result or a lost keystroke,
 * and workers really ended and started again in between.   node tests/web/soak.mjs [EDITS] [RESTARTS]
 *
 * The heap is compared between the second and the last fifth of the rounds, by medians, each time with a program of the
 * same size on the page: by then the editor's undo history, which holds about a hundred steps, is full, so that what
 * still grows is a leak.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { loadEngine } from '../../wasm/engine.mjs';
import { editor, launch, open, output, serve, settled } from './browser.mjs';

const edits = Number(process.argv[2] ?? 10_000),
  restarts = Number(process.argv[3] ?? 1_000);
let seed = 20_261;
const random = (n) => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return Math.floor((seed / 0x80000000) * n);
};
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

const engine = await loadEngine();
const server = await serve();
const browser = await launch();
const page = await open(browser, server.url);
page.setDefaultTimeout(60_000);
let started = 0,
  ended = 0;
page.on('worker', (w) => {
  ++started;
  w.on('close', () => {
    ++ended;
  });
});
// How often the page itself ends a worker; the browser's own account, above, misses those that end before they have
// begun.
await page.evaluate(() => {
  const { terminate } = Worker.prototype;
  globalThis.terminated = 0;
  Worker.prototype.terminate = function () {
    ++globalThis.terminated;
    terminate.call(this);
  };
});
const cdp = await page.context().newCDPSession(page),
  whole = await browser.newBrowserCDPSession();
await settled(page);

const pieces = [
  'x = indices + 1;\n',
  'h = selector_width(select(tokens, tokens, ==));\n',
  'r = aggregate(select(indices, length - indices - 1, ==), tokens);\n',
  'm = aggregate(select(indices, indices, <=), indicator(tokens == "a"));\n',
  'def f(a) { return a * 2; }\n',
  'y = f(indices);\n',
  '# comment\n',
  'z = ',
  ');',
  '(',
  '"',
  ';',
  ' ',
];
const text = async () => {
  const t = await page.evaluate(
    () =>
      document
        .querySelector('.editor-host')
        .shadowRoot.querySelector('.cm-content')
        .cmTile?.view?.state.doc.toString() ?? null,
  );
  assert.notEqual(t, null, 'the editor’s document is not where this test looks for it');
  return t;
};

async function heap() {
  await cdp.send('HeapProfiler.collectGarbage');
  await cdp.send('HeapProfiler.collectGarbage');
  return (await cdp.send('Runtime.getHeapUsage')).usedSize;
}

/** Resident memory of the largest renderer: workers and their WebAssembly memory included. Linux only; for the record. */
async function resident() {
  const { processInfo } = await whole.send('SystemInfo.getProcessInfo');
  const sizes = processInfo
    .filter((p) => p.type === 'renderer')
    .map((p) => {
      try {
        return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${p.id}/status`, 'utf8'))[1]) / 1024;
      } catch {
        return 0;
      }
    });
  return Math.round(Math.max(0, ...sizes));
}

/** A program and input whose answer is known from the engine in Node. */
async function known(i) {
  const program = `#@ vocabulary "abc"\n#@ max_length 8\nanswer = ${['selector_width(select(tokens, tokens, ==))', 'indices * 3', 'aggregate(select(indices, length - indices - 1, ==), tokens)'][i % 3]} + ${i % 3 === 2 ? '"!"' : i % 17};\n`;
  const input = Array.from({ length: 1 + random(8) }, () => 'abc'[random(3)]).join('');
  await editor(page).focus(); // a click could fall on help that hovers
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(program);
  await page.fill('#input', input);
  await page.waitForFunction(
    (n) =>
      document.querySelector('.result h2')?.textContent === 'answer' &&
      document.querySelectorAll('.compare .input-row td').length === n,
    input.length,
  );
  await settled(page);
  const expected = (await engine.request({ command: 'eval', program, input })).values.map(String);
  assert.deepEqual(await output(page), expected, `${program} on ${input}`);
  assert.deepEqual(await output(page, 'interpreter'), expected);
  assert.equal(await text(), program, 'a keystroke was lost');
}

/** Ends a worker in the middle of a request: it has answered once, the input changes again, and it is stopped before it can answer. */
const kill = (inputs) =>
  page.evaluate(async ([first, second]) => {
    const field = document.querySelector('#input');
    const enter = (value) => {
      field.value = value;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    };
    const answered = new Promise((resolve) => {
      addEventListener('rasp-analysis', resolve, { once: true });
    });
    enter(first);
    await answered;
    await new Promise((r) => {
      setTimeout(r, 0);
    }); // what the answer set off has been sent
    enter(second);
    dispatchEvent(new Event('rasp-stop'));
  }, inputs);

await known(0);
const heaps = [];
let done = 0,
  killed = 0,
  firstResident = 0;
const rounds = Math.max(10, Math.ceil(edits / 100));
for (let round = 0; round < rounds; ++round) {
  await editor(page).focus(); // a click could fall on help that hovers
  const until = Math.round(((round + 1) * edits) / rounds);
  while (done < until - 20) {
    ++done;
    const move = random(8);
    if (move === 0) await page.keyboard.press('Backspace');
    else if (move === 1)
      await page.keyboard.press(['ArrowLeft', 'ArrowUp', 'ArrowRight', 'Control+Home', 'Control+End'][random(5)]);
    else await page.keyboard.insertText(pieces[random(pieces.length)]);
  }
  // Key by key, while the engine is busy and being killed: every character arrives, in order.
  const tag = `# ${Array.from({ length: 16 }, () => 'abcdefghijklmnopqrstuvwxyz'[random(26)]).join('')}`;
  await page.keyboard.press('Control+End');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  const before = await text();
  for (const key of tag) {
    await page.keyboard.press(key === ' ' ? 'Space' : key === '#' ? 'Shift+#' : key);
    if (key === 'e')
      await page.evaluate(() => {
        dispatchEvent(new Event('rasp-stop'));
      });
  }
  assert.equal(await text(), before + tag, 'a keystroke was lost');
  done = until;
  const killsUntil = Math.round(((round + 1) * restarts) / rounds);
  for (; killed < killsUntil; ++killed) {
    await kill(killed % 2 ? ['a', 'ba'] : ['cab', 'b']);
    // the killed request's answer may still come, or the next edit comes first
    if (random(2)) await page.waitForTimeout(random(40));
  }
  await known(round);
  await known(0);
  heaps.push(await heap());
  if (round === Math.floor(rounds / 5)) firstResident = await resident();
  if (round % 10 === 0)
    process.stderr.write(
      `${done} edits, ${ended} workers ended, heap ${(heaps.at(-1) / 1e6).toFixed(2)} MB, resident ${await resident()} MB\n`,
    );
}
assert.deepEqual(page.problems, []);
const fifth = Math.ceil(rounds / 5);
const base = median(heaps.slice(fifth, 2 * fifth)),
  last = median(heaps.slice(-fifth));
const lastResident = await resident(),
  terminated = await page.evaluate(() => globalThis.terminated);
await browser.close();
server.close();
console.log(
  `${done} edits, ${killed} kills: ${terminated} workers terminated (the browser saw ${started} start and ${ended} end); heap ${(base / 1e6).toFixed(2)} → ${(last / 1e6).toFixed(2)} MB (${((100 * (last - base)) / base).toFixed(1)} %), renderer ${firstResident} → ${lastResident} MB`,
);
assert.ok(terminated >= restarts && ended >= restarts * 0.9, `only ${terminated} workers were ended`);
assert.ok(last < base * 1.05, `the heap grew from ${base} to ${last}`);
console.log('1 passed, 0 failed');
