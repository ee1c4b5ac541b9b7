// Programs in Tracr's Python on the page, in Chromium and in Firefox: loaded once, edited, fixed, stopped, without a
// network; and a program that tries to reach what the page reaches.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { launch, root, serve } from './browser.mjs';

const puppeteer = createRequire(path.join(root, 'web/package.json'))('puppeteer-core');
const firefoxPath = [process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'].find((p) => p && existsSync(p));
if (!firefoxPath)
  throw new Error('Firefox was not found; install it (Debian: apt-get install firefox-esr) or name it in FIREFOX.');
let passed = 0,
  failed = 0;
const only = process.argv[2]; // a part of "Firefox: a test's name"

const link = (program, name = 'main.py') =>
  `#1.z.${deflateRawSync(Buffer.from(JSON.stringify({ files: { [name]: program }, active: name }))).toString('base64url')}`;
const until = async (page, what, f, ...args) => {
  const end = Date.now() + 120_000;
  while (!(await page.evaluate(f, ...args))) {
    if (Date.now() > end)
      throw new Error(`${what} does not come: ${(await page.evaluate(() => document.body.innerText)).slice(-1500)}`);
    await new Promise((r) => {
      setTimeout(r, 100);
    });
  }
};
const settled = (page) =>
  until(page, 'a settled picture', () =>
    Boolean(
      document.querySelector('.compare') &&
        document.querySelector('.result .status')?.textContent === '' &&
        !document.querySelector('.centre.stale'),
    ),
  );
const row = (page, name) =>
  page.evaluate(
    (n) =>
      [
        ...[...document.querySelectorAll('.compare tr')]
          .find((r) => r.querySelector('th')?.textContent === n)
          .querySelectorAll('td'),
      ].map((c) => c.textContent),
    name,
  );
/** In the gutter of the editor, beside its lines. */
const marks = (page) =>
  page.evaluate(() => document.querySelector('.editor-host').shadowRoot.querySelectorAll('.cm-lint-marker').length);
const says = (page, text) => until(page, text, (t) => document.body.innerText.includes(t), text);
const said = (page, line, message) =>
  until(
    page,
    `${message} at line ${line}`,
    ([l, m]) =>
      [...document.querySelectorAll('.console li')].some(
        (item) => item.textContent.startsWith(`${l}:`) && item.textContent.includes(m),
      ),
    [line, message],
  );
async function type(page, text) {
  await until(page, 'the editor', () =>
    Boolean(document.querySelector('.editor-host')?.shadowRoot?.querySelector('.cm-content')),
  );
  await page.evaluate(() => document.querySelector('.editor-host').shadowRoot.querySelector('.cm-content').focus());
  await page.keyboard.down('Control');
  await page.keyboard.press('a');
  await page.keyboard.up('Control');
  await page.evaluate((t) => {
    // as from the clipboard: typed line by line, brackets would close and lines indent by themselves
    const event = new ClipboardEvent('paste', { bubbles: true, cancelable: true });
    // Firefox gives an event that a script makes a clipboard of its own, which is empty.
    Object.defineProperty(event, 'clipboardData', {
      value: { getData: (type) => (type === 'text/plain' ? t : ''), types: ['text/plain'], items: [], files: [] },
    });
    document.querySelector('.editor-host').shadowRoot.querySelector('.cm-content').dispatchEvent(event);
  }, text);
}

const breakOut = readFileSync(path.join(root, 'tests/web/break_out.py'), 'utf8');
const hist =
  'from tracr.rasp import rasp\nVOCAB = {"a", "b"}\nMAX_SEQ_LEN = 4\n#@ input "aab"\nsame = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ)\nhist = rasp.SelectorWidth(same)\n';

// What comes behind `hist`, which has six lines, or a program of its own; the line at which it is said, what is said,
// and the values where it has some.
const mistakes = [
  ['x = = 1\n', 7, 'invalid syntax'],
  // undefined there, and a picture of its own
  ['x = rasp.Map(lambda t: {"a": 1}[t], rasp.tokens)\n', 7, "KeyError: 'b' is no key (line 7)", ['1', '1', '?']],
  ['import random\nx = rasp.Map(lambda t: random.random(), rasp.tokens)\n', 8, 'gives different values'],
  [
    'seen = []\ndef f(t):\n    seen.append(t)\n    return seen.index(t)\nx = rasp.Map(f, rasp.tokens)\n',
    11,
    'when it is called in another order',
  ],
  ['x = rasp.Map(lambda t: [t], rasp.tokens)\n', 7, "['a'] cannot be a value of an s-op", ['?', '?', '?']],
  ['import numpy as np\nx = rasp.Map(lambda t: t, rasp.tokens)\ny = np.zeros(3)\n', 9, 'numpy cannot be used here'],
  ['x = 1\ntext = open("data.txt").read()\n', 8, 'files cannot be opened here'],
  ['x = 1\nbig = [0] * 10**9\n', 8, 'The program takes more memory than there is'],
  [
    'for i in range(100_000):\n    x = rasp.Map(lambda t: t, rasp.tokens)\n',
    8,
    'makes more than 100,000 s-ops and selectors',
  ],
  ['#\ny = 1\n', 1, 'The program makes no s-op'],
  [
    'x = rasp.Map(lambda t: t + 1, rasp.tokens)\n#@ vocabulary [1, "a", 2.5]\n#@ input [1, "a", 2.5]\n',
    7,
    'TypeError: can only concatenate str',
    ['2', '?', '3.5'],
  ],
];

/** Clicks the button of the page that says this, in a row that holds `within` where one is meant. */
const press = (page, text, within = '') =>
  until(
    page,
    `the button "${text}"`,
    ([t, w]) => {
      const button = [...document.querySelectorAll('button')].find(
        (b) => b.textContent.trim() === t && !b.disabled && (!w || b.closest('tr')?.textContent.includes(w)),
      );
      button?.click();
      return Boolean(button);
    },
    [text, within],
  );
const program = (page) =>
  page.evaluate(
    () => document.querySelector('.editor-host')?.shadowRoot?.querySelector('.cm-content')?.innerText ?? '',
  );
/** Parts of the score, of which a changed program has others. */
const score = (page) => page.evaluate(() => document.querySelector('.score')?.textContent ?? '');

async function suite(engine, newPage) {
  const site = await serve(),
    wanted = [];
  const test = async (name, body) => {
    if (only && !`${engine}: ${name}`.includes(only)) return;
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
    assert.deepEqual(
      wanted.filter((u) => /python/i.test(u)),
      [],
    );
  });
  await test('an example opens, is edited, gets a mistake and is fixed', async (page) => {
    await page.goto(`${site.url}#example=tracr_histogram`);
    await settled(page);
    assert.deepEqual(await row(page, 'model'), ['1', '1', '2', '2', '1']);
    await says(page, 'proved exact');
    await type(page, hist);
    await until(page, 'the new values', () =>
      [...document.querySelectorAll('.compare tr')].some((r) => r.textContent.startsWith('model221')),
    );
    await settled(page);
    const before = await score(page);
    assert.match(before, /same/, 'the score has the names of the program');
    await type(page, `${hist}twice = hist * 2\nmore = rasp.Aggregate(same, twice)\n`);
    await until(page, 'the new values', () =>
      [...document.querySelectorAll('.compare tr')].some((r) => r.textContent.startsWith('model4.04.02')),
    );
    await settled(page);
    assert.notEqual(await score(page), before, 'the score of another program');
    await type(page, hist);
    await until(page, 'the values of before', () =>
      [...document.querySelectorAll('.compare tr')].some((r) => r.textContent.startsWith('model221')),
    );
    await settled(page);
    await type(page, hist.replace('SelectorWidth(same)', 'SelectorWidth(some)'));
    await says(page, "NameError: name 'some' is not defined");
    assert.deepEqual(await row(page, 'model'), ['2', '2', '1'], 'the last picture stays');
    await type(page, hist.replace('SelectorWidth(same)', 'Aggregate(same, rasp.indices)'));
    await until(page, 'the new values', () =>
      [...document.querySelectorAll('.compare tr')].some((r) => /^model0\.50\.52/.test(r.textContent)),
    );
  });
  await test('a loop without an end is stopped by the button, and the next program runs', async (page) => {
    await page.goto(site.url + link(hist));
    await settled(page);
    await type(page, 'y = 1\n');
    await said(page, 1, 'makes no s-op');
    await type(page, `${hist}while True:\n    pass\n`);
    // What was said of the text before is taken away while this one is under way: its end is said in the same list.
    await until(page, 'the list without the mistake', () => !document.querySelector('.console li'));
    await until(
      page,
      'the button Stop',
      () =>
        Boolean(
          [...document.querySelectorAll('.status button')].find((b) => b.textContent === 'Stop')?.click() ?? false,
        ) || document.body.innerText.includes('Edit the program or its settings'),
    );
    await said(page, 8, 'Edit the program or its settings'); // the line that was under way
    await type(page, hist);
    await settled(page);
    assert.equal(await marks(page), 0);
  });
  await test('a program that tries to break out reaches nothing', async (page) => {
    wanted.length = 0;
    await page.goto(site.url + link(breakOut));
    await says(page, 'file blocked');
    const text = await page.evaluate(() => document.body.innerText);
    assert.doesNotMatch(text.replaceAll(/print\([^)]*\)/g, ''), /REACHED [^"]/);
    assert.equal(
      wanted.some((u) => u.includes('stolen')),
      false,
    );
    assert.deepEqual(
      await page.evaluate(async () => {
        for (const name of await caches.keys())
          for (const r of await (await caches.open(name)).keys()) if (r.url.includes('stolen')) return r.url;
        return null;
      }),
      null,
    );
  });
  await test('what brings Python down or keeps it busy leaves the picture, and the next program runs', async (page) => {
    await page.goto(site.url + link(hist));
    await settled(page);
    for (const [more, message, line] of [
      [
        'while True:\n    try:\n        pass\n    except BaseException:\n        pass\n',
        'The program takes longer than it may',
      ],
      ['x = sum(range(10**12))\n', 'This took too long and was stopped', 7],
      ['x = [0] * 10**9\n', 'The program takes more memory than there is', 7],
      ['def f(n):\n    return f(n + 1)\nf(1)\n', 'Functions call each other too deeply', 8],
      ['import os\nos.abort()\n', 'This ends Python itself, and with it the program', 8],
      ['nest = []\nfor i in range(200_000):\n    nest = [nest]\nrepr(nest)\n', 'Python runs out of stack here', 10],
    ]) {
      await type(page, hist + more);
      await says(page, message);
      if (line) await said(page, line, message);
      assert.deepEqual(await row(page, 'model'), ['2', '2', '1'], `the last picture stays: ${message}`);
      await type(page, `${hist}other = hist * 3\n`);
      await until(page, 'the next program', () =>
        [...document.querySelectorAll('.compare tr')].some((r) => r.textContent.startsWith('model663')),
      );
      await type(page, hist);
      await until(page, 'the program of before', () =>
        [...document.querySelectorAll('.compare tr')].some((r) => r.textContent.startsWith('model221')),
      );
      await settled(page);
    }
  });
  await test('a mistake of any kind is said at its line, and the last picture stays', async (page) => {
    await page.goto(site.url + link(hist));
    await settled(page);
    for (const [more, line, message, shown] of mistakes) {
      await type(page, more.startsWith('#') ? more : hist + more);
      await said(page, line, message);
      if (shown) {
        await until(
          page,
          `the values ${shown}`,
          (t) => [...document.querySelectorAll('.compare tr')].some((r) => r.textContent.startsWith(t)), // notes follow
          `model${shown.join('')}`,
        );
        await type(page, hist);
        await until(page, 'the program of before', () =>
          [...document.querySelectorAll('.compare tr')].some((r) => r.textContent.startsWith('model221')),
        );
      } else {
        assert.deepEqual(await row(page, 'model'), ['2', '2', '1'], `the last picture stays: ${message}`);
      }
    }
  });
  await test('under the page’s policy Python comes once, from a folder of its own that a visit without it does not load', async (page) => {
    const policy = /Content-Security-Policy: (.*)/.exec(readFileSync(path.join(site.folder, '_headers'), 'utf8'))[1];
    // a header reaches workers too; a violation is an error in the console
    const own = await serve(site.folder, { 'content-security-policy': policy });
    wanted.length = 0;
    await page.goto(own.url + link(hist));
    await settled(page);
    await type(page, `${hist}while True:\n    pass\n`);
    await until(
      page,
      'the button Stop',
      () =>
        Boolean(
          [...document.querySelectorAll('.status button')].find((b) => b.textContent === 'Stop')?.click() ?? false,
        ) || document.body.innerText.includes('Edit the program or its settings'),
    );
    await says(page, 'Edit the program or its settings');
    await type(page, `${hist}other = hist * 3\n`); // by the worker that replaces the stopped one
    await until(page, 'the next program', () =>
      [...document.querySelectorAll('.compare tr')].some((r) => r.textContent.startsWith('model663')),
    );
    const loaded = wanted.map((u) => /\/(python-[\d.]+)\/(.*)$/.exec(u)).filter(Boolean);
    assert.equal(new Set(loaded.map(([, folder]) => folder)).size, 1);
    for (const name of ['pyodide.asm.wasm', 'python_stdlib.zip'])
      assert.equal(loaded.filter(([, , file]) => file === name).length, 1, name);
    const offline = JSON.parse(
      /const files = (\[.*?\]);/.exec(readFileSync(path.join(site.folder, 'sw.js'), 'utf8'))[1],
    );
    assert.ok(offline.includes('index.html'));
    assert.deepEqual(
      offline.filter((f) => f.startsWith(loaded[0][1])),
      [],
    );
    own.close();
  });
  await test('a program opens as RASP text, and as Python again', async (page) => {
    await page.goto(`${site.url}#example=tracr_fractions`);
    await settled(page);
    const wanted = await row(page, 'model');
    await press(page, 'Export');
    await press(page, 'open as a file', 'Program, RASP');
    await until(page, 'the program in RASP', () =>
      document
        .querySelector('.editor-host')
        ?.shadowRoot?.querySelector('.cm-content')
        ?.innerText.includes('aggregate('),
    );
    assert.match(await program(page), /compared with it on all 126 inputs/);
    await settled(page);
    assert.deepEqual(await row(page, 'model'), wanted);
    await press(page, 'Export');
    await press(page, 'open as a file', 'Tracr’s Python');
    await until(page, 'the program in Python', () =>
      document
        .querySelector('.editor-host')
        ?.shadowRoot?.querySelector('.cm-content')
        ?.innerText.includes('from tracr'),
    );
    await settled(page);
    assert.deepEqual(await row(page, 'model'), wanted);
    await type(
      page,
      'from tracr.rasp import rasp\nVOCAB = {"a", "b"}\nMAX_SEQ_LEN = 3\n#@ input "ab"\nx = rasp.Map(lambda t: (t, 1), rasp.tokens)\n',
    );
    await says(page, "('a', 1)");
    await settled(page);
    await press(page, 'Export');
    await press(page, 'open as a file', 'Program, RASP');
    await says(page, 'Line 5: The output is None, a tuple or another value that RASP has not');
  });
  await test('without a network, after one visit', async (page) => {
    const own = await serve();
    await page.goto(`${own.url}#example=tracr_histogram`);
    await settled(page);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    await until(page, 'Python in the cache', async () =>
      (
        await Promise.all(
          (
            await caches.keys()
          )
            .filter((k) => k.startsWith('python'))
            .map(async (k) => (await (await caches.open(k)).keys()).length),
        )
      ).some((n) => n >= 4),
    );
    own.end();
    await page.reload();
    await settled(page);
    assert.deepEqual(await row(page, 'model'), ['1', '1', '2', '2', '1']);
    await type(page, hist);
    await until(page, 'the new values', () =>
      [...document.querySelectorAll('.compare tr')].some((r) => r.textContent.startsWith('model221')),
    );
  });
  site.close();
}

const chromium = await launch();
await suite('Chromium', async (see) => {
  const context = await chromium.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage(),
    problems = [];
  page.on('console', (m) => {
    if (m.type() === 'error') problems.push(m.text());
  });
  page.on('pageerror', (e) => problems.push(String(e)));
  page.on('request', (r) => see(r.url()));
  return { page, problems, close: () => context.close() };
});
await chromium.close();

const firefox = await puppeteer.launch({
  browser: 'firefox',
  executablePath: firefoxPath,
  headless: true,
  env: { ...process.env, HOME: mkdtempSync(path.join(tmpdir(), 'rasp-firefox-')) },
});
await suite('Firefox', async (see) => {
  const context = await firefox.createBrowserContext();
  const page = await context.newPage(),
    problems = [];
  await page.setViewport({ width: 1440, height: 900 });
  page.on('console', (m) => {
    if (m.type() !== 'error') return;
    problems.push(m.text());
    void m
      .args()[0]
      ?.evaluate((e) => `${e} ${e?.stack}`)
      .then(
        (text) => problems.push(text),
        () => {},
      );
  });
  page.on('pageerror', (e) => problems.push(String(e)));
  page.on('request', (r) => see(r.url()));
  return { page, problems, close: () => context.close() };
});
await firefox.close();

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
