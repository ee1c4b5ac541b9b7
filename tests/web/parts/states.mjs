// States that never lie: what is shown belongs to what is on the page, or says that it does not.
import assert from 'node:assert/strict';
import { editor, output, settled, type } from '../browser.mjs';

const title = (page, text) =>
  page.waitForFunction((t) => document.querySelector('.result h2')?.textContent === t, text);

export default async function statesJourneys(test) {
  await test('a new program shows nothing of the one before; the interpreter answers from the first key', async (fresh) => {
    const page = await fresh('#example=sort');
    await settled(page);
    await page.evaluate(() => {
      window.seen = '';
      new MutationObserver(() => {
        window.seen += document.querySelector('main').textContent;
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    await page.click('text=Examples');
    await page.evaluate(() => {
      window.seen = '';
    });
    await page.click('text=New program');
    await page.locator('.interim .empty', { hasText: 'no output yet' }).waitFor();
    assert.equal(await page.locator('.compare, [data-head], .verdict').count(), 0);
    assert.doesNotMatch(
      await page.evaluate(() => window.seen.slice(window.seen.lastIndexOf('Write RASP here'))),
      /Sort|smaller|proved/,
    );
    await type(page, 'tokens;\n');
    await page.waitForFunction(() => /interpreter/.test(document.querySelector('.compare')?.textContent ?? ''));
    assert.deepEqual(await output(page, 'interpreter'), [...'hello']);
    await settled(page);
    assert.deepEqual(await output(page), [...'hello']);
  });

  await test('a selector that stands alone is a table, not an error', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await page.click('text=Examples');
    await page.click('text=New program');
    await type(page, '#@ input "aba"\nsame = select(tokens, tokens, ==);\n');
    await page.locator('.selector').waitFor();
    assert.deepEqual(await page.locator('.selector tbody tr').evaluateAll((rows) => rows.map((r) => r.textContent)), [
      'a101',
      'b010',
      'a101',
    ]);
    assert.deepEqual(await page.locator('.selector thead th').allTextContents(), [...'aba']);
    await page.waitForTimeout(800);
    assert.equal(await page.locator('.problems .error').count(), 0);
    assert.match(await page.locator('.interim').textContent(), /same is a selector/);
  });

  await test('what the compiler says of the model stays when only the input changes', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await page.click('text=Examples');
    await page.click('text=New program');
    await type(
      page,
      '#@ vocabulary "ab"\n#@ max_length 24\n#@ input "ab"\nx = aggregate(full_s, 1 / (indices + 1));\n',
    );
    const said = page.locator('.problems', { hasText: 'not-proved' });
    await said.waitFor();
    await page.fill('#input', 'bab');
    await page.waitForFunction(() => document.querySelectorAll('.compare tbody tr:first-child td').length >= 3);
    await settled(page);
    await page.waitForTimeout(1500); // messages are drawn after a pause
    assert.equal(await said.count(), 1);
  });

  await test('a token that the model does not know: the interpreter answers, and one click teaches it', async (fresh) => {
    const page = await fresh('#example=histogram');
    await settled(page);
    await page.fill('#input', 'aaz');
    await page.locator('.offers button').waitFor();
    assert.deepEqual(await output(page, 'interpreter'), ['2', '2', '1']);
    assert.equal(
      await page.locator('.compare th:text-is("model")').count(),
      0,
      'no model of another input stands beside it',
    );
    await page.click('text=Add “z” to the vocabulary');
    await title(page, 'Histogram');
    await settled(page);
    assert.deepEqual(await output(page), ['2', '2', '1']);
    assert.equal(await page.inputValue('#vocabulary'), 'abcz');
    await page.fill('#input', 'abcabcabca');
    await page.locator('.offers button', { hasText: 'Allow 10 tokens' }).click();
    await settled(page);
    assert.deepEqual(await output(page), ['4', '3', '3', '4', '3', '3', '4', '3', '3', '4']);
  });

  await test('nothing is called proved where no position has a value', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await type(page, '#@ vocabulary "ab"\n#@ max_length 3\n#@ input "ab"\nx = tokens_int + 1;\n');
    await title(page, 'x');
    await settled(page);
    assert.match(
      await page.locator('.verdict').first().textContent(),
      /Nothing is defined on this input.*not the text of an int/,
    );
    assert.doesNotMatch(await page.locator('.result').textContent(), /✓|proved/);
  });

  await test('an edit of a pragma that a field stands over says so', async (fresh) => {
    const page = await fresh('#example=histogram');
    await settled(page);
    await page.fill('#input', 'aab');
    await settled(page);
    assert.equal(await page.locator('.overrides').count(), 0, 'an input of one’s own is no news');
    const program = (input) =>
      `#@ vocabulary "abc"\n#@ input "${input}"\nhist = selector_width(select(tokens, tokens, ==));\n`;
    await type(page, program('cc'));
    await page.locator('.overrides').waitFor();
    assert.match(await page.locator('.overrides').textContent(), /#@ input.*until you reset/);
    await page.click('.own');
    await page.locator('.overrides').waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.querySelector('#input').value === 'cc');
    assert.ok(await editor(page).isVisible());
  });

  await test('ablations: a table of what changes without each head and MLP, from which an experiment is shown', async (fresh) => {
    const page = await fresh('#example=sort');
    await settled(page);
    await page.click('[role="tab"]:text-is("Cost")');
    await page.click('text=Ablate each head and MLP');
    await page.waitForSelector('.ablations table', { timeout: 60_000 });
    const rows = await page.$$eval('.ablations tbody tr', (list) =>
      list.map((r) => [...r.children].map((c) => c.textContent)),
    );
    assert.ok(rows.length >= 4, JSON.stringify(rows));
    // the head that fetches: without it next to nothing is right
    const last = rows.findLast((r) => r[0].startsWith('head'));
    assert.match(last[2], /^(\d+) of (\d+)$/);
    const [changed, of] = last[2].split(' of ').map(Number);
    assert.ok(of >= 20 && changed >= of / 2, last[2]);
    await page.locator('.ablations tbody tr').filter({ hasText: last[0] }).locator('text=show it').click();
    await page.click('[role="tab"]:text-is("Score")');
    await settled(page);
    await page.waitForSelector('.score .band.off, .score .off');
    assert.notDeepEqual(await output(page), await output(page, 'interpreter'));
  });

  await test('a link to the laboratory whose input is too long offers to allow it, and says nothing that is not so', async (fresh) => {
    const project = {
      files: { 'a.rasp': 'x = indices + 1;\n' },
      active: 'a.rasp',
      view: 'laboratory',
      lab: { kind: 'superposition', d: 4 },
      settings: { vocabulary: 'ab', maxLength: 2, input: 'abab' },
    };
    const page = await fresh(`#1.j.${Buffer.from(JSON.stringify(project)).toString('base64url')}`);
    await page.locator('.offers button', { hasText: 'Allow 4 tokens' }).waitFor();
    assert.deepEqual(await output(page, 'interpreter'), ['1', '2', '3', '4']);
    assert.doesNotMatch(await page.locator('.centre').textContent(), /[Cc]ompiling/);
    await page.click('text=Allow 4 tokens');
    await page.locator('.lab-form').waitFor();
  });
}
