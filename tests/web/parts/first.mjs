// The first minute: what stands before any script has come, and how it becomes live.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { output, root, settled, type } from '../browser.mjs';

export default async function firstJourneys(test, browser) {
  await test('before any script the first picture stands, and it becomes live where it stands', async (_, __, url) => {
    for (const [width, height] of [
      [1440, 900],
      [390, 844],
    ]) {
      const context = await browser.newContext({ viewport: { width, height }, serviceWorkers: 'block' });
      let go, engine;
      const scripts = new Promise((resolve) => {
          go = resolve;
        }),
        wasm = new Promise((resolve) => {
          engine = resolve;
        });
      await context.route('**/index-*.js', async (route) => {
        await scripts;
        await route.continue();
      });
      await context.route('**/*.wasm', async (route) => {
        await wasm;
        await route.continue();
      });
      const page = await context.newPage();
      await page.goto(url, { waitUntil: 'commit' });
      await page.locator('.standing .arcs path').first().waitFor();
      const rows = () => Promise.all([output(page), output(page, 'interpreter')]);
      assert.deepEqual(await rows(), [
        ['d', 'c', 'b', 'a'],
        ['d', 'c', 'b', 'a'],
      ]);
      const wide = width > 800;
      const places = () =>
        page.evaluate(
          (list) =>
            list.map((s) => {
              const r = document.querySelector(s).getBoundingClientRect();
              return [s, Math.round(r.left), Math.round(r.top), Math.round(r.width)];
            }),
          [
            '.top h1',
            '.centre',
            '.result h2',
            '.verdict',
            '.captions li:nth-child(3)',
            '.views',
            ...(wide ? ['.compare', '.input-row td:nth-child(4)', '.arcs svg', '.left'] : []),
          ],
        );
      const before = await places();
      go();
      await page.locator('.app:not(.prerendered)').waitFor();
      assert.deepEqual(await places(), before, 'while the engine loads');
      assert.match(await page.locator('.result .status').textContent(), /starting/);
      engine();
      await page.locator('.views').waitFor();
      await settled(page);
      assert.deepEqual(await places(), before, 'when it is live');
      assert.deepEqual(await rows(), [
        ['d', 'c', 'b', 'a'],
        ['d', 'c', 'b', 'a'],
      ]);
      await context.close();
    }
  });

  await test('the style sheet of the first picture waits for no script but the one that chooses the picture', async () => {
    const html = readFileSync(path.join(root, 'web/dist/index.html'), 'utf8'),
      sheet = html.indexOf('<link rel="stylesheet"');
    assert.ok(sheet > 0 && sheet < html.indexOf('<script') && sheet < html.indexOf('rel="modulepreload"'));
    const beside = [...html.matchAll(/<(?:script type="module"|link rel="(?:modulepreload|preload)")[^>]*>/g)].map(
      (m) => m[0],
    );
    assert.ok(beside.length > 3);
    assert.deepEqual(
      beside.filter((tag) => !tag.includes('fetchpriority="low"')),
      [],
    );
  });

  await test('who comes with a link or has own work never sees the first picture', async (fresh, _, url) => {
    const page = await fresh();
    await settled(page);
    await type(page, 'mine = indices + 1;\n');
    await page.waitForFunction(() => Object.keys(localStorage).some((k) => k.startsWith('rasp-work/')));
    for (const [hash, context] of [
      ['', page.context()],
      ['#example=sort', await browser.newContext()],
    ]) {
      const other = await context.newPage();
      await other.addInitScript(() => {
        window.flash = false;
        const look = () => {
          if (document.querySelector('.standing .arcs')?.getClientRects().length) window.flash = true;
          requestAnimationFrame(look);
        };
        requestAnimationFrame(look); // at every frame that is painted
      });
      await other.goto(url + hash);
      await settled(other);
      assert.equal(await other.evaluate(() => window.flash), false, hash);
      await other.close();
    }
  });

  await test('every card of a RASP program has its picture: input above, output below', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await page.click('text=Examples');
    const cards = page.locator('.example-card', { has: page.locator('.small-picture') });
    await cards.first().waitFor();
    assert.equal(
      await cards.count(),
      readdirSync(path.join(root, 'examples')).filter((f) => f.endsWith('.rasp')).length,
    );
    const histogram = page.locator('.example-card', { has: page.locator('strong:text-is("Histogram")') });
    assert.deepEqual(await histogram.locator('.token').allTextContents(), [...'abcaab']);
    assert.deepEqual(await histogram.locator('.value').allTextContents(), ['3', '2', '1', '3', '3', '2']);
  });

  await test('the first visit shows a working example', async (fresh) => {
    const page = await fresh();
    await settled(page);
    assert.equal(await page.locator('.result h2').textContent(), 'Reverse');
    assert.deepEqual(await output(page), await output(page, 'interpreter'));
    assert.match(await page.locator('.verdict').first().textContent(), /exact for every input/);
    const blank = await page
      .locator('canvas')
      .first()
      .evaluate((c) => {
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        return new Set(Array.from({ length: d.length / 4 }, (_, i) => d.slice(4 * i, 4 * i + 3).join())).size;
      });
    assert.ok(blank > 1, 'the heatmap has dark and light cells');
  });

  await test('the first minute: three captions until they are dismissed, the language in 12 lines', async (fresh) => {
    const page = await fresh();
    await settled(page);
    assert.equal(await page.locator('.captions li').count(), 3);
    assert.match(await page.locator('.captions').textContent(), /select.*one attention head.*aggregate.*an MLP/s);
    assert.equal(await page.locator('.inspector .primer dt').count(), 12);
    await page.click('[aria-label="Dismiss these captions"]');
    await page.reload();
    await settled(page);
    assert.equal(await page.locator('.captions').count(), 0, 'they do not come again');
    await page.click('text=Examples');
    await page.locator('.example-card').first().waitFor();
    assert.equal(
      await page.locator('.example-card strong').first().textContent(),
      'Reverse',
      'what is read first stands first',
    );
    assert.equal(await page.locator('.recent').count(), 0, 'nothing was written yet');
    await page.keyboard.press('Escape');
    await type(page, 'mine = indices + 1;\n');
    await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'mine');
    await page.waitForTimeout(400);
    await page.click('text=Examples');
    assert.equal(await page.locator('.recent').count(), 0, 'what is on the page is not listed beside it');
    await page.click('text=New program');
    await page.click('text=Examples');
    await page.locator('.example-card').first().waitFor();
    assert.ok(
      await page.evaluate(
        () =>
          document.querySelector('.recent').getBoundingClientRect().top <
          document.querySelector('.example-card').getBoundingClientRect().top,
      ),
      'own work comes first',
    );
  });
}
