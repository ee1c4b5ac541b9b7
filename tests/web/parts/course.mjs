// Assignments: solved and written.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root, settled, type } from '../browser.mjs';

export default async function courseJourneys(test) {
  await test('an assignment is solved: cases turn green, the work is kept and handed in as a file', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await page.click('text=Examples');
    await page.locator('.course-card').first().click();
    await page.locator('.course-cases .fail').first().waitFor();
    await type(page, 'positions = indices + 1;\n');
    await page.locator('.course-cases tr.pass').nth(1).waitFor();
    assert.equal(await page.locator('.course-cases tr.fail').count(), 0);
    await page.click('text=Check everything');
    await page.locator('.course-tasks .done').first().waitFor();
    await page.locator('.course-tasks button').nth(1).click();
    await page.waitForFunction(
      () =>
        !document.querySelector('.cm-content')?.textContent.includes('indices + 1') &&
        document.querySelectorAll('.course-tasks [aria-current]').length === 1,
    );
    await page.locator('.course-tasks button').nth(0).click();
    await page.locator('.course-cases tr.pass').nth(1).waitFor();
    await page.waitForTimeout(400);
    await page.reload();
    await page.locator('.course-tasks .done').first().waitFor();
    await page.locator('.course-cases tr.pass').nth(1).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('.course-hand-in button', { hasText: 'Export submission' }).first().click(),
    ]);
    const submission = JSON.parse(readFileSync(await download.path(), 'utf8'));
    assert.equal(submission.format, 'rasp-submission');
    assert.equal(Object.values(submission.programs)[0], 'positions = indices + 1;\n');
  });

  await test('an assignment is written, checked, and shared without its answers', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await page.click('text=Examples');
    await page.locator('.card-button', { hasText: 'Write an assignment' }).click();
    await page.locator('.course').waitFor();
    const instructor = path.join(root, 'examples/assignments/instructor/first-steps.json');
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.locator('.course button', { hasText: /^Open/ }).first().click(),
    ]);
    await chooser.setFiles(instructor);
    await page.waitForFunction(() =>
      /First steps/.test(
        document.querySelector('.course').textContent +
          [...document.querySelectorAll('.course input, .course textarea')].map((e) => e.value).join(),
      ),
    );
    await page
      .locator('.course button', { hasText: /^Check/ })
      .first()
      .click();
    await page.waitForFunction(
      () => /passes everything|ready|✓/i.test(document.querySelector('.course').textContent),
      null,
      { timeout: 60000 },
    );
    await page.locator('.course button', { hasText: /link/i }).first().click();
    await page.waitForFunction(
      () =>
        [...document.querySelectorAll('.course input, .course textarea')].some((e) => e.value.includes('#assignment=')),
      null,
      { timeout: 60000 },
    );
    const link = await page.evaluate(
      () =>
        [...document.querySelectorAll('.course input, .course textarea')].find((e) => e.value.includes('#assignment='))
          .value,
    );
    const { inflateRawSync } = await import('node:zlib');
    const shared = inflateRawSync(Buffer.from(link.split('#assignment=2.')[1].split('.')[0], 'base64url')).toString();
    for (const task of JSON.parse(readFileSync(instructor, 'utf8')).tasks) {
      assert.ok(task.reference && !shared.includes(JSON.stringify(task.reference).slice(1, -1)), task.id);
    }
    const student = await fresh('', { context: page.context() });
    await student.goto(link);
    await student.reload();
    await student.locator('.course-cases').waitFor();
    assert.match(await student.locator('.course h2').textContent(), /First steps/);
  });
}
