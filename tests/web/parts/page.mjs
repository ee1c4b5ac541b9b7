// The page as a whole: stopping, security policy, offline, phone, embedded, tour.
import assert from 'node:assert/strict';
import { editor, histogramPage, settled, type } from '../browser.mjs';

export default async function pageJourneys(test) {
  await test('a long computation can be stopped, and typing goes on meanwhile', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await type(
      page,
      '#@ vocabulary "abcdefgh"\n#@ max_length 60\n#@ input "abcd"\nm = aggregate(select(indices, indices, <=), indices * indices);\nn = aggregate(select(indices, indices, <=), m * m + indices);\nx = round(n * m * 7) % 5;\n',
    );
    const stop = page.locator('.status button');
    const finished = page.waitForFunction(() =>
      document.querySelector('.problems .error')?.textContent.match(/limit|more than/),
    );
    await Promise.race([
      stop
        .waitFor({ timeout: 20000 })
        .then(() => stop.click())
        .catch(() => {}),
      finished.catch(() => {}),
    ]);
    await type(page, 'after = indices;\n');
    await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'after');
    await settled(page);
  });

  await test('nothing runs that the page did not bring: content security policy', async (fresh) => {
    const page = await fresh();
    await settled(page);
    const tries = await page.evaluate(async () => {
      await new Promise((r) => setTimeout(r, 50)); // the inspector's own leave to evaluate ends with its call
      const out = {};
      const attempt = async (name, f) => {
        try {
          out[name] = await f();
        } catch (e) {
          out[name] = `refused: ${e.name}`;
        }
      };
      await attempt('eval', () => globalThis.eval('1+1'));
      await attempt('function', () => new Function('return 1')());
      await attempt('html', () => {
        const d = document.createElement('div');
        d.innerHTML = '<img src=x onerror="window.hit=1">';
        return 'ran';
      });
      await attempt('inline', () => {
        const s = document.createElement('script');
        s.textContent = 'window.hit = 1';
        document.head.append(s);
        return window.hit ? 'ran' : 'refused';
      });
      await attempt('fetch', () => fetch('https://example.com/').then(() => 'ran'));
      await attempt('worker', () => {
        new Worker('data:text/javascript,1');
        return 'ran';
      });
      return out;
    });
    for (const [name, result] of Object.entries(tries)) assert.match(String(result), /^refused/, name);
    assert.ok(page.problems.length > 0);
    page.problems.length = 0;
  });

  await test('works without a network after the first visit', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForFunction(
      async () =>
        (await caches.keys()).length > 0 && (await (await caches.open((await caches.keys())[0])).keys()).length > 5,
    );
    await page.context().setOffline(true);
    await page.reload();
    await settled(page);
    await type(page, 'offline = indices;\n');
    await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'offline');
    page.problems.length = 0; // the browser's own words about the network
  });

  await test('a phone: tabs, and the inspector as a sheet', async (fresh) => {
    const page = await histogramPage(fresh, { width: 390, height: 844, hasTouch: true });
    assert.equal(
      await page.locator('.phone-tabs [aria-pressed="true"]').textContent(),
      'Model',
      'a phone shows the model first',
    );
    assert.equal(
      await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
      true,
      'nothing is cut off',
    );
    await page.tap('[data-head="0.0"] .box-title');
    await page.locator('.inspector').waitFor({ state: 'visible' });
    await page.tap('.inspector .close');
    await page.locator('.inspector').waitFor({ state: 'hidden' });
  });

  await test('embedded: no bar, read-only, panels hidden', async (fresh) => {
    const page = await fresh('?embed=1&readonly=1&hide=inspector,settings&view=residual&theme=dark#example=reverse');
    await settled(page);
    assert.equal(await page.locator('.top, .inspector, .settings').count(), 0);
    assert.equal(await page.getAttribute('#tab-score', 'aria-selected'), 'true');
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
    await editor(page).click();
    await page.keyboard.type('zzz');
    assert.ok(!(await editor(page).textContent()).includes('zzz'));
  });

  await test('the tour can be taken, left and taken up again', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await page.click('text=Tour');
    const heading = page.locator('.tour h2');
    const first = await heading.textContent();
    await page.click('.tour >> text=Next');
    await page.click('.tour >> text=Next');
    const third = await heading.textContent();
    assert.notEqual(first, third);
    await page.click('.tour >> text=Skip');
    assert.equal(await heading.count(), 0);
    await page.click('text=Tour');
    assert.equal(await heading.textContent(), third);
    await page.click('.tour >> text=Next');
    await page.locator('.score.tour-target').waitFor();
    await page.click('.tour >> text=Next');
    await page.click('.tour >> text=Done');
  });
}
