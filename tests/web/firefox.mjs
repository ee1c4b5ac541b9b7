// The main journeys in a second engine: Firefox, driven over WebDriver BiDi. Without Firefox the suite says so and
// fails.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root, serve } from './browser.mjs';

const puppeteer = createRequire(path.join(root, 'web/package.json'))('puppeteer-core');
const executablePath = [process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'].find(
  (p) => p && existsSync(p),
);
if (!executablePath)
  throw new Error('Firefox was not found; install it (Debian: apt-get install firefox-esr) or name it in FIREFOX.');

const server = await serve();
const home = mkdtempSync(path.join(tmpdir(), 'rasp-firefox-'));
const browser = await puppeteer.launch({
  browser: 'firefox',
  executablePath,
  headless: true,
  env: { ...process.env, HOME: home },
});
let passed = 0,
  failed = 0;

/** Console errors fail a journey, but for those that it is there to provoke. */
async function test(name, body, provoked = null) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width: 1440, height: 900 });
  const problems = [];
  page.on('console', (m) => {
    if (m.type() === 'error') problems.push(m.text());
  });
  page.on('pageerror', (e) => problems.push(String(e)));
  try {
    await body(page);
    assert.deepEqual(
      problems.filter((p) => !provoked?.test(p)),
      [],
      'console',
    );
    ++passed;
  } catch (error) {
    ++failed;
    console.log(`FAILED ${name}\n${error.stack}\n${problems.join('\n')}`);
  }
  await context.close();
}

const settled = (page) =>
  page.waitForFunction(
    () =>
      document.querySelector('.compare') &&
      document.querySelector('.result .status')?.textContent === '' &&
      !document.querySelector('.centre.stale'),
    { timeout: 30_000 },
  );
const cells = (page, row) =>
  page.$$eval(
    '.compare tr',
    (rows, name) =>
      [...rows.find((r) => r.querySelector('th')?.textContent === name).querySelectorAll('td')].map(
        (c) => c.textContent,
      ),
    row,
  );
const press = (page, selector, label) =>
  page.evaluate((s, l) => [...document.querySelectorAll(s)].find((b) => b.textContent === l).click(), selector, label);
const program = async (page, text) => {
  await page.waitForFunction(() => document.querySelector('.editor-host')?.shadowRoot?.querySelector('.cm-content'), {
    timeout: 30_000,
  });
  await page.evaluate(() => document.querySelector('.editor-host').shadowRoot.querySelector('.cm-content').focus());
  await page.keyboard.down('Control');
  await page.keyboard.press('a');
  await page.keyboard.up('Control');
  await page.keyboard.press('Delete');
  await page.keyboard.type(text);
};

await test('the first visit shows a working, exact model', async (page) => {
  await page.goto(server.url);
  await settled(page);
  assert.deepEqual(await cells(page, 'model'), await cells(page, 'interpreter'));
  assert.match(await page.$eval('.verdict', (e) => e.textContent), /exact for every input/);
});

await test('a program typed key by key runs', async (page) => {
  await page.goto(server.url);
  await settled(page);
  await program(page, 'back = aggregate(select(indices, length - indices - 1, ==), tokens);');
  await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'back', { timeout: 30_000 });
  await settled(page);
  assert.deepEqual(await cells(page, 'model'), (await cells(page, 'input')).reverse());
});

await test('selection, experiment, undo', async (page) => {
  await page.goto(`${server.url}#example=histogram`);
  await settled(page);
  const right = await cells(page, 'model');
  await page.click('[data-head="0.0"] .box-title');
  await page.waitForFunction(() => /W_QK/.test(document.querySelector('.inspector').textContent), { timeout: 30_000 });
  await page.click('.inspector .experiment input');
  await page.waitForFunction(() => document.querySelector('.compare td.wrong'), { timeout: 30_000 });
  await page.waitForSelector('.experiments button', { timeout: 30_000 }); // its file is loaded at the first experiment
  await press(page, '.experiments button', 'Undo all');
  await page.waitForFunction(() => !document.querySelector('.compare td.wrong'), { timeout: 30_000 });
  assert.deepEqual(await cells(page, 'model'), right);
});

await test('a link of version 1 opens', async (page) => {
  const { readFileSync } = await import('node:fs');
  const { fragment } = JSON.parse(readFileSync(path.join(root, 'tests/web/links/v1-minimal.json'), 'utf8'));
  await page.goto(`${server.url}#${fragment}`);
  await settled(page);
  assert.equal(await page.$eval('.result h2', (e) => e.textContent), 'hist');
});

await test('a link is shared, and opens as the same work', async (page) => {
  await page.goto(server.url);
  await settled(page);
  await program(page, 'shared = indices * 3;');
  await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'shared', { timeout: 30_000 });
  await settled(page);
  const values = await cells(page, 'model');
  await press(page, '.top button', 'Share');
  await page.waitForFunction(() => document.querySelector('#share-link')?.value.includes('#2.z.'), { timeout: 30_000 });
  const link = await page.$eval('#share-link', (e) => e.value);
  await page.goto('about:blank');
  await page.goto(link);
  await settled(page);
  assert.equal(await page.$eval('.result h2', (e) => e.textContent), 'shared');
  assert.deepEqual(await cells(page, 'model'), values);
});

await test('an example opens from the gallery', async (page) => {
  await page.goto(server.url);
  await settled(page);
  await press(page, '.top button', 'Examples');
  await page.waitForSelector('.example-card', { timeout: 30_000 });
  const title = await page.$$eval('.example-card', (cards) => {
    const card = cards.find((c) => /reverse/i.test(c.textContent));
    card.click();
    return card.querySelector('strong').textContent;
  });
  await page.waitForFunction(
    (t) => document.querySelector('.result h2')?.textContent === t,
    { timeout: 30_000 },
    title,
  );
  await settled(page);
  assert.deepEqual(await cells(page, 'model'), (await cells(page, 'input')).reverse());
});

await test('a mistake is named with its place, and a damaged link with a reason', async (page) => {
  await page.goto(`${server.url}#1.z.AAAA`);
  await settled(page);
  assert.match(await page.$eval('.notices', (e) => e.textContent), /cannot be opened.*changed on the way/);
  await program(page, 'x = hits + 1;');
  await page.waitForFunction(() => /1:5.*hits/s.test(document.querySelector('.problems .error')?.textContent ?? ''), {
    timeout: 30_000,
  });
  await program(page, 'x = indices + 1;');
  await page.waitForFunction(
    () => document.querySelector('.result h2')?.textContent === 'x' && !document.querySelector('.problems .error'),
    { timeout: 30_000 },
  );
});

await test('an export holds the model', async (page) => {
  await page.goto(`${server.url}#example=histogram`);
  await settled(page);
  // The page hands a file to the browser as a link to a blob: what it holds is read from there.
  await page.evaluate(() => {
    const { createObjectURL } = URL;
    URL.createObjectURL = (blob) => {
      globalThis.exported = blob.text();
      return createObjectURL.call(URL, blob);
    };
  });
  await press(page, '.top button', 'Export');
  await page.waitForSelector('.exports tr', { timeout: 30_000 });
  await page.$$eval('.exports tr', (rows) =>
    rows
      .find((r) => /Model, JSON/.test(r.textContent))
      .querySelector('button')
      .click(),
  );
  await page.waitForFunction(() => globalThis.exported, { timeout: 30_000 });
  const model = JSON.parse(await page.evaluate(() => globalThis.exported));
  assert.equal(model.n_layers, 1);
});

await test('a reload goes on with the work', async (page) => {
  await page.goto(server.url);
  await settled(page);
  await program(page, 'mine = indices + 2;');
  await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'mine', { timeout: 30_000 });
  await page.reload();
  await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'mine', { timeout: 30_000 });
});

await test(
  'the policy holds: nothing is evaluated, nothing is put in as markup',
  async (page) => {
    await page.goto(server.url);
    await settled(page);
    const tries = await page.evaluate(async () => {
      const attempt = (f) => {
        try {
          f();
        } catch {
          /* as it should */
        }
      };
      globalThis.hit = null;
      attempt(() => {
        const s = document.createElement('script');
        s.textContent = 'globalThis.hit = 1';
        document.body.append(s);
      });
      attempt(() => {
        const b = document.createElement('button');
        b.setAttribute('onclick', 'globalThis.hit = 1');
        document.body.append(b);
        b.click();
      });
      attempt(() => {
        const d = document.createElement('div');
        document.body.append(d);
        d.innerHTML = '<img src="x:" onerror="globalThis.hit = 1">';
      });
      attempt(() => {
        const a = document.createElement('a');
        a.href = 'javascript:void(globalThis.hit = 1)';
        document.body.append(a);
        a.click();
      });
      await new Promise((r) => {
        setTimeout(r, 300);
      });
      return globalThis.hit;
    });
    assert.equal(tries, null);
  },
  /Content-Security-Policy|Content Security Policy|Trusted ?Types?/i,
);

await test('an assignment can be solved', async (page) => {
  await page.goto(server.url);
  await settled(page);
  await press(page, '.top button', 'Examples');
  await page.waitForSelector('.course-card');
  await page.click('.course-card');
  await page.waitForSelector('.course-cases .fail', { timeout: 30_000 });
  await program(page, 'positions = indices + 1;');
  await page.waitForFunction(
    () =>
      document.querySelectorAll('.course-cases tr.pass').length >= 2 &&
      !document.querySelector('.course-cases tr.fail'),
    { timeout: 30_000 },
  );
});

await browser.close();
server.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
