// Typing in the real page: from key to diagnostics and values, to repainted views, and the longest task of the main
// thread; in milliseconds, and as ratios to the same page with the engine replaced by canned answers. The first visit:
// when something is painted, when values and pictures are drawn, when the editor can be typed in, and what was fetched
// until then. Bundle sizes in the same report. With --table instead: from key to repaint for every example and for 30
// heads × 40 tokens, after a blank (the same program) and after a change (another model), at full speed and six times
// slower, with the time of the main thread for each key and the size of
// the DOM; and a first visit over a simulated fast 3G line (1.44 Mbit/s, 562 ms), an empty cache, files gzipped.
// Of the examples in Python: from key to repaint with Python started, and the first picture of a cold start.
//   node tests/web/bench.mjs [EXAMPLE …] [--keys N] [--json] [--table]
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
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
    const name = file.slice(0, -5),
      r = await engine.request({ command: 'compile', program: source(name) });
    if (r.ok && r.model.nonzeros > best.size) best = { name, size: r.model.nonzeros };
  }
  return best.name;
}

async function canned(name) {
  const program = source(name);
  const analyze = await engine.request({ command: 'analyze', program });
  const compile = await engine.request({ command: 'compile', program, keep: true, details: true });
  const trace = await engine.request({
    command: 'trace',
    handle: compile.handle,
    input: analyze.settings.input.values,
  });
  const library = await engine.request({ command: 'library' });
  const arena = Array.from(engine.arena());
  return `const answers = ${JSON.stringify({ analyze, compile, trace, library })}, arena = new Float32Array(${JSON.stringify(arena)});
self.onmessage = ({ data }) => { if (data.request) self.postMessage({ id: data.id, result: answers[data.request.command] ?? { ok: true }, ...(data.request.command === 'trace' ? { arena: arena.slice() } : {}) }); };`;
}

const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(q * list.length))];

async function measure(browser, url, name, stub, { slower = 1, hash = `#example=${name}`, line, change = '' } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: 'block' });
  if (stub)
    await context.route('**/worker-*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: stub }));
  const started = performance.now();
  const page = await open(browser, `${url}${hash}`, { context });
  page.setDefaultTimeout(60_000);
  const session = await context.newCDPSession(page);
  if (slower > 1) await session.send('Emulation.setCPUThrottlingRate', { rate: slower });
  // The thread's own time: what else the machine does is not counted.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busy = async () =>
    1000 * (await session.send('Performance.getMetrics')).metrics.find((m) => m.name === 'TaskDuration').value;
  await settled(page);
  const firstPicture = performance.now() - started;
  await editor(page).waitFor();
  await page.evaluate(() => {
    window.bench = { key: 0, analysis: [], picture: [], long: [] };
    addEventListener(
      'keydown',
      (e) => {
        window.bench.key = e.timeStamp;
      },
      true,
    );
    const painted = (list) => {
      const key = window.bench.key;
      requestAnimationFrame(() =>
        setTimeout(() => {
          if (key) list.push(performance.now() - key);
        }),
      );
    };
    addEventListener('rasp-analysis', () => painted(window.bench.analysis));
    addEventListener('rasp-picture', () => painted(window.bench.picture));
    new PerformanceObserver((l) => {
      for (const e of l.getEntries()) window.bench.long.push(e.duration);
    }).observe({ type: 'longtask' });
  });
  await editor(page).click();
  await page.keyboard.press('Control+End');
  if (line) {
    const [begin, end] = line;
    await page.keyboard.insertText(`\n${begin}${end}`);
    for (const _ of end) await page.keyboard.press('ArrowLeft');
    await page.waitForTimeout(300);
    await settled(page);
  }
  await page.evaluate(() => {
    for (const list of ['long', 'analysis', 'picture']) window.bench[list].length = 0;
  });
  const before = await busy();
  for (let i = 0; i < keys; ++i) {
    // A letter of a new line; or a blank at the end, and away again: the same program; or, as one key, a line that
    // makes it another one.
    if (line) await page.keyboard.press('abcdefghijklmnopqrstuvwxyz'[i % 26]);
    else if (!change) await page.keyboard.press(i % 2 ? 'Backspace' : 'Space');
    else if (i % 2) await page.keyboard.press('Control+z');
    else {
      await page.evaluate(() => {
        window.bench.key = performance.now();
      });
      await page.keyboard.insertText(change);
    }
    await page.waitForTimeout(60);
    await settled(page);
  }
  const cpu = (await busy()) / keys - before / keys;
  await page.waitForTimeout(300);
  const raw = await page.evaluate(() => window.bench),
    nodes = await page.evaluate(() => document.querySelectorAll('*').length);
  await context.close();
  return {
    first_picture: firstPicture,
    values_median: quantile(raw.analysis, 0.5),
    values_p95: quantile(raw.analysis, 0.95),
    views_median: quantile(raw.picture, 0.5),
    views_p95: quantile(raw.picture, 0.95),
    longest_task: Math.max(0, ...raw.long),
    keys: raw.analysis.length,
    nodes,
    cpu,
  };
}

/** The examples in Python. Each key makes another text within a string of an s-op: a program that the host has not met. */
async function inPython(browser, url) {
  const rows = {};
  for (const file of readdirSync(path.join(root, 'examples')).filter((f) => f.endsWith('.py'))) {
    const name = file.slice(0, -3);
    if (names.length && !names.includes(name)) continue;
    const { first_picture, views_median, views_p95 } = await measure(browser, url, name, undefined, {
      line: ['from tracr.rasp import rasp; changed = rasp.Map(lambda t: str(t) + "', '", rasp.tokens)'],
    });
    rows[name] = { first_picture, views_median, views_p95 };
  }
  return rows;
}

/** A first visit with an empty cache, on localhost: times without a network, bytes as a host would send them. */
async function firstVisit(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: 'block' });
  const page = await context.newPage();
  const fetched = new Set();
  page.on('request', (r) => fetched.add(new URL(r.url()).pathname));
  const bytes = () =>
    [...fetched].reduce(
      (sum, name) => {
        const file = readFileSync(path.join(root, 'web/dist', name.endsWith('/') ? `${name}index.html` : name));
        return {
          gzip: sum.gzip + gzipSync(file, { level: 9 }).length,
          brotli: sum.brotli + brotliCompressSync(file).length,
        };
      },
      { gzip: 0, brotli: 0 },
    );
  await page.addInitScript(() => {
    window.drawnAt = new Promise((resolve) =>
      addEventListener(
        'rasp-picture',
        (e) => {
          window.pictureAt = e.timeStamp;
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
        },
        { once: true },
      ),
    );
  });
  await page.goto(url);
  const drawn = await page.evaluate(() => window.drawnAt);
  await editor(page).waitFor();
  const editable = await page.evaluate(() => performance.now());
  await page.waitForTimeout(500);
  const all = bytes();
  const later = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter((e) => e.startTime > window.pictureAt)
      .map((e) => new URL(e.name).pathname),
  );
  for (const f of later) fetched.delete(f);
  const paint = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0);
  await context.close();
  return { paint, drawn, editable, bytes_drawn: bytes(), bytes_all: all };
}

/** Thirty heads, each with a selector of its own, over forty tokens. */
function thirtyHeads() {
  const lines = Array.from(
    { length: 30 },
    (_, i) => `a${i} = aggregate(select(indices, indices - ${i + 1}, ==), tokens, "-");`,
  );
  const program = `#@ vocabulary "ab-"\n#@ max_length 40\n#@ input "${'ab'.repeat(20)}"\n${lines.join('\n')}\nall = ${lines
    .map((_, i) => `(a${i} == "a")`)
    .join(' + ')
    .replace(/\(a\d+ == "a"\)/g, (x) => `indicator${x}`)};\n`;
  return `#1.j.${Buffer.from(JSON.stringify({ files: { 'heads.rasp': program }, active: 'heads.rasp' })).toString('base64url')}`;
}

/** As a host serves the page: gzipped. */
function host() {
  const types = {
    '.html': 'text/html',
    '.js': 'text/javascript',
    '.css': 'text/css',
    '.wasm': 'application/wasm',
    '.svg': 'image/svg+xml',
    '.json': 'application/json',
    '.webmanifest': 'application/manifest+json',
  };
  const folder = path.join(root, 'web/dist'),
    kept = new Map();
  const server = createServer((request, response) => {
    const name = new URL(request.url, 'http://x').pathname.replace(/\/$/, '/index.html');
    try {
      if (!kept.has(name))
        kept.set(name, gzipSync(readFileSync(path.join(folder, path.normalize(name))), { level: 9 }));
      response
        .writeHead(200, {
          'content-type': types[path.extname(name)] ?? 'application/octet-stream',
          'content-encoding': 'gzip',
        })
        .end(kept.get(name));
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve({ url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() }),
    ),
  );
}

/** Times in ms until something is painted, until the first picture stands (it is in the document), and until it is live. */
async function overFast3G(browser) {
  const site = await host(),
    context = await browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: 'block' }),
    page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await (await context.newCDPSession(page)).send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 562.5,
    downloadThroughput: 1.44e6 / 8,
    uploadThroughput: 675e3 / 8,
  });
  await page.addInitScript(() => {
    const look = () => {
      if (document.querySelector('.arcs path')?.getClientRects().length) window.pictureAt = performance.now();
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    addEventListener('rasp-picture', () => {
      window.liveAt ??= performance.now();
    });
  });
  await page.goto(site.url, { waitUntil: 'commit' });
  await page.waitForFunction(() => window.liveAt);
  const out = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    picture: window.pictureAt,
    live: window.liveAt,
  }));
  await context.close();
  site.close();
  return out;
}

async function table(browser, url) {
  const all = names.length
    ? names
    : readdirSync(path.join(root, 'examples'))
        .filter((f) => f.endsWith('.rasp'))
        .map((f) => f.slice(0, -5));
  const rows = [];
  for (const name of [...all, '30 heads × 40 tokens']) {
    const hash = name.startsWith('30 ') ? thirtyHeads() : `#example=${name}`;
    for (const slower of [1, 6]) {
      const m = await measure(browser, url, name, undefined, { slower, hash });
      const c = await measure(browser, url, name, undefined, { slower, hash, change: changeOf(name) });
      rows.push({
        name,
        slower,
        p50: m.views_median,
        p95: m.views_p95,
        values_p50: m.values_median,
        values_p95: m.values_p95,
        cpu: m.cpu,
        nodes: m.nodes,
        change_p50: c.views_median,
        change_p95: c.views_p95,
      });
      if (!asJson)
        console.log(
          `${name.padEnd(24)}${slower === 1 ? '     ' : '  6× '}${[m.views_median, m.views_p95, c.views_median, c.views_p95, m.cpu, c.cpu].map((x) => x.toFixed(0).padStart(8)).join('')}${String(m.nodes).padStart(9)}`,
        );
    }
  }
  return rows;
}

/** A line that makes another program of an example: its answer under another name, so that all is compiled anew. */
function changeOf(name) {
  const text = name.startsWith('30 ') ? 'all = 1;' : source(name);
  return `again = ${[...text.matchAll(/^(\w+) *=(?!=)/gm)].at(-1)[1]};`;
}

const server = await serve();
const browser = await launch();
if (args.includes('--table')) {
  if (!asJson) console.log('key → repaint, ms             blank     p95  change     p95     cpu  change elements');
  const result = { keys: await table(browser, server.url), fast_3g: await overFast3G(browser) };
  const v = result.fast_3g;
  console.log(
    asJson
      ? JSON.stringify(result, null, 2)
      : `first visit, fast 3G: first paint ${v.paint.toFixed(0)} ms, first picture ${v.picture.toFixed(0)} ms, live ${v.live.toFixed(0)} ms`,
  );
  await browser.close();
  server.close();
  process.exit(0);
}
const report = { programs: {}, bundle: {} };
const isRasp = (name) => existsSync(path.join(root, 'examples', `${name}.rasp`));
for (const name of names.length ? names.filter(isRasp) : ['histogram', await worst()]) {
  const live = await measure(browser, server.url, name),
    stubbed = await measure(browser, server.url, name, await canned(name));
  report.programs[name] = {
    live,
    stubbed,
    ratio: Object.fromEntries(
      Object.keys(live)
        .filter((k) => !['keys', 'nodes', 'cpu'].includes(k))
        .map((k) => [k, stubbed[k] ? live[k] / stubbed[k] : null]),
    ),
  };
}
report.python = await inPython(browser, server.url);
const visits = [];
for (let i = 0; i < 5; ++i) visits.push(await firstVisit(browser, server.url));
report.first_visit = {
  ...Object.fromEntries(
    ['paint', 'drawn', 'editable'].map((k) => [
      k,
      quantile(
        visits.map((v) => v[k]),
        0.5,
      ),
    ]),
  ),
  bytes_drawn: visits[0].bytes_drawn,
  bytes_all: visits[0].bytes_all,
};
await browser.close();
server.close();

const assets = path.join(root, 'web/dist/assets');
let total = 0;
for (const file of readdirSync(assets)) {
  const bytes = readFileSync(path.join(assets, file)),
    gzip = gzipSync(bytes, { level: 9 }).length;
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
    for (const k of Object.keys(r.ratio))
      console.log(`  ${k.padEnd(24)}${ms(r.live[k])} ${ms(r.stubbed[k])} ${ms(r.ratio[k])}`);
  }
  console.log('Python                       median      p95  first picture after a cold start');
  for (const [name, m] of Object.entries(report.python))
    console.log(`  ${name.padEnd(24)}${ms(m.views_median)} ${ms(m.views_p95)} ${ms(m.first_picture)}`);
  const v = report.first_visit,
    size = (b) => `${Math.round(b.gzip / 1000)} kB gzip, ${Math.round(b.brotli / 1000)} kB brotli`;
  console.log(
    `first visit (median of 5)\n  first paint             ${ms(v.paint)}\n  values and pictures     ${ms(v.drawn)}   ${size(v.bytes_drawn)}\n  editor                  ${ms(v.editable)}   ${size(v.bytes_all)}`,
  );
  for (const [name, b] of Object.entries(report.bundle))
    console.log(
      `${name.padEnd(28)}${b.bytes === undefined ? ''.padStart(9) : String(b.bytes).padStart(9)} bytes ${String(b.gzip).padStart(8)} gzip`,
    );
}
