// What a key does not change is not drawn again: nothing flickers, and keys are cheap.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { editor, histogramPage, settled } from '../browser.mjs';

export default async function steadyJourneys(test) {
  await test('a key that changes no value redraws nothing of the score; one that does changes values', async (fresh) => {
    const page = await histogramPage(fresh);
    await editor(page).click();
    await page.keyboard.press('Control+End');
    await page.evaluate(() => {
      window.changed = [];
      window.drawn = 0;
      addEventListener('rasp-picture', () => {
        ++window.drawn;
      });
      new MutationObserver((list) => {
        for (const m of list)
          if (m.type !== 'characterData' || m.oldValue !== m.target.data)
            window.changed.push(`${m.type} ${m.attributeName ?? ''} of ${m.target.nodeName}`);
      }).observe(document.querySelector('.score'), {
        subtree: true,
        childList: true,
        characterData: true,
        characterDataOldValue: true,
        attributes: true,
      });
    });
    for (const [i, key] of ['Space', 'Backspace', 'Enter', 'Backspace'].entries()) {
      await page.keyboard.press(key);
      await page.waitForFunction((n) => window.drawn === n, i + 1);
      await settled(page);
    }
    assert.deepEqual(await page.evaluate(() => window.changed), []);
    await page.keyboard.insertText('twice = hist + hist;');
    await page.waitForFunction(() =>
      [...document.querySelectorAll('.score .end tr')].some(
        (r) =>
          [...r.cells]
            .slice(0, 7)
            .map((c) => c.textContent)
            .join('') === 'model642664',
      ),
    );
    assert.notEqual(await page.evaluate(() => window.changed.length), 0);
  });

  await test('an old result is dimmed while nothing newer comes, and no longer once it does', async (fresh) => {
    const page = await histogramPage(fresh);
    const colour = () =>
      page
        .locator('.score .end td')
        .first()
        .evaluate((e) => getComputedStyle(e).color);
    const before = await colour();
    await editor(page).click();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText('x = (');
    await page.locator('.centre.dimmed').waitFor();
    assert.notEqual(await colour(), before);
    await page.keyboard.press('Control+z');
    await settled(page);
    await page.waitForFunction(() => !document.querySelector('.centre.dimmed'));
    assert.equal(await colour(), before);
  });

  await test('blanks and comments make no new model, but places move with them, and a file that is saved has the new text', async (fresh) => {
    const page = await fresh('#example=sort', { acceptDownloads: true });
    await settled(page);
    const state = () =>
      page.evaluate(() => [...document.querySelectorAll('.score tbody.line')].map((e) => e.textContent).join('|'));
    const before = await state();
    await editor(page).click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText('# the end\n');
    await settled(page);
    await page.locator('.cm-line', { hasText: 'rank = ' }).click({ position: { x: 2, y: 5 } });
    await page.keyboard.press('Home');
    await page.keyboard.insertText('# one\n# two\n# "three\n');
    await page.waitForTimeout(300);
    await settled(page);
    await page.keyboard.press('Escape');
    assert.equal(await state(), before);
    await page.click('[data-item="s5"] .name');
    await page.waitForFunction(() =>
      [...document.querySelector('.editor-host').shadowRoot.querySelectorAll('.linked')].some((e) =>
        /sorted|aggregate/.test(e.textContent),
      ),
    );
    await page.click('.top >> text=Export');
    const row = page.locator('.exports tr', { hasText: 'Model, JSON' });
    const [file] = await Promise.all([page.waitForEvent('download'), row.getByRole('button').click()]);
    const { text } = JSON.parse(readFileSync(await file.path(), 'utf8')).rasp.program;
    assert.ok(text.includes('# "three') && text.includes('# the end'), text);
  });
}
