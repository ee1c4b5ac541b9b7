// The view Craft: the listing that the command line prints, linked with the program both ways, and on the way to a
// file.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { editor, output, root, settled, type } from '../browser.mjs';

const printed = (name) =>
  execFileSync(process.execPath, [path.join(root, 'wasm/cli.mjs'), 'plan', path.join(root, 'examples', name)], {
    encoding: 'utf8',
  });
const marked = (page) =>
  page.locator('.craft-part.on').evaluateAll((all) => all.map((e) => e.querySelector('.craft-line').textContent));
const shown = (page) => page.locator('.craft-listing').waitFor({ timeout: 60_000 });

export default async function craftJourneys(test) {
  await test('craft: the listing of the command line, linked with the program both ways, downloaded as it is', async (fresh) => {
    const page = await fresh('#example=sort');
    await settled(page);
    await page.keyboard.press('Escape');
    await page.click('#tab-craft');
    await shown(page);
    const lines = await page.locator('.craft-line').allTextContents();
    assert.equal(lines.map((l) => l.replace(/\n$/, '')).join('\n'), printed('sort.rasp').replace(/\n$/, ''));
    // A head selects itself and its expression, again lets go.
    const head = page.locator('.craft-part.to', { hasText: '# head 1.0' });
    await head.locator('button').click();
    await page.locator('.inspector', { hasText: 'head 2.1' }).waitFor();
    assert.deepEqual(
      (await marked(page)).filter((l) => l.startsWith('head')),
      ['head d_head 10 of "rank" selects "equal_but_earlier"  # head 1.0'],
    );
    await page.mouse.move(0, 0);
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => !document.querySelector('.craft-part.on'));
    // An expression that is selected elsewhere marks its parts, and they are in sight.
    await page.click('#tab-cost');
    await page.locator('.cost tbody button', { hasText: /^sorted$/ }).click();
    await page.mouse.move(0, 0);
    await page.click('#tab-craft');
    await page.locator('.craft-part.on').first().waitFor();
    const parts = await marked(page);
    assert.ok(
      parts.some((l) => l.startsWith('basis sorted ')) && parts.some((l) => l.startsWith('unembed')),
      parts.join('\n'),
    );
    await page.waitForFunction(() => {
      const box = document.querySelector('.craft-listing').getBoundingClientRect(),
        at = document.querySelector('.craft-part.on').getBoundingClientRect();
      return at.top >= box.top && at.top < box.bottom;
    });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download the listing' }).click(),
    ]);
    assert.equal(readFileSync(await download.path(), 'utf8'), printed('sort.rasp'));
    assert.match(download.suggestedFilename(), /\.craft$/);
  });

  await test('craft: the listing follows the program', async (fresh) => {
    const page = await fresh('#example=histogram');
    await settled(page);
    await page.keyboard.press('Escape');
    await page.click('#tab-craft');
    await shown(page);
    await type(
      page,
      '#@ vocabulary "ab"\n#@ max_length 2\n#@ input "ab"\nlast = aggregate(select(indices, length - 1, ==), tokens);\n',
    );
    await page.locator('.craft-line', { hasText: 'basis last one_hot' }).waitFor();
    assert.deepEqual(await output(page), ['b', 'b']);
    assert.equal(await editor(page).count(), 1);
  });
}
