// Writing an assignment: nothing is published from fields that are in error.
import assert from 'node:assert/strict';
import { settled } from '../browser.mjs';

export default async function authorJourneys(test) {
  await test('an assignment with a field in error is not published: the old text does not go out silently', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await page.click('text=Examples');
    await page.locator('.card-button', { hasText: 'Write an assignment' }).click();
    await page.locator('.course-form').waitFor();
    const link = page.locator('.course button', { hasText: 'Link for students' });
    assert.equal(await link.isEnabled(), true);
    const field = (label) => page.getByLabel(label, { exact: true });
    for (const [label, bad, good, why] of [
      ['visible cases', 'abc -> 5', 'abc', /Line 1 is not a case/],
      ['points', 'ten', '10', /not a number/],
      ['at most, layers', 'few', '', /not a number/],
      ['rules', 'no sort', 'ban sort', /Line 1: write ban/],
      ['hints', 'after x: y', 'Look left.', /how many tries/],
    ]) {
      await field(label).fill(bad);
      assert.match(await page.locator('.course [role="alert"]').textContent(), new RegExp(`${label} \\(task 1\\)`));
      assert.match(await page.locator('.course-form').textContent(), why);
      assert.equal(await link.isDisabled(), true, label);
      assert.equal(await page.locator('.course button', { hasText: 'Save the students' }).isDisabled(), true, label);
      await field(label).fill(good);
      assert.equal(await page.locator('.course [role="alert"]').count(), 0, label);
    }
    await field('rules').fill('ban sort\n');
    assert.equal(await field('rules').inputValue(), 'ban sort\n', 'a new line can be begun');
    await field('points').fill('ten');
    await page.locator('.course button', { hasText: 'Add a task' }).click();
    assert.equal(await link.isDisabled(), true, 'nor while another task is shown');
    await page.locator('.course-tasks button').first().click();
    assert.equal(await field('points').inputValue(), 'ten');
    await field('points').fill('12');
    await link.click();
    await page.locator('#course-share').waitFor({ timeout: 60_000 });
    const { inflateRawSync } = await import('node:zlib');
    const [first] = JSON.parse(
      inflateRawSync(
        Buffer.from((await page.inputValue('#course-share')).split('#assignment=2.')[1].split('.')[0], 'base64url'),
      ).toString(),
    ).tasks;
    assert.deepEqual([first.points, first.rules, first.hints], [12, [{ ban: ['sort'] }], [{ text: 'Look left.' }]]);
    assert.ok(await page.locator('.course .field button:text-is("Copy")').isVisible());
  });
}
