// What is kept and handed on: links, reloads, several tabs, full storage.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { editor, root, settled, type } from '../browser.mjs';

const histogram = 'same = select(tokens, tokens, ==);\nhist = selector_width(same);\n';

export default async function keptJourneys(test) {
  await test('a link carries everything and never overwrites local work', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await type(page, `#@ input "abca"\n#@ vocabulary "abc"\n${histogram}twice = hist * 2;\n`);
    await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'twice');
    await settled(page);
    await page.click('[data-head="0.0"] .box-title');
    await page.click('text=switch this head off');
    await page.click('#tab-score');
    await page.click('text=Share');
    await page.waitForFunction(() => document.querySelector('#share-link')?.value.includes('#2.'));
    const link = await page.inputValue('#share-link');
    assert.match(await page.inputValue('#share-embed'), /<iframe src="[^"]+embed=1[^"]*#2\./);

    const other = await fresh();
    await settled(other);
    await type(other, 'mine = indices;\n');
    await other.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'mine');
    await other.waitForTimeout(400);
    const visitor = await fresh('', { context: other.context() });
    await settled(visitor);
    await visitor.goto(link);
    await visitor.reload();
    await visitor.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'twice');
    assert.equal(await visitor.getAttribute('#tab-score', 'aria-selected'), 'true');
    await visitor.locator('.experiments').waitFor();
    assert.equal(await visitor.locator('.notices .info').count(), 0, 'the same weights');
    await visitor.click('text=Examples');
    assert.ok((await visitor.locator('.recent').textContent()).includes('mine'), 'own work is still there');
    await visitor.close();
  });

  await test('a damaged link leaves own work alone and says what is wrong', async (fresh) => {
    const page = await fresh('#1.z.AAAA');
    await settled(page);
    assert.match(await page.locator('.notices').textContent(), /cannot be opened.*changed on the way/);
    assert.equal(await page.locator('.result h2').textContent(), 'Reverse');
  });

  for (const name of readdirSync(path.join(root, 'tests/web/links'))) {
    await test(`golden link ${name}`, async (fresh) => {
      const { fragment, project } = JSON.parse(readFileSync(path.join(root, 'tests/web/links', name), 'utf8'));
      const page = await fresh(`#${fragment}`);
      await settled(page);
      const shown = await editor(page).evaluate(
        (e) =>
          e.cmTile?.view?.state.doc.toString() ??
          [...e.querySelectorAll('.cm-line')]
            .map((l) =>
              [...l.childNodes]
                .filter((n) => !n.classList?.contains('inlay') && !n.querySelector?.('.inlay'))
                .map((n) => n.textContent)
                .join(''),
            )
            .join('\n'),
      );
      assert.ok(shown.includes(project.files[project.active].split('\n')[0]));
      assert.equal(await page.locator('.notices .problem').count(), 0);
      assert.equal(
        /no checksum/.test(await page.locator('.notices').textContent()),
        fragment.startsWith('1.'),
        'a link without a checksum says so',
      );
    });
  }

  await test('a link whose model differs says what differs, and compares', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await type(page, 'twice = indices * 2;\n');
    await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'twice');
    await settled(page);
    await page.click('text=Share');
    await page.waitForFunction(() => document.querySelector('#share-link')?.value.includes('#2.'));
    const visitor = await fresh(new URL(await page.inputValue('#share-link')).hash);
    await settled(visitor);
    assert.equal(await visitor.locator('.notices p').count(), 0);
    await type(visitor, 'thrice = indices * 3;\nalso = thrice + 1;\n');
    await visitor.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'also');
    await settled(visitor);
    assert.match(
      await visitor.locator('.notices').textContent(),
      /other weights than the link's: the program was edited here\./,
    );
    await visitor.click('.notices >> text=Compare');
    await visitor.locator('dialog .removed').first().waitFor();
    assert.deepEqual(await visitor.locator('dialog .removed').allTextContents(), ['− twice = indices * 2;']);
    await visitor.click('text=Open it as the link has it');
    await visitor.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'twice');
    await settled(visitor);
    assert.equal(await visitor.locator('.notices p').count(), 0);
    await visitor.goBack();
    await visitor.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'also');
  });

  await test('a reload and a second tab lose nothing', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await type(page, 'first = indices + 1;\n');
    await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'first');
    await page.reload();
    await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'first');
    const second = await fresh('', { context: page.context() });
    await settled(second);
    await type(second, 'second = indices + 2;\n');
    await type(page, 'first = indices + 3;\n');
    await page.waitForFunction(() => document.querySelector('.compare')?.textContent.includes('3'));
    await second.waitForTimeout(500);
    await Promise.all([page.reload(), second.reload()]);
    await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'first');
    await second.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'second');
  });

  await test('full storage is said, and the page goes on', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await page.evaluate(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException('full', 'QuotaExceededError');
      };
    });
    await type(page, 'x = indices + 1;\n');
    await page.waitForFunction(() => /no room/.test(document.querySelector('.notices').textContent));
    await settled(page);
    assert.equal(await page.locator('.result h2').textContent(), 'x');
  });
}
