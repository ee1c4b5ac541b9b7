// Words of the field are explained where they stand: by pointer, keyboard and touch.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { histogramPage, root, settled, violations } from '../browser.mjs';

const file = readFileSync(path.join(root, 'docs/glossary.md'), 'utf8');
const meaning = (word) => file.match(new RegExp(`^### (?:.*, )?${word}(?:, .*)?\n+(.+)$`, 'm'))[1].replaceAll('`', '');
const said = async (page) => (await page.locator('#explained p').first().textContent()).trim();

export default async function wordsJourneys(test) {
  await test('words: what is underlined is explained by focus and pointer; Escape closes that alone', async (fresh) => {
    const page = await histogramPage(fresh);
    await page.click('[data-head="0.0"] .box-title');
    await page.locator('.inspector .weights').first().waitFor();
    await page.locator('.verdict .term').focus();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Tab');
    await page.locator('#explained').waitFor();
    assert.equal(await said(page), `proved ${meaning('proved')}`);
    assert.equal(await page.locator('.verdict .term').getAttribute('aria-describedby'), 'explained');
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('Escape');
    await page.locator('#explained').waitFor({ state: 'detached' });
    assert.match(await page.locator('.inspector h3').first().textContent(), /head 1\.1/, 'the selection stays');
    await page.locator('.inspector .weights .term', { hasText: 'W_QK' }).hover();
    await page.locator('#explained').waitFor();
    assert.equal(await said(page), `W_QK ${meaning('W_QK')}`);
    await page.locator('#explained').hover();
    await page.waitForTimeout(400);
    assert.equal(await page.locator('#explained').count(), 1, 'the pointer may go into it');
    await page.mouse.move(700, 10);
    await page.locator('#explained').waitFor({ state: 'detached' });
  });

  await test('words: each step of the player explains its own; a tap opens and closes, within the screen', async (fresh) => {
    const page = await fresh('#example=dyck3', { width: 390, height: 844, hasTouch: true });
    await settled(page);
    const found = new Set();
    const last = Number(await page.locator('.player input').getAttribute('max'));
    for (let i = 0; i < last; ++i) {
      await page.locator('.player input').fill(String(i));
      for (const word of await page.locator('.caption .term').allTextContents()) found.add(word);
    }
    for (const word of ['query', 'key', 'softmax']) assert.ok(found.has(word), word);
    const proved = page.locator('.verdict .term');
    await proved.scrollIntoViewIfNeeded();
    await proved.tap();
    await page.locator('#explained').waitFor();
    const b = await page.locator('#explained').boundingBox();
    assert.ok(b.x >= 0 && b.x + b.width <= 390 && b.y >= 0 && b.y + b.height <= 844, JSON.stringify(b));
    await page.locator('.result h2').tap();
    await page.locator('#explained').waitFor({ state: 'detached' });
  });
}
