// Editing and looking: values, errors, undo, help of the editor, selection, experiments, why this number.
import assert from 'node:assert/strict';
import { histogramPage, output, pixels, settled, type } from '../browser.mjs';

const histogram = 'same = select(tokens, tokens, ==);\nhist = selector_width(same);\n';

export default async function editingJourneys(test) {
  await test('editing the program changes heatmap, residual stream and output', async (fresh) => {
    const page = await histogramPage(fresh);
    const before = await pixels(page, 'canvas');
    await type(
      page,
      '#@ input "abca"\n#@ vocabulary "abc"\nback = aggregate(select(indices, length - indices - 1, ==), tokens);\n',
    );
    await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'back');
    await settled(page);
    assert.notEqual(await pixels(page, '[data-head] canvas'), before);
    assert.deepEqual(await output(page), ['a', 'c', 'b', 'a']);
    await page.click('#tab-score');
    assert.ok((await page.locator('.score tr.stave .name').allTextContents()).includes('back'));
    const row = page.locator('.score tr.stave', { has: page.locator('.name:text-is("back")') }).first();
    assert.deepEqual(await row.locator('td').allTextContents(), ['a', 'c', 'b', 'a']);
  });

  await test('an error is underlined, explained, and the last good picture stays', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await type(page, `${histogram}bad = hits + 1;\n`);
    await page.locator('.cm-lintRange-error').waitFor();
    assert.equal(await page.locator('.cm-lintRange-error').textContent(), 'hits');
    assert.match(await page.locator('.problems .error').textContent(), /3:7.*hits/s);
    assert.equal((await page.locator('canvas').count()) > 0, true);
    assert.equal(await page.locator('.centre.stale').count(), 1);
    await type(page, '');
    await page.waitForTimeout(300);
    assert.equal((await page.locator('canvas').count()) > 0, true, 'an empty program keeps the picture');
    await type(page, histogram);
    await settled(page);
    assert.equal(await page.locator('.problems .error').count(), 0);
  });

  await test('typing over a selection, undo and redo', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await type(page, 'x = indices;\n');
    await page.waitForTimeout(700); // what is typed later is a step of its own for undo
    await page.keyboard.press('Control+Home');
    for (let i = 0; i < 4; ++i) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+End');
    await page.keyboard.type('indices + 1;');
    await page.waitForFunction(() => document.querySelector('.compare')?.textContent.includes('model12'));
    await page.keyboard.press('Control+z');
    await page.waitForFunction(() => document.querySelector('.compare')?.textContent.includes('model01'));
    await page.keyboard.press('Control+y');
    await page.waitForFunction(() => document.querySelector('.compare')?.textContent.includes('model12'));
  });

  await test('editor help: completion, hover, definition, rename, format', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await type(page, '# Doubles a value.\ndef twice(x) { return x+x; }\nstart = indices;\nresult=twice( start );\n');
    await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'result');
    await page.keyboard.press('Control+End');
    await page.keyboard.type('y = tw');
    await page.locator('.cm-tooltip-autocomplete li[aria-selected]').waitFor();
    assert.match(await page.locator('.cm-tooltip-autocomplete li[aria-selected]').textContent(), /twice\(x\)/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+z');
    await settled(page);
    await page.locator('.cm-line', { hasText: 'result' }).hover({ position: { x: 79, y: 10 } });
    await page.locator('.cm-tooltip .help').waitFor();
    assert.match(await page.locator('.cm-tooltip .help').textContent(), /twice\(x\)[^]*Doubles a value/);
    await page.mouse.move(5, 5);
    await page.locator('.cm-line', { hasText: 'result' }).click({ position: { x: 79, y: 10 } });
    await page.keyboard.press('F12');
    await page.waitForTimeout(100);
    const chosen = await page.evaluate(
      () => document.querySelector('.editor-host').shadowRoot.getSelection?.().toString() ?? getSelection().toString(),
    );
    await page.keyboard.press('F2');
    await page.locator('#ask').waitFor();
    assert.equal(await page.inputValue('#ask'), 'twice');
    for (const [bad, why] of [
      ['start', /already in use/],
      ['aggregate', /already in use/],
      ['2x', /cannot be a name/],
      ['', /cannot be a name/],
    ]) {
      await page.fill('#ask', bad);
      assert.match(await page.locator('#ask-problem').textContent(), why);
      assert.equal(await page.getAttribute('#ask', 'aria-invalid'), 'true');
      await page.keyboard.press('Enter');
      assert.equal(await page.locator('dialog').count(), 1, 'Enter does not take a bad name');
    }
    await page.fill('#ask', 'double_it');
    await page.keyboard.press('Enter');
    await page.waitForFunction(
      () =>
        document
          .querySelector('.editor-host')
          .shadowRoot.querySelector('.cm-content')
          .textContent.match(/double_it/g)?.length === 2,
      null,
      { timeout: 5000 },
    );
    assert.ok(chosen === '' || chosen === 'twice', chosen);
    await settled(page);
    await page.click('.file-format');
    await page.waitForFunction(() =>
      /result = double_it\(start\);/.test(
        document.querySelector('.editor-host').shadowRoot.querySelector('.cm-content').textContent,
      ),
    );
    await page.keyboard.press('Control+/');
  });

  await test('the input can be changed, and a bad one is named', async (fresh) => {
    const page = await histogramPage(fresh);
    await page.fill('#input', 'aaab');
    await page.waitForFunction(() => document.querySelectorAll('.compare .input-row td').length === 4);
    await settled(page);
    assert.deepEqual(await output(page), ['3', '3', '3', '1']);
    await page.fill('#input', 'aaz');
    await page.waitForFunction(() => document.querySelector('#input-problem')?.textContent !== '');
    assert.match(await page.locator('#input-problem').textContent(), /z/);
    await page.fill('#input', '');
    await page.waitForFunction(() => /empty/i.test(document.querySelector('.left').textContent));
    await page.fill('#input', '[1, ');
    await page.waitForFunction(() => /looks like this/.test(document.querySelector('#input-problem').textContent));
    await page.fill('#input', 'abcabcabcabcabc');
    await page.waitForFunction(() => /long|most|15/.test(document.querySelector('#input-problem').textContent));
    await page.click('.own');
    await settled(page);
    assert.equal(await page.locator('#input-problem').textContent(), '');
  });

  await test('a selection lights up code and circuit, by mouse and by keyboard', async (fresh) => {
    const page = await histogramPage(fresh);
    await page.click('[data-head="0.0"] .box-title');
    assert.ok((await page.locator('.linked').count()) > 0, 'code lights up');
    assert.match(await page.locator('.inspector').textContent(), /head 1\.1/);
    assert.match(await page.locator('.inspector').textContent(), /W_QK/);
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.querySelectorAll('.band.on').length === 0);
    await page
      .locator('.cm-line', { hasText: 'hist = ' })
      .getByText('hist', { exact: false })
      .first()
      .click({ position: { x: 8, y: 8 } });
    await page.waitForFunction(() => document.querySelector('[data-head="0.0"].on'));
    await page.keyboard.press('Escape');
    await page.locator('[data-head="0.0"] canvas').focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
    assert.equal(await page.locator('.crosshair').count(), 1);
    assert.match(await page.locator('.heatmap [aria-live]').first().textContent(), /looks at|selects nothing/);
    await page.keyboard.press('Enter');
    assert.match(await page.locator('.inspector').textContent(), /weight after softmax/);
  });

  await test('an experiment marks what it changes and is undone in one click', async (fresh) => {
    const page = await fresh();
    await settled(page);
    const right = await output(page);
    await page.click('[data-head="0.0"] .box-title');
    await page.click('text=switch this head off');
    await page.locator('.compare td.wrong').first().waitFor();
    assert.ok((await page.locator('.changed').count()) > 0);
    assert.notDeepEqual(await output(page), right);
    await page.click('text=Undo all');
    await page.waitForFunction(() => !document.querySelector('.compare td.wrong'));
    assert.deepEqual(await output(page), right);
    await page.click('text=use the interpreter’s selector');
    await page.locator('.experiments').waitFor();
    await page.waitForTimeout(300);
    assert.deepEqual(await output(page), right, 'the interpreter’s selector is what the head computes');
  });

  await test('why this number: the sum adds up, and a number can be overwritten', async (fresh) => {
    const page = await histogramPage(fresh);
    await page.click('#tab-score');
    await page
      .locator('.score tr.stave', { has: page.locator('.name:text-is("hist")') })
      .first()
      .locator('.value')
      .first()
      .click();
    await page.locator('.sum').waitFor();
    const sum = await page.evaluate(() => ({
      total: Number(document.querySelector('.sum strong').textContent),
      terms: [...document.querySelectorAll('.sum td:first-child')].map((x) => Number(x.textContent)),
    }));
    assert.ok(Math.abs(sum.total - sum.terms.reduce((a, b) => a + b, 0)) < 0.01, JSON.stringify(sum));
    assert.equal(sum.total, 3);
    await page.locator('.patch select').first().selectOption({ label: '1' });
    await page.locator('.experiments').waitFor();
    await page.waitForFunction(() => document.querySelector('.compare td.wrong')?.textContent === '1');
  });
}
