// Programs in Tracr's Python on the page, in Chromium and in Firefox: loaded once, edited, mended, stopped, without a network; and a program that
// tries to reach what the page reaches.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { launch, root, serve } from './browser.mjs';

const puppeteer = createRequire(path.join(root, 'web/package.json'))('puppeteer-core');
const firefoxPath = [process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'].find((p) => p && existsSync(p));
if (!firefoxPath) throw new Error('Firefox was not found; install it (Debian: apt-get install firefox-esr) or name it in FIREFOX.');
let passed = 0, failed = 0;

const link = (program, name = 'main.py') => `#1.z.${deflateRawSync(Buffer.from(JSON.stringify({ files: { [name]: program }, active: name }))).toString('base64url')}`;
const until = async (page, what, f, ...args) => {
  const end = Date.now() + 120_000;
  while (!(await page.evaluate(f, ...args))) {
    if (Date.now() > end) throw new Error(`${what} does not come: ${(await page.evaluate(() => document.body.innerText)).slice(0, 1500)}`);
    await new Promise((r) => { setTimeout(r, 100); });
  }
};
const settled = (page) => until(page, 'a settled picture', () => Boolean(document.querySelector('.compare') && document.querySelector('.result .status')?.textContent === '' && !document.querySelector('.centre.stale')));
const row = (page, name) => page.evaluate((n) => [...[...document.querySelectorAll('.compare tr')].find((r) => r.querySelector('th')?.textContent === n).querySelectorAll('td')].map((c) => c.textContent), name);
const says = (page, text) => until(page, text, (t) => document.body.innerText.includes(t), text);
async function type(page, text) {
  await until(page, 'the editor', () => Boolean(document.querySelector('.editor-host')?.shadowRoot?.querySelector('.cm-content')));
  await page.evaluate(() => document.querySelector('.editor-host').shadowRoot.querySelector('.cm-content').focus());
  await page.keyboard.down('Control');
  await page.keyboard.press('a');
  await page.keyboard.up('Control');
  await page.evaluate((t) => {  // as from the clipboard: typed line by line, brackets would close and lines indent by themselves
    const event = new ClipboardEvent('paste', { bubbles: true, cancelable: true });
    // Firefox gives an event that a script makes a clipboard of its own, which is empty.
    Object.defineProperty(event, 'clipboardData', { value: { getData: (type) => (type === 'text/plain' ? t : ''), types: ['text/plain'], items: [], files: [] } });
    document.querySelector('.editor-host').shadowRoot.querySelector('.cm-content').dispatchEvent(event);
  }, text);
}

// Everything that a program in a browser's worker might reach. Each line prints what came of it.
const breakOut = `
from tracr.rasp import rasp
def attempt(name, f):
    try:
        print(name, "REACHED", str(f())[:60])
    except BaseException as error:
        print(name, "blocked")
def js(name):
    import js as module
    return getattr(module, name)
for name in ("fetch", "XMLHttpRequest", "WebSocket", "caches", "indexedDB", "navigator", "Worker", "importScripts", "eval", "location", "postMessage", "BroadcastChannel", "self", "globalThis", "EventSource"):
    attempt("js." + name, lambda: js(name))
def run_js(text):
    from pyodide.code import run_js
    return run_js(text)
attempt("run_js", lambda: run_js("fetch('stolen')"))
attempt("Function", lambda: js("Object").constructor("return fetch('stolen')")())
attempt("constructor", lambda: js("setTimeout").constructor("return fetch('stolen')")())
attempt("timer", lambda: js("setTimeout")("fetch('stolen')", 0))
def pyfetch():
    import asyncio
    from pyodide.http import open_url
    return open_url("stolen")
attempt("open_url", pyfetch)
def package():
    import pyodide_js
    return pyodide_js._module.fetch("stolen")
attempt("pyodide_js", package)
def socket():
    import socket
    return socket.create_connection(("127.0.0.1", 80), timeout=1)
attempt("socket", socket)
def file():
    return open("/etc/passwd").read()
attempt("file", file)
x = rasp.tokens
`;
const hist = 'from tracr.rasp import rasp\nVOCAB = {"a", "b"}\nMAX_SEQ_LEN = 4\n#@ input "aab"\nsame = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ)\nhist = rasp.SelectorWidth(same)\n';

async function suite(engine, newPage, offline) {
  const site = await serve(), wanted = [];
  const test = async (name, body) => {
    const { page, problems, close } = await newPage((url) => wanted.push(url));
    try {
      await body(page);
      assert.deepEqual(problems, [], 'console');
      ++passed;
    } catch (error) {
      ++failed;
      console.log(`FAILED ${engine}: ${name}\n${error.stack}\n${problems.join('\n')}`);
    }
    await close();
  };

  await test('a page without Python loads none of it', async (page) => {
    wanted.length = 0;
    await page.goto(`${site.url}#example=histogram`);
    await settled(page);
    assert.deepEqual(wanted.filter((u) => /python/i.test(u)), []);
  });
  await test('an example opens, is edited, gets a mistake and is mended', async (page) => {
    await page.goto(`${site.url}#example=tracr_histogram`);
    await settled(page);
    assert.deepEqual(await row(page, 'model'), ['1', '1', '2', '2', '1']);
    await says(page, 'proved exact');
    await type(page, hist);
    await until(page, 'the new values', () => [...document.querySelectorAll('.compare tr')].some((r) => r.textContent === 'model221'));
    await settled(page);
    await type(page, hist.replace('SelectorWidth(same)', 'SelectorWidth(some)'));
    await says(page, "NameError: name 'some' is not defined");
    assert.deepEqual(await row(page, 'model'), ['2', '2', '1'], 'the last picture stays');
    await type(page, hist.replace('SelectorWidth(same)', 'Aggregate(same, rasp.indices)'));
    await until(page, 'the new values', () => [...document.querySelectorAll('.compare tr')].some((r) => /^model0\.50\.52/.test(r.textContent)));
  });
  await test('a loop without an end is stopped by the button, and the next program runs', async (page) => {
    await page.goto(site.url + link(hist));
    await settled(page);
    await type(page, `${hist}while True:\n    pass\n`);
    await until(page, 'the button Stop', () => Boolean([...document.querySelectorAll('.status button')].find((b) => b.textContent === 'Stop')?.click() ?? false) || document.body.innerText.includes('Edit the program or its settings'));
    await says(page, 'Edit the program or its settings');
    await type(page, hist);
    await settled(page);
  });
  await test('a program that tries to break out reaches nothing', async (page) => {
    wanted.length = 0;
    await page.goto(site.url + link(breakOut));
    await says(page, 'file blocked');
    const text = await page.evaluate(() => document.body.innerText);
    assert.doesNotMatch(text.replaceAll(/print\([^)]*\)/g, ''), /REACHED [^"]/);
    assert.equal(wanted.some((u) => u.includes('stolen')), false);
    assert.deepEqual(await page.evaluate(async () => { for (const name of await caches.keys()) for (const r of await (await caches.open(name)).keys()) if (r.url.includes('stolen')) return r.url; return null; }), null);
  });
  if (offline) {
    await test('without a network, after one visit', async (page) => {
      await page.goto(`${site.url}#example=tracr_histogram`);
      await settled(page);
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
      await offline(page, true);
      await page.reload();
      await settled(page);
      assert.deepEqual(await row(page, 'model'), ['1', '1', '2', '2', '1']);
      await offline(page, false);
    });
  }
  site.close();
}

const chromium = await launch();
await suite('Chromium', async (see) => {
  const context = await chromium.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage(), problems = [];
  page.on('console', (m) => { if (m.type() === 'error') problems.push(m.text()); });
  page.on('pageerror', (e) => problems.push(String(e)));
  page.on('request', (r) => see(r.url()));
  return { page, problems, close: () => context.close() };
}, (page, off) => page.context().setOffline(off));
await chromium.close();

const firefox = await puppeteer.launch({ browser: 'firefox', executablePath: firefoxPath, headless: true, env: { ...process.env, HOME: mkdtempSync(path.join(tmpdir(), 'rasp-firefox-')) } });
await suite('Firefox', async (see) => {
  const context = await firefox.createBrowserContext();
  const page = await context.newPage(), problems = [];
  await page.setViewport({ width: 1440, height: 900 });
  page.on('console', (m) => { if (m.type() === 'error') problems.push(m.text()); });
  page.on('pageerror', (e) => problems.push(String(e)));
  page.on('request', (r) => see(r.url()));
  return { page, problems, close: () => context.close() };
}, null);
await firefox.close();

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
