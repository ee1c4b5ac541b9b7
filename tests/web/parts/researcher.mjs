// What researchers do: two inputs with patching between them, panels of one's own size, matrices in full.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadEngine } from '../../../wasm/engine.mjs';
import { histogramPage, root, settled, violations } from '../browser.mjs';

const counts = (tokens) => [...tokens].map((t) => String([...tokens].filter((x) => x === t).length));
const cellsOf = (page, selector) => page.locator(selector).locator('td:not(.note)').allTextContents();
const compare = async (page, text) => {
  if ((await page.locator('.second-input').count()) === 0) await page.click('text=compare a second input');
  await page.fill('.second-input input', text);
  await page.locator('.score tr.second').first().waitFor();
};
const outputs = (page, expected) =>
  page.waitForFunction(
    (e) =>
      [...document.querySelectorAll('.score .end tr')]
        .find((r) => r.querySelector('th').textContent === 'model')
        ?.textContent.replace(/[✓✗].*/, '') === `model${e}`,
    expected.join(''),
  );

export default async function researcherJourneys(test) {
  await test('two inputs: the second run stands under the first in the same columns, and says what differs', async (fresh) => {
    const page = await histogramPage(fresh);
    await compare(page, 'aabbc');
    const second = '[data-item="s1"] tr.second';
    assert.deepEqual(await cellsOf(page, second), [...counts('aabbc'), '']);
    const differing = await page
      .locator(second)
      .locator('td:not(.note)')
      .evaluateAll((list) => list.map((d) => d.classList.contains('differs')));
    assert.deepEqual(
      differing,
      counts('abcaab').map((c, i) => i < 5 && c !== counts('aabbc')[i]),
    );
    assert.deepEqual((await page.locator('.end tr.second td').allTextContents()).slice(0, 5), counts('aabbc'));
    const apart = await page.$$eval('.score tr:is(.stave, .second)', (rows) => {
      const middles = (r) =>
        [...r.querySelectorAll('td:not(.note)')].map((d) => {
          const b = d.getBoundingClientRect();
          return (b.left + b.right) / 2;
        });
      const first = middles(document.querySelector('.score .input-row'));
      return rows
        .filter((r) => !r.querySelector('.arcs'))
        .flatMap((r) => middles(r).map((x, i) => Math.abs(x - first[i])))
        .filter((d) => d > 1);
    });
    assert.deepEqual(apart, []);
    await page.fill('.second-input input', 'xyz');
    await page.waitForFunction(() =>
      /does not know/.test(document.querySelector('.second-input .problem').textContent),
    );
    assert.equal(await page.locator('tr.second').count(), 0, 'nothing stands there of a run that is none');
    await page.click('.second-input >> text=Remove');
    assert.equal(await page.locator('.second-input').count(), 0);
  });

  await test('two inputs: a value, a head and an MLP are taken from the second run, and what changes is marked', async (fresh) => {
    const page = await histogramPage(fresh);
    const first = counts('abcaab'),
      other = counts('ccccc');
    await compare(page, 'ccccc');
    await page.locator('[data-item="s1"] tr.second .value').nth(2).click();
    const patched = first.map((x, i) => (i === 2 ? other[i] : x));
    await outputs(page, patched);
    const marked = await page
      .locator('[data-item="s1"] .stave td')
      .evaluateAll((list) => list.map((d) => [d.classList.contains('changed'), getComputedStyle(d).backgroundColor]));
    assert.deepEqual(
      marked.map(([c]) => c),
      first.map((_, i) => i === 2),
    );
    assert.notEqual(marked[2][1], marked[1][1], 'seen, too');
    assert.match(
      await page.locator('.gained').textContent(),
      /changes at 1 of 6 positions; of the 5 at which the two differed, 1 have/,
    );
    await page.locator('[data-head="0.0"] tr.second select').selectOption('all');
    await outputs(
      page,
      first.map((x, i) => other[i] ?? x),
    );
    assert.match(
      await page.locator('.gained').textContent(),
      /changes at 5 of 6 positions; of the 5 at which the two differed, 5 have/,
    );
    await page.click('text=Undo all');
    await outputs(page, first);

    await page.goto(`${page.url().split('#')[0]}#example=sort`);
    await page.reload();
    await settled(page);
    const tokens = [3, 1, 4, 2],
      others = [4, 3, 2, 1],
      rank = (list) => list.map((x) => list.filter((y) => y < x).length);
    await compare(page, JSON.stringify(others));
    await page.locator('.heading', { hasText: 'Layer 2 · MLP' }).locator('select').selectOption('all');
    // Position i now takes the first run's token that has rank i among the second's.
    await outputs(
      page,
      tokens.map((_, i) => String(tokens[rank(others).indexOf(i)])),
    );
    assert.deepEqual(await violations(page), []);
  });

  await test('two inputs: a link opens with both and with what was taken; another program has none of it', async (fresh) => {
    const page = await histogramPage(fresh);
    await compare(page, 'ccccc');
    await page.locator('[data-item="s1"] tr.second .value').nth(2).click();
    const patched = counts('abcaab').map((x, i) => (i === 2 ? '5' : x));
    await outputs(page, patched);
    await page.click('.top >> text=Share');
    await page.waitForFunction(() => document.querySelector('#share-link')?.value.includes('#2.'));
    const link = new URL(await page.inputValue('#share-link')).hash;
    const other = await fresh(link);
    await settled(other);
    await other.locator('.score tr.second').first().waitFor();
    assert.equal(await other.inputValue('.second-input input'), 'ccccc');
    assert.deepEqual(await cellsOf(other, '[data-item="s1"] tr.second'), [...counts('ccccc'), '']);
    await outputs(other, patched);
    await other.click('text=Undo all');
    await outputs(other, counts('abcaab'));
    await other.reload();
    await other.locator('.score tr.second').first().waitFor();
    assert.equal(await other.inputValue('.second-input input'), 'ccccc', 'a reload keeps it');
    await other.click('.second-input >> text=Remove');
    await other.reload();
    await settled(other);
    assert.equal(await other.locator('.second-input').count(), 0, 'once removed it stays so');
    await compare(other, 'abc');
    await other.click('.top >> text=Examples');
    await other.click('text=New program');
    await other.waitForFunction(() => document.querySelector('.second-input') === null);
  });

  await test('panels are resized by dragging and by keyboard, and remembered; the score keeps room', async (fresh) => {
    const page = await fresh('#example=sort');
    await settled(page);
    const size = (panel) =>
      page
        .locator(`.${panel}`)
        .first()
        .evaluate((e) => {
          const r = e.getBoundingClientRect();
          return [Math.round(r.width), Math.round(r.height)];
        });
    const usual = { left: await size('left'), inspector: await size('inspector'), console: await size('console') };
    const edge = await page.locator('.split-left').boundingBox();
    await page.mouse.move(edge.x + 4, 400);
    await page.mouse.down();
    await page.mouse.move(edge.x - 76, 400, { steps: 5 });
    await page.mouse.up();
    assert.ok(Math.abs((await size('left'))[0] - (usual.left[0] - 80)) <= 5);
    await page.locator('.split-inspector').focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.locator(`.split-inspector[aria-valuenow="${usual.inspector[0] + 48}"]`).waitFor();
    assert.equal((await size('inspector'))[0], usual.inspector[0] + 48);
    await page.locator('.split-console').focus();
    await page.keyboard.press('ArrowUp');
    await page.locator(`.split-console[aria-valuenow="${usual.console[1] + 24}"]`).waitFor();
    assert.equal((await size('console'))[1], usual.console[1] + 24);
    const mine = { left: await size('left'), inspector: await size('inspector'), console: await size('console') };
    await page.reload();
    await settled(page);
    assert.deepEqual(
      { left: await size('left'), inspector: await size('inspector'), console: await size('console') },
      mine,
    );
    for (const panel of ['left', 'inspector']) {
      await page.locator(`.split-${panel}`).focus();
      await page.keyboard.press('End');
    }
    await page.setViewportSize({ width: 1200, height: 800 });
    const [wide, centre, right] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.querySelector('.centre').getBoundingClientRect().width,
      document.querySelector('.inspector').getBoundingClientRect().right,
    ]);
    assert.ok(wide <= 1200 && right <= 1201 && centre >= 239, `a fifth stays for the score: ${centre}, ${right}`);
    await page.setViewportSize({ width: 1440, height: 900 });
    for (const panel of ['left', 'inspector', 'console']) {
      await page.locator(`.split-${panel}`).focus();
      await page.keyboard.press('Enter');
    }
    assert.deepEqual(
      { left: await size('left'), inspector: await size('inspector'), console: await size('console') },
      usual,
    );
  });

  await test('a matrix is enlarged with every row, column and name; Escape closes it and keeps the selection', async (fresh) => {
    const engine = await loadEngine(),
      program = readFileSync(path.join(root, 'examples/sort.rasp'), 'utf8');
    const { handle } = await engine.request({ command: 'compile', program, keep: true, details: true });
    const { qk } = await engine.request({ command: 'weights', handle, layer: 2, head: 0 });
    const page = await fresh('#example=sort');
    await settled(page);
    await page.click('[data-head="2.0"] .box-title');
    await page.locator('.inspector .enlarge').first().click();
    const table = page.locator('dialog .weights table');
    await table.waitFor();
    assert.deepEqual((await table.locator('thead th').allTextContents()).slice(1), qk.columns);
    assert.deepEqual(await table.locator('tbody th').allTextContents(), qk.rows);
    const cut = await table
      .locator('th')
      .evaluateAll((list) =>
        list
          .filter((e) => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)
          .map((e) => e.textContent),
      );
    assert.deepEqual(cut, []);
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    assert.match(await page.locator('.inspector h3').first().textContent(), /head 3\.1/);
    await page.locator('[data-head="2.0"] .enlarge').click();
    await page.locator('dialog canvas').waitFor();
    const [small, large] = await page.evaluate(() =>
      ['.score canvas', 'dialog canvas'].map((s) => document.querySelector(s).getBoundingClientRect().width),
    );
    assert.ok(large > 1.5 * small, `${small} → ${large}`);
  });

  await test('exported pictures can be read: no text lies over another or is squeezed, none is a control', async (fresh, browser) => {
    const page = await fresh('#example=sort');
    await settled(page);
    await page.click('[data-head="2.0"] .box-title');
    await page.locator('.inspector .weights').first().waitFor();
    await page.click('.top >> text=Export');
    for (const name of ['This view', 'Details', 'Score', 'Attention', 'Residual stream']) {
      const row = page.locator('.exports tr', { has: page.locator(`th:has-text("${name}")`) }).first();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        row.getByText('SVG', { exact: true }).click(),
      ]);
      const blank = await browser.newPage();
      await blank.setContent(readFileSync(await download.path(), 'utf8'));
      const found = await blank.evaluate(() => {
        const svg = document.querySelector('svg').getBoundingClientRect(),
          texts = [...document.querySelectorAll('text')].filter((t) => t.textContent.trim());
        const boxes = texts.map((t) => ({ text: t.textContent, r: t.getBoundingClientRect() }));
        const meet = (a, b) =>
          Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
          Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 5;
        const squeezed = texts.filter((t) => {
          const wanted = Number(t.getAttribute('textLength'));
          if (!wanted) return false;
          const copy = t.cloneNode(true);
          copy.removeAttribute('textLength');
          t.after(copy);
          const natural = copy.getComputedTextLength();
          copy.remove();
          return wanted < 0.8 * natural;
        });
        return {
          over: boxes.flatMap((a, i) =>
            boxes
              .slice(i + 1)
              .filter((b) => meet(a.r, b.r))
              .map((b) => `${a.text} | ${b.text}`),
          ),
          outside: boxes
            .filter(
              ({ r }) =>
                r.left < svg.left - 1 || r.right > svg.right + 1 || r.top < svg.top - 1 || r.bottom > svg.bottom + 1,
            )
            .map((b) => b.text),
          squeezed: squeezed.map((t) => t.textContent),
          texts: boxes.map((b) => b.text),
        };
      });
      await blank.close();
      assert.ok(found.texts.length > 5, name);
      assert.deepEqual([found.over, found.outside, found.squeezed], [[], [], []], name);
      for (const word of ['enlarge', 'take…', 'compare a second input', 'Esc', 'switch this head off', 'Whole score'])
        assert.ok(!found.texts.includes(word), `${name}: ${word}`);
    }
  });

  await test('experiments in force are named in the banner: a name shows its place, ✕ undoes it alone', async (fresh) => {
    const page = await histogramPage(fresh);
    await compare(page, 'ccccc');
    await page.locator('[data-item="s1"] tr.second .value').nth(2).click();
    await page.locator('[data-head="0.0"] .box-title').click();
    await page.click('text=switch this head off');
    await page.locator('.experiments li').nth(1).waitFor();
    assert.deepEqual(await page.locator('.experiments li .link').allTextContents(), [
      'hist at position 2 := 5',
      'head 1.1 off',
    ]);
    await page.keyboard.press('Escape');
    await page.locator('.experiments li .link').last().click();
    assert.match(await page.locator('.inspector h3').first().textContent(), /head 1\.1/);
    await page.click('[aria-label="Undo: head 1.1 off"]');
    await outputs(
      page,
      counts('abcaab').map((x, i) => (i === 2 ? '5' : x)),
    );
    assert.equal(await page.locator('.experiments li').count(), 1);
  });
}
