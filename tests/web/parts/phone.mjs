// A phone, and paper: what one needs is there, and nothing lies over it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { output, root, settled, type } from '../browser.mjs';

const phone = { width: 390, height: 844, hasTouch: true };

export default async function phoneJourneys(test) {
  await test('phone: what takes long can be stopped where the program is written', async (fresh) => {
    const page = await fresh('#example=histogram', phone);
    await settled(page);
    await page.click('.phone-tabs button:has-text("Code")');
    await type(page, readFileSync(path.join(root, 'tests/programs/walls/grammar_20.rasp'), 'utf8'));
    const stop = page.locator('.phone-tabs .busy button');
    await stop.click();
    await stop.waitFor({ state: 'detached' });
    await page.click('.phone-tabs button:has-text("Model")');
    assert.equal(await page.locator('.status').textContent(), 'last good result');
  });

  await test('phone: the input stands under the model and changes it; what is wrong with it is said there', async (fresh) => {
    const page = await fresh('#example=histogram', phone);
    await settled(page);
    for (let i = 0; i < 2; ++i) {
      const place = await page.locator('#phone-input').boundingBox();
      assert.ok(place.y > 0 && place.y + place.height <= 844, 'in sight wherever one has scrolled to');
      await page.evaluate(() => {
        document.querySelector('main').scrollTop = 1e6;
      });
    }
    await page.fill('#phone-input', 'ccc');
    await page.waitForFunction(() => document.querySelectorAll('.score .input-row td').length === 3);
    await settled(page);
    assert.deepEqual(await output(page), ['3', '3', '3']);
    await page.fill('#phone-input', '[1,');
    await page.waitForFunction(() =>
      /looks like this/.test(document.querySelector('#phone-input-problem').textContent),
    );
    assert.ok(await page.locator('#phone-input-problem').isVisible());
    await page.tap('.phone-tabs button:text-is("Code")');
    assert.equal(await page.locator('#phone-input').isVisible(), false, 'one field at a time');
    assert.equal(await page.inputValue('#input'), '[1,');
  });

  await test('phone: details never lie over the band that was tapped, nor over the input', async (fresh) => {
    const page = await fresh('#example=dyck3', phone);
    await settled(page);
    for (const head of ['0.0', '2.0', '3.1']) {
      await page.locator(`[data-head="${head}"] .box-title`).tap();
      await page.locator('.inspector').waitFor({ state: 'visible' });
      await page.waitForTimeout(200);
      const over = await page.evaluate((h) => {
        const at = (e) => {
          const r = e.getBoundingClientRect();
          return document.elementFromPoint((r.left + r.right) / 2, (r.top + r.bottom) / 2);
        };
        const title = document.querySelector(`[data-head="${h}"] .box-title`),
          input = document.querySelector('#phone-input');
        return [title.contains(at(title)), input === at(input)];
      }, head);
      assert.deepEqual(over, [true, true], head);
      await page.locator('.inspector .close').tap();
    }
  });

  await test('paper: an A4 page has program and score in dark ink whatever the theme, arcs end in their lanes, and no controls', async (fresh) => {
    for (const name of ['reverse', 'addition']) {
      const page = await fresh(`?theme=dark#example=${name}`);
      await settled(page);
      await page.emulateMedia({ media: 'print' });
      await page.setViewportSize({ width: 718, height: 1046 }); // A4 less Chromium's margins
      await page.locator('.print-code').waitFor();
      await page.waitForTimeout(300);
      const found = await page.evaluate(() => {
        const luminance = (c) => {
          const [r, g, b] = c.match(/[\d.]+/g).map(Number);
          return 0.299 * r + 0.587 * g + 0.114 * b;
        };
        const seen = (e) => e.getClientRects().length > 0;
        const texts = [
          ...document.querySelectorAll('.print-code, .result h2, .score .name, .score td, .score th'),
        ].filter(seen);
        const lane = [...document.querySelectorAll('.score .input-row td')].map((d) => {
          const r = d.getBoundingClientRect();
          return (r.left + r.right) / 2;
        });
        const off = [...document.querySelectorAll('.score .arcs svg')].flatMap((svg) => {
          const box = svg.getBoundingClientRect(),
            unit = svg.viewBox.baseVal.width / box.width;
          return [...svg.querySelectorAll('path')]
            .flatMap((p) =>
              p
                .getAttribute('d')
                .split('M')
                .filter(Boolean)
                .map((d) => box.left + parseFloat(d) / unit),
            )
            .filter((x) => !lane.some((l) => Math.abs(l - x) <= 1.5));
        });
        return {
          light: texts
            .filter((e) => getComputedStyle(e).color.startsWith('rgb') && luminance(getComputedStyle(e).color) > 150)
            .map((e) => e.textContent.slice(0, 20)),
          wide: document.documentElement.scrollWidth,
          off,
          canvas: [...document.querySelectorAll('.score canvas')].map(
            (c) => c.getContext('2d').getImageData(0, 1, 1, 1).data[0],
          ),
          controls: [...document.querySelectorAll('button, input, select')]
            .filter((b) => seen(b) && !b.matches('.name, .value, .box-title, .row-name, .term, .note .words .link'))
            .map((b) => b.outerHTML.slice(0, 60)),
          code: document.querySelector('.print-code').textContent,
        };
      });
      assert.deepEqual([found.light, found.off, found.controls], [[], [], []], name);
      assert.ok(found.wide <= 718, `${name}: ${found.wide}`);
      assert.ok(
        found.canvas.every((red) => red > 200),
        'matrices are drawn for paper, too',
      );
      assert.ok(!found.code.includes('#@') && /aggregate/.test(found.code));
    }
  });
}
