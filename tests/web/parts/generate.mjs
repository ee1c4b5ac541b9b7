// The view Generate: the model as a decoder, step by step, and its link.
import assert from 'node:assert/strict';
import { settled } from '../browser.mjs';

export default async function generateJourneys(test) {
  await test('generate: grows by the model’s output, is stepped through, ends for a reason, and is in the link', async (fresh) => {
    const page = await fresh('#example=closer');
    await settled(page);
    await page.click('#tab-generate');
    await page.fill('#generate-until', '.');
    await page.waitForFunction(() => /"\."/.test(document.querySelector('.stopped')?.textContent ?? ''));
    const rows = () =>
      page
        .locator('.generated tbody tr')
        .evaluateAll((list) => list.map((r) => [...r.querySelectorAll('td')].map((c) => c.textContent.trim())));
    const text = (row) => row.slice(0, -2).join('');
    assert.deepEqual((await rows()).map(text), ['[((', '[(()', '[(())', '[(())]']);
    assert.deepEqual(
      (await rows()).map((r) => r.slice(-2)),
      [
        [')', ') ✓'],
        [')', ') ✓'],
        [']', '] ✓'],
        ['.', '. ✓'],
      ],
    );
    await page.click('[aria-label="One step back"]');
    await page.click('[aria-label="One step back"]');
    assert.deepEqual((await rows()).map(text), ['[((', '[(()']);
    assert.equal(await page.locator('.stopped').textContent(), '');
    await page.waitForFunction(() => location.hash.startsWith('#2.'));
    await page.waitForTimeout(600);
    const other = await fresh(await page.evaluate(() => location.hash));
    await other.locator('.generated tbody tr').nth(1).waitFor();
    assert.equal(await other.locator('.generated tbody tr').count(), 2, 'the step is in the link');
    assert.equal(await other.inputValue('#generate-until'), '.');
    await other.click('text=Show step 2 in the score');
    await settled(other);
    assert.deepEqual(JSON.parse(await other.inputValue('#input')), [...'[(()']);
    await page.fill('#generate-until', 'q');
    await page.waitForFunction(() =>
      /no token of the vocabulary/.test(document.querySelector('#generate-problem').textContent),
    );
  });

  await test('generate: an output that is no token says what it is and what would make it one', async (fresh) => {
    const page = await fresh('#example=histogram');
    await settled(page);
    await page.click('#tab-generate');
    await page.waitForFunction(() =>
      /no token of the vocabulary.*let the program give a string/.test(
        document.querySelector('.stopped')?.textContent ?? '',
      ),
    );
    assert.equal(await page.locator('.generated tbody tr').count(), 1);
  });
}
