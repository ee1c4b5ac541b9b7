// The address: always that of what is on the page, a step of the history for whatever is opened.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { editor, output, root, settled, type } from '../browser.mjs';

const title = (page, text) =>
  page.waitForFunction((t) => document.querySelector('.result h2')?.textContent === t, text);
const link = (source) =>
  `#1.z.${deflateRawSync(JSON.stringify({ files: { 'main.rasp': source }, active: 'main.rasp' })).toString('base64url')}`;
const hash = (page) => page.evaluate(() => location.hash);

export default async function addressJourneys(test) {
  await test('each example has a page with its picture, for previews of links, that leads to the example; Share offers it', async (fresh) => {
    const dist = path.join(root, 'web/dist/example'),
      names = readdirSync(path.join(root, 'examples'))
        .filter((f) => f.endsWith('.rasp'))
        .map((f) => f.slice(0, -5));
    for (const name of names) {
      const png = readFileSync(path.join(dist, `${name}.png`)),
        html = readFileSync(path.join(dist, `${name}.html`), 'utf8');
      assert.equal(png.subarray(1, 4).toString(), 'PNG');
      assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1200, 630]);
      assert.match(html, new RegExp(`property="og:image" content="(https?:[^"]*/example/)?${name}\\.png"`));
    }
    const page = await fresh('example/sort.html');
    await title(page, 'Sort');
    await settled(page);
    assert.equal(await hash(page), '#example=sort');
    assert.equal(await page.title(), 'Sort · RASP Playground');
    await page.click('text=Share');
    assert.match(await page.inputValue('#share-preview'), /\/example\/sort\.html$/);
  });

  await test('the address of an example in Python opens it again', async (fresh) => {
    const page = await fresh('#example=reverse');
    await settled(page);
    await page.click('text=Examples');
    await page
      .locator('.example-card', { has: page.locator('strong:has-text("Histogram, in Tracr")') })
      .first()
      .click();
    await page.waitForFunction(() => location.hash.includes('example=') && !location.hash.includes('reverse'));
    const address = await hash(page);
    const other = await fresh(address);
    await other.waitForFunction(() => document.querySelector('.files .on')?.textContent.includes('.py'));
  });

  await test('a link that comes while the address of what was there is being kept is not lost, nor on a reload', async (fresh, browser, url) => {
    const page = await (await browser.newContext()).newPage();
    await page.addInitScript(() => {
      const later = globalThis.setTimeout; // the address is kept 400 ms after the last change: here, when it is told to
      globalThis.setTimeout = (f, ms, ...more) => {
        if (ms === 400) globalThis.keep = f;
        return ms === 400 ? 0 : later(f, ms, ...more);
      };
    });
    await page.goto(url);
    await settled(page);
    const wanted = link('pasted = indices * 3;');
    await page.evaluate((to) => {
      addEventListener('popstate', () => globalThis.keep(), { once: true });
      location.hash = to;
    }, wanted);
    await title(page, 'pasted');
    assert.equal(await hash(page), wanted);
    await page.evaluate(() => globalThis.keep());
    await page.reload();
    await title(page, 'pasted');
    await page.context().close();
  });

  await test('a link that comes while another is still being opened is the one that opens', async (fresh, browser, url) => {
    const page = await (await browser.newContext()).newPage();
    let arrived, release;
    const asked = new Promise((resolve) => {
      arrived = resolve;
    });
    const held = new Promise((resolve) => {
      release = resolve;
    });
    await page.route('**/*examples-*', async (route) => {
      arrived();
      await held;
      await route.continue();
    });
    await page.goto(`${url}#example=histogram`, { waitUntil: 'commit' });
    await asked;
    const wanted = link('second = indices * 5;');
    await page.evaluate((to) => {
      location.hash = to;
    }, wanted);
    release();
    await title(page, 'second');
    assert.equal(await hash(page), wanted);
    await page.context().close();
  });

  await test('the gallery sets the address; Back and Forward show what was there; an edit makes it a link', async (fresh) => {
    const page = await fresh();
    await settled(page);
    assert.equal(await hash(page), '');
    for (const name of ['Histogram', 'Parity']) {
      await page.click('text=Examples');
      await page.locator('.example-card', { has: page.locator(`strong:text-is("${name}")`) }).click();
      await title(page, name);
      await settled(page);
      assert.equal(await hash(page), `#example=${name.toLowerCase()}`);
    }
    await page.goBack();
    await title(page, 'Histogram');
    assert.equal(await hash(page), '#example=histogram');
    await page.goBack();
    await title(page, 'Reverse');
    await page.goForward();
    await title(page, 'Histogram');
    await type(page, '#@ input "aab"\n#@ vocabulary "ab"\nmine = selector_width(select(tokens, tokens, ==)) + 1;\n');
    await title(page, 'mine');
    await page.waitForFunction(() => location.hash.startsWith('#2.'));
    await page.waitForTimeout(600);
    const other = await fresh(await hash(page));
    await title(other, 'mine');
    await settled(other);
    assert.deepEqual(await output(other), ['3', '3', '2'], 'whoever gets the address gets the program');
    await page.goBack();
    await title(page, 'Reverse');
    await page.goForward();
    await title(page, 'mine');
  });

  await test('input, view and selection are in the address; a reload is where one was', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await page.fill('#input', 'dcba');
    await settled(page);
    await page.click('#tab-cost');
    await page.waitForTimeout(700);
    const there = await hash(page);
    assert.match(there, /^#2\./);
    const other = await fresh(there);
    await settled(other);
    assert.equal(await other.getAttribute('#tab-cost', 'aria-selected'), 'true');
    assert.equal(await other.inputValue('#input'), 'dcba');
    await page.reload();
    await settled(page);
    assert.equal(await page.inputValue('#input'), 'dcba');
    assert.equal(await hash(page), there);
  });

  await test('an assignment of the gallery has an address that opens it, and keeps it while it is solved', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await page.click('text=Examples');
    await page.locator('.course-card').first().click();
    await page.locator('.course-cases').waitFor();
    const there = await hash(page);
    assert.match(there, /^#assignment=/);
    await type(page, 'positions = indices + 1;\n');
    await page.waitForTimeout(700);
    assert.equal(await hash(page), there, 'no answer gets into it');
    const other = await fresh(there);
    await other.locator('.course-cases').waitFor();
    assert.equal(
      await other.locator('.course h2').first().textContent(),
      await page.locator('.course h2').first().textContent(),
    );
    assert.ok(!(await editor(other).textContent()).includes('indices + 1'));
  });
}
