// Typing in the real page: from key to diagnostics and values, to repainted views, and the longest task of the main thread; in
// milliseconds, and as ratios to the same page with the engine replaced by canned answers. The first visit: when something is painted,
// when values and pictures are drawn, when the editor can be typed in, and what was fetched until then. Bundle sizes in the same report.
//   node tests/web/bench.mjs [EXAMPLE …] [--keys N] [--json]
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { loadEngine } from '../../wasm/engine.mjs';
import { editor, launch, open, root, serve, settled } from './browser.mjs';

const args = process.argv.slice(2);
const asJson = args.includes('--json');
const keys = Number(args[args.indexOf('--keys') + 1] || 0) || 40;
const names = args.filter((a, i) => !a.startsWith('--') && args[i - 1] !== '--keys');
const engine = await loadEngine();
const source = (name) => readFileSync(path.join(root, 'examples', `${name}.rasp`), 'utf8');

/** The worst example of the gallery: the one with most weights. */
async function worst() {
  let best = { name: '', size: 0 };
  for (const file of readdirSync(path.join(root, 'examples')).filter((f) => f.endsWith('.rasp'))) {
    const name = file.slice(0, -5), r = await engine.request({ command: 'compile', program: source(name) });
    if (r.ok && r.model.nonzeros > best.size) best = { name, size: r.model.nonzeros };
  }
  return best.name;
}

async function canned(name) {
  const program = source(name);
  const analyze = await engine.request({ command: 'analyze', program });
  const compile = await engine.request({ command: 'compile', program, keep: true, details: true });
  const trace = await engine.request({ command: 'trace', handle: compile.handle, input: analyze.settings.input.values });
  const library = await engine.request({ command: 'library' });
  const arena = Array.from(engine.arena());
  return `const answers = ${JSON.stringify({ analyze, compile, trace, library })}, arena = new Float32Array(${JSON.stringify(arena)});
self.onmessage = ({ data }) => { if (data.request) self.postMessage({ id: data.id, result: answers[data.request.command] ?? { ok: true }, ...(data.request.command === 'trace' ? { arena: arena.slice() } : {}) }); };`;
}

const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(q * list.length))];

async function measure(browser, url, name, stub) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: 'block' });
  if (stub) await context.route('**/worker-*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: stub }));
  const started = performance.now();
  const page = await open(browser, `${url}#example=${name}`, { context });
  await settled(page);
  const firstPicture = performance.now() - started;
  await editor(page).waitFor();
  await page.evaluate(() => {
    window.bench = { key: 0, analysis: [], picture: [], long: [] };
    addEventListener('keydown', (e) => { window.bench.key = e.timeStamp; }, true);
    const painted = (list) => { const key = window.bench.key; requestAnimationFrame(() => setTimeout(() => { if (key) list.push(performance.now() - key); })); };
    addEventListener('rasp-analysis', () => painted(window.bench.analysis));
    addEventListener('rasp-picture', () => painted(window.bench.picture));
    new PerformanceObserver((l) => { for (const e of l.getEntries()) window.bench.long.push(e.duration); }).observe({ type: 'longtask' });
  });
  await editor(page).click();
  await page.keyboard.press('Control+End');
  await page.evaluate(() => { window.bench.long.length = 0; });
  for (let i = 0; i < keys; ++i) {  // a new line of program, key by key
    await page.keyboard.press(i % 2 ? 'Backspace' : 'Space');
    await page.waitForTimeout(60);
    await settled(page);
  }
  await page.waitForTimeout(300);
  const raw = await page.evaluate(() => window.bench);
  await context.close();
  return { first_picture: firstPicture, values_median: quantile(raw.analysis, 0.5), values_p95: quantile(raw.analysis, 0.95), views_median: quantile(raw.picture, 0.5), views_p95: quantile(raw.picture, 0.95), longest_task: Math.max(0, ...raw.long), keys: raw.analysis.length };
}

/** A first visit with an empty cache, on localhost: times without a network, bytes as a host would send them. */
async function firstVisit(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: 'block' });
  const page = await context.newPage();
  const fetched = new Set();
  page.on('request', (r) => fetched.add(new URL(r.url()).pathname));
  const bytes = () => [...fetched].reduce((sum, name) => {
    const file = readFileSync(path.join(root, 'web/dist', name.endsWith('/') ? `${name}index.html` : name));
    return { gzip: sum.gzip + gzipSync(file, { level: 9 }).length, brotli: sum.brotli + brotliCompressSync(file).length };
  }, { gzip: 0, brotli: 0 });
  await page.addInitScript(() => { window.drawnAt = new Promise((resolve) => addEventListener('rasp-picture', (e) => { window.pictureAt = e.timeStamp; requestAnimationFrame(() => setTimeout(() => resolve(performance.now()))); }, { once: true })); });
  await page.goto(url);
  const drawn = await page.evaluate(() => window.drawnAt);
  await editor(page).waitFor();
  const editable = await page.evaluate(() => performance.now());
  await page.waitForTimeout(500);
  const all = bytes();
  const later = await page.evaluate(() => performance.getEntriesByType('resource').filter((e) => e.startTime > window.pictureAt).map((e) => new URL(e.name).pathname));
  for (const f of later) fetched.delete(f);
  const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0);
  await context.close();
  return { paint, drawn, editable, bytes_drawn: bytes(), bytes_all: all };
}

const server = await serve();
const browser = await launch();
const report = { programs: {}, bundle: {} };
for (const name of names.length ? names : ['histogram', await worst()]) {
  const live = await measure(browser, server.url, name), stubbed = await measure(browser, server.url, name, await canned(name));
  report.programs[name] = { live, stubbed, ratio: Object.fromEntries(Object.keys(live).filter((k) => k !== 'keys').map((k) => [k, stubbed[k] ? live[k] / stubbed[k] : null])) };
}
const visits = [];
for (let i = 0; i < 5; ++i) visits.push(await firstVisit(browser, server.url));
report.first_visit = { ...Object.fromEntries(['paint', 'drawn', 'editable'].map((k) => [k, quantile(visits.map((v) => v[k]), 0.5)])), bytes_drawn: visits[0].bytes_drawn, bytes_all: visits[0].bytes_all };
await browser.close();
server.close();

const assets = path.join(root, 'web/dist/assets');
let total = 0;
for (const file of readdirSync(assets)) {
  const bytes = readFileSync(path.join(assets, file)), gzip = gzipSync(bytes, { level: 9 }).length;
  report.bundle[file.replace(/-[\w-]{8}\./, '.')] = { bytes: bytes.length, gzip };
  total += gzip;
}
report.bundle.total = { gzip: total };

if (asJson) console.log(JSON.stringify(report, null, 2));
else {
  const ms = (x) => (x === null ? '' : x.toFixed(x < 10 ? 1 : 0)).padStart(8);
  console.log('                            live ms  stubbed    ratio');
  for (const [name, r] of Object.entries(report.programs)) {
    console.log(name);
    for (const k of Object.keys(r.ratio)) console.log(`  ${k.padEnd(24)}${ms(r.live[k])} ${ms(r.stubbed[k])} ${ms(r.ratio[k])}`);
  }
  const v = report.first_visit, size = (b) => `${Math.round(b.gzip / 1000)} kB gzip, ${Math.round(b.brotli / 1000)} kB brotli`;
  console.log(`first visit (median of 5)\n  first paint             ${ms(v.paint)}\n  values and pictures     ${ms(v.drawn)}   ${size(v.bytes_drawn)}\n  editor                  ${ms(v.editable)}   ${size(v.bytes_all)}`);
  for (const [name, b] of Object.entries(report.bundle)) console.log(`${name.padEnd(28)}${b.bytes === undefined ? ''.padStart(9) : String(b.bytes).padStart(9)} bytes ${String(b.gzip).padStart(8)} gzip`);
}
