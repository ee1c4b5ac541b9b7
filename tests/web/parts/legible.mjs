// What the score says in words, and that they can be read: notes beside rows, names on a phone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
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
    assert.equal(found.model, '✓ as the interpreter');
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

  await test('score: on a phone it is read to its end what is cleared', async (fresh) => {
    const page = await fresh('#example=dyck3', { width: 390, height: 844 });
    await settled(page);
    const cut = await page.$$eval('.score td.words', (list) =>
      list.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.textContent),
    );
    assert.ok((await page.locator('.score td.words').count()) > 1);
    assert.deepEqual(cut, []);
  });

  await test('an exported score can be read: no word lies over another, nor outside the picture', async (fresh, browser) => {
    for (const name of ['sort', 'dyck3', 'addition']) {
      const page = await fresh(`#example=${name}`, { acceptDownloads: true });
      await settled(page);
      await page.click('.top >> text=Export');
      const row = page.locator('.exports tr', { hasText: 'bands, rows and output' });
      const [file] = await Promise.all([page.waitForEvent('download'), row.getByText('SVG').click()]);
      const blank = await browser.newPage();
      await blank.setContent(readFileSync(await file.path(), 'utf8'));
      const bad = await blank.evaluate(() => {
        const room = document.querySelector('svg').getBoundingClientRect();
        const boxes = [...document.querySelectorAll('text')]
          .filter((t) => t.textContent.trim())
          .map((t) => ({ said: t.textContent, b: t.getBoundingClientRect() }));
        return boxes.flatMap(({ said, b }, i) => [
          ...(b.left < room.left || b.right > room.right ? [`${said} leaves the picture`] : []),
          ...boxes
            .slice(i + 1)
            .filter((o) => b.left < o.b.right && o.b.left < b.right && b.top + 4 < o.b.bottom && o.b.top + 4 < b.bottom)
            .map((o) => `${said} over ${o.said}`),
        ]);
      });
      await blank.close();
      assert.deepEqual(bad, [], name);
    }
  });
}
