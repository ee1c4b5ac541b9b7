// What the page offers to people who write another language: each fix, clicked, leaves the program that was meant.
import assert from 'node:assert/strict';
import { editor, settled, type } from '../browser.mjs';

const ready = (page) =>
  page.waitForFunction(() => document.querySelector('.editor-host')?.shadowRoot?.querySelector('.cm-content'));
const text = (page) =>
  editor(page).evaluate((e) =>
    [...e.querySelectorAll('.cm-line')]
      .map((l) => {
        const copy = l.cloneNode(true);
        for (const inlay of copy.querySelectorAll('.inlay, .inlay-slot')) inlay.remove();
        return copy.textContent;
      })
      .join('\n'),
  );
const mend = (page) => page.locator('button.mend');

/** What is written, the code of the message, and what is meant. */
const written = [
  ['x = indicator(tokens != "a");', 'not-equal', 'x = indicator(not (tokens == "a"));'],
  ['x = "z" not in tokens;', 'no-not-in', 'x = not ("z" in tokens);'],
  ['x = indices \u2212 1;', 'invalid-character', 'x = indices - 1;'],
  ['x = tokens == \u201ca\u201d;', 'invalid-character', 'x = tokens == "a";'],
  ['x = tokens; // the input', 'comment-style', 'x = tokens; # the input'],
  ['x = (tokens));', 'unexpected-token', 'x = (tokens);'],
  [
    'x = Select(tokens, tokens, ==); y = selector_width(x);',
    'undefined-name',
    'x = select(tokens, tokens, ==); y = selector_width(x);',
  ],
  [
    'x = select(==, tokens, indices); y = selector_width(x);',
    'expected-comparison',
    'x = select(tokens, indices, ==); y = selector_width(x);',
  ],
  ['x = indices ** 2;', 'unexpected-token', 'x = indices ^ 2;'],
  ['x = (tokens == "a") && (indices == 1);', 'invalid-character', 'x = (tokens == "a") and (indices == 1);'],
  ['x = tokens is "a";', 'unexpected-token', 'x = tokens == "a";'],
  ['x = indices * 1_000;', 'bad-number', 'x = indices * 1000;'],
];

export default async function fixJourneys(test) {
  await test('the fixes of the messages for other languages, clicked, leave what was meant', async (fresh) => {
    const page = await fresh('#example=histogram');
    await settled(page);
    await ready(page);
    for (const [wrong, code, right] of written) {
      await type(page, wrong);
      await page.locator('.problems a.code, a.code', { hasText: code }).first().waitFor();
      assert.equal(await mend(page).count(), 1, wrong);
      await mend(page).click();
      await page.waitForFunction(() => !document.querySelector('button.mend'));
      assert.equal(await text(page), right);
      assert.equal(await page.locator('li.error').count(), 0, right);
    }
  });

  await test('a pasted transcript becomes a program by its one fix', async (fresh) => {
    const page = await fresh('#example=histogram');
    await settled(page);
    await ready(page);
    await type(page, '>> x = indices + 1;\n     s-op: x\n>> x * 2;\n');
    await mend(page).first().waitFor();
    await mend(page).click();
    await page.waitForFunction(() => !document.querySelector('button.mend'));
    assert.equal(await text(page), 'x = indices + 1;\n#      s-op: x\nx * 2;\n');
    assert.equal(await page.locator('li.error').count(), 0);
  });

  await test('the fix is offered at the place of the mistake, too', async (fresh) => {
    const page = await fresh('#example=histogram');
    await settled(page);
    await ready(page);
    await type(page, 'x = indices \u2212 1;');
    await page.locator('.cm-lintRange-error').first().hover();
    await page.locator('.cm-diagnosticAction').click();
    await page.waitForFunction(() => !document.querySelector('button.mend'));
    assert.equal(await text(page), 'x = indices - 1;');
  });

  await test('a selector that looks ahead under the causal mask is a warning with a position', async (fresh) => {
    const page = await fresh('#example=histogram');
    await settled(page);
    await ready(page);
    await type(
      page,
      '#@ causal on\n#@ vocabulary "ab"\n#@ max_length 4\n#@ input "abab"\nopposite = length - 1 - indices;\nx = aggregate(select(indices, opposite, ==), tokens, "-");\n',
    );
    await page.locator('a.code', { hasText: 'hidden-by-mask' }).waitFor();
    assert.match(
      await page.locator('li.warning', { hasText: 'causal mask' }).first().textContent(),
      /position 0 \('a'\) would select position 3/,
    );
  });

  await test('every printed statement stands on the example of its line', async (fresh) => {
    const page = await fresh('#example=histogram');
    await settled(page);
    await ready(page);
    await type(page, 'set example "ab"\nlength;\nset example "wxyz"\nlength;\n');
    await page.locator('.printed li').nth(1).waitFor();
    const lines = await page
      .locator('.printed li')
      .evaluateAll((list) => list.map((li) => li.textContent.replace(/\s+/g, '')));
    assert.deepEqual(lines, ['2lengthonab22', '4length4444']);
  });
}
