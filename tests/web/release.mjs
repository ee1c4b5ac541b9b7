// A new release under open pages, and no network: nothing that an open page needs goes away.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launch, open, root, serve, settled, type } from './browser.mjs';

const dist = path.join(root, 'web/dist');
const folders = [];
process.on('exit', () => folders.forEach((f) => rmSync(f, { recursive: true, force: true })));

/** The same page built from other sources: each file with a hash in its name has another hash, here and where it is named. */
function nextRelease() {
  const folder = mkdtempSync(path.join(tmpdir(), 'rasp-release-'));
  folders.push(folder);
  cpSync(dist, folder, { recursive: true });
  const hashes = readdirSync(path.join(folder, 'assets'))
    .map((f) => f.match(/-([\w-]{8})\.\w+$/)?.[1])
    .filter(Boolean);
  const turned = (text) => hashes.reduce((t, h) => t.replaceAll(h, [...h].reverse().join('')), text);
  for (const f of readdirSync(path.join(folder, 'assets')))
    renameSync(path.join(folder, 'assets', f), path.join(folder, 'assets', turned(f)));
  for (const f of readdirSync(folder, { recursive: true })) {
    const file = path.join(folder, f);
    if (!/\.(js|css|html)$/.test(f)) continue;
    const text = turned(readFileSync(file, 'utf8'));
    writeFileSync(file, f === 'sw.js' ? text.replace(/rasp-[0-9a-f]{16}/, 'rasp-0123456789abcdef') : text);
  }
  return folder;
}

let passed = 0,
  failed = 0;
const browser = await launch(),
  wanted = process.argv.slice(2);
async function test(name, body, makeServer = () => serve()) {
  if (wanted.length && !wanted.some((w) => name.includes(w))) return;
  const site = await makeServer(),
    context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    await body(site, context);
    ++passed;
  } catch (error) {
    ++failed;
    console.log(`FAILED ${name}\n${error.stack}`);
  }
  await context.close();
  site.close();
}

const entry = (page) => page.evaluate(() => document.querySelector('script[type="module"][src]').src);
/** Asks until it is so: waitForFunction does not wait for what a promise brings. */
async function until(page, predicate, argument) {
  for (let i = 0; i < 100; ++i) {
    if (await page.evaluate(predicate, argument)) return;
    await page.waitForTimeout(100);
  }
  throw new Error(`It never came true: ${predicate}`);
}
const isKept = (page) =>
  until(
    page,
    async () =>
      navigator.serviceWorker.controller !== null &&
      (await navigator.serviceWorker.getRegistration())?.active?.state === 'activated',
  );
async function keptPage(site, context, hash = '') {
  const page = await open(browser, site.url + hash, { context });
  await settled(page);
  await isKept(page);
  return page;
}
async function release(site, page) {
  site.folder = nextRelease();
  await page.evaluate(() => navigator.serviceWorker.getRegistration().then((r) => r.update()));
  await page.locator('.notices', { hasText: 'A new version of this page is there' }).waitFor();
}
async function opens(page, button, part) {
  await page.click(`.top >> text=${button}`);
  await page.locator(part).first().waitFor();
  await page.keyboard.press('Escape');
}
const shows = (page, title) =>
  page.waitForFunction((t) => document.querySelector('.result h2')?.textContent === t, title);

await test('a page goes on after a release: its parts are those of its own build, without a network too', async (site, context) => {
  const page = await keptPage(site, context),
    before = await entry(page);
  await release(site, page);
  await opens(page, 'Share', '#share-link');
  await context.setOffline(true);
  await opens(page, 'Export', 'dialog[aria-label*="xport"]');
  await opens(page, 'Examples', '.example-card');
  await type(page, 'after = indices * 2;\n');
  await shows(page, 'after');
  assert.equal(await entry(page), before);
  assert.deepEqual(
    page.problems.filter((p) => !/ERR_INTERNET_DISCONNECTED/.test(p)),
    [],
  );
});

await test('the notice of a release brings the new build and keeps the work', async (site, context) => {
  const page = await keptPage(site, context),
    before = await entry(page);
  await type(page, 'mine = indices * 2;\n');
  await shows(page, 'mine');
  await release(site, page);
  await page.click('text=Use the new version');
  await shows(page, 'mine');
  assert.notEqual(await entry(page), before);
  await page.waitForTimeout(1000);
  assert.equal(await page.locator('.notices', { hasText: 'new version' }).count(), 0, 'it is the new version');
  assert.deepEqual(page.problems, []);
});

await test('after a release, a reload without a network shows the new build', async (site, context) => {
  const page = await keptPage(site, context),
    before = await entry(page);
  await release(site, page);
  await context.setOffline(true);
  await page.reload();
  await settled(page);
  assert.notEqual(await entry(page), before);
  await opens(page, 'Examples', '.example-card');
});

await test('the files of a build stay while a tab of it is open, and go when the last one is closed', async (site, context) => {
  const old = await keptPage(site, context);
  await release(site, old);
  const fresh = await open(browser, site.url, { context });
  await settled(fresh);
  assert.notEqual(await entry(fresh), await entry(old));
  await opens(old, 'Export', 'dialog[aria-label*="xport"]');
  assert.deepEqual(old.problems, []);
  await fresh.close();
  await old.close();
  const later = await open(browser, site.url, { context });
  await settled(later);
  await until(later, async () => (await caches.keys()).join() === 'rasp-0123456789abcdef');
  assert.deepEqual(later.problems, []);
});

await test('a page that was never kept says that parts of it are gone', async (site) => {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await open(browser, site.url, { context });
  await settled(page);
  site.folder = nextRelease();
  await page.click('.top >> text=Share');
  await page.locator('.notices', { hasText: 'some parts of this one are gone' }).waitFor();
  await page.click('text=Use the new version');
  await settled(page);
  await opens(page, 'Share', '#share-link');
  await context.close();
});

async function offlineReload(site, context) {
  const page = await keptPage(site, context);
  await context.setOffline(true);
  for (const address of ['', '?embed=1', '#example=sort', 'docs/index.html', '']) {
    await page.goto(site.url + address);
    if (address.startsWith('docs')) await page.locator('h1', { hasText: 'Help' }).waitFor();
    else await settled(page);
  }
  await page.reload();
  await settled(page);
  await opens(page, 'Examples', '.example-card');
}

/** The server that README names: what `./dev serve` starts once the page is built. */
async function preview() {
  const port = await new Promise((resolve) => {
    const s = createServer().listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => resolve(port));
    });
  });
  const child = spawn(
    process.execPath,
    ['node_modules/vite/bin/vite.js', 'preview', '--host', '127.0.0.1', '--port', String(port), '--strictPort'],
    { cwd: path.join(root, 'web'), stdio: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}/`;
  for (let i = 0; i < 200; ++i) {
    if (
      await fetch(url).then(
        (r) => r.ok,
        () => false,
      )
    )
      break;
    await new Promise((r) => {
      setTimeout(r, 100);
    });
  }
  return { url, close: () => child.kill() };
}

await test('reloads without a network, from the server of README', offlineReload, preview);
await test('reloads without a network, from a server that sends Vary', offlineReload, () =>
  serve(dist, { vary: 'Origin, Accept-Encoding, Cookie, Accept' }),
);

await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
