// What the score says in words, and that they can be read: notes beside rows, names on a phone.
import assert from 'node:assert/strict';
import { settled } from '../browser.mjs';

export default async function legibleJourneys(test) {
  await test('score: each row says the expression that it computes, each head what it does, the answer whether it is right', async (fresh) => {
    const page = await fresh('#example=reverse');
    await settled(page);
    const notes = async () =>
      Object.fromEntries(
        await page.$$eval('.score tbody tr', (rows) =>
          rows.flatMap((r) => {
            const note = r.querySelector('th.note');
            return note ? [[r.querySelector('th').innerText.trim(), note.innerText.replaceAll('\n', ' ').trim()]] : [];
          }),
        ),
      );
    const found = await notes();
    assert.equal(found.opposite, 'length - indices - 1');
    assert.equal(found['head 1.1'], 'full_s counts all positions');
    assert.equal(found['head 2.1'], 'flip fetches tokens');
    assert.equal(found.model, '✓ the same as the interpreter');
    await page.click('[data-head="1.0"] .box-title');
    await page.click('text=switch this head off');
    await page.locator('.compare td.wrong').first().waitFor();
    assert.match((await notes()).model, /^✗ differs at \d positions$/);
    // A score that fits has its notes beside it, embedded, too.
    const embedded = await fresh('?embed=1#example=sort', { width: 760, height: 640 });
    await settled(embedded);
    assert.ok(await embedded.locator('.score .band .note').first().isVisible());
  });

  await test('score: on a phone the lanes leave names what they need, up to the edge', async (fresh) => {
    const page = await fresh('#example=sort', { width: 390, height: 844 });
    await settled(page);
    const seen = await page.evaluate(() => ({
      cut: [...document.querySelectorAll('.score .name')].filter((e) => e.scrollWidth > e.clientWidth + 1).length,
      right: document.querySelector('.staves').getBoundingClientRect().right,
      bar: document.querySelector('.top').getBoundingClientRect().height,
    }));
    assert.ok(seen.cut <= 1 && seen.right > 360 && seen.bar < 60, JSON.stringify(seen));
  });
}
