// The laboratory: each of the three experiments to a checked result, from a link, paused, gone back in, stopped;
// settings that make no sense.
import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root, settled, type } from '../browser.mjs';

const example = (name) => readFileSync(path.join(root, 'examples', `${name}.rasp`), 'utf8');
const link = (name, lab, settings = {}) =>
  `#1.z.${deflateRawSync(JSON.stringify({ files: { 'main.rasp': example(name) }, active: 'main.rasp', view: 'laboratory', lab, settings })).toString('base64url')}`;
const minute = { timeout: 60_000 };
const done = (page, steps) => page.locator('.lab-progress', { hasText: `${steps} steps done` }).waitFor(minute);
const keptOf = (text) => Number(text.match(/and (\d+) % of the positions/)[1]);
const share = (text, what) => Number(text.match(what)[1]);

export default async function laboratoryJourneys(test) {
  await test('a link compresses Reverse: its features share directions', async (fresh) => {
    const page = await fresh(
      link('reverse', { kind: 'superposition', d: 12, steps: 600, run: true }, { maxLength: 4 }),
    );
    await done(page, '600');
    const finding = await page.locator('.lab-finding').textContent();
    const [, features, dimensions] = finding.match(/^(\d+) features live in (\d+) dimensions/).map(Number);
    assert.equal(dimensions, 12);
    assert.ok(features > 12);
    assert.ok(share(finding, /(\d+) pairs of features share a direction/) > 0);
    assert.equal(await page.locator('.lab-overlaps rect').count(), features * features);
    assert.ok((await page.locator('.lab-patterns figure').count()) > 0);
    // Back to the first step: W is another one.
    const cells = () =>
      page.locator('.lab-overlaps rect').evaluateAll((all) => all.map((r) => r.getAttribute('fill')).join());
    const last = await cells();
    await page.locator('.lab-curve circle').first().focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(
      () => document.querySelector('.lab-curve circle')?.classList.contains('on'),
      null,
      minute,
    );
    assert.notEqual(await cells(), last);
  });

  await test('fraction_previous keeps every answer in four dimensions; pause, resume, a second run', async (fresh) => {
    const page = await fresh(link('fraction_previous', { kind: 'superposition', d: 4, steps: 4000 }, { maxLength: 5 }));
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('button', { name: 'Pause' }).click(minute);
    await page.locator('.lab-progress', { hasText: 'paused' }).waitFor();
    await page.getByRole('button', { name: 'Go on' }).click();
    await done(page, '4,000');
    assert.match(
      await page.locator('.lab-finding').textContent(),
      /^11 features live in 4 dimensions, and 100 % of the positions/,
    );
    await page.getByLabel('Dimensions d').fill('1');
    await page.getByRole('spinbutton', { name: 'Steps' }).fill('400');
    await page.getByRole('button', { name: 'Start' }).click();
    await done(page, '400');
    await page.getByRole('heading', { name: 'Runs of this program' }).waitFor();
    assert.equal(await page.locator('[aria-label="Runs of this program"] tbody tr').count(), 2);
  });

  await test('a twin of two layers learns to reverse; stop ends it', async (fresh) => {
    const page = await fresh(link('reverse', { kind: 'twin', layers: 2, steps: 1500, run: true }, { maxLength: 5 }));
    await done(page, '1,500');
    const finding = await page.locator('.lab-finding').textContent();
    assert.ok(share(finding, /^([\d.]+) % of the positions/) > 99, finding);
    await page.getByRole('spinbutton', { name: 'Steps' }).fill('1000000');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('button', { name: 'Go on' }).click(minute); // a long run asks first
    await page.locator('.lab-progress', { hasText: 'left' }).waitFor(minute);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Start' }).waitFor();
  });

  await test('methods find the circuit of Sort, one of them does not', async (fresh) => {
    const page = await fresh(link('sort', { kind: 'methods', run: true }, { maxLength: 4 }));
    await page.locator('.lab-methods').waitFor(minute);
    const row = (name) => page.locator('.lab-methods tr', { hasText: name }).locator('td').first().textContent();
    assert.equal(await row('integrated gradients'), '1.000');
    assert.equal(await row('ACDC'), '1.000');
    assert.ok(Number(await row('(EAP)')) < 0.9);
    await page.locator('.lab-methods button', { hasText: '(EAP)' }).click();
    assert.match(await page.locator('.lab-finding').textContent(), /^Attribution patching/);
    assert.ok((await page.locator('.lab-edges tr.missed').count()) > 0);
  });

  await test('lessons: from the gallery, five steps, each runs its experiment; a link opens at its step', async (fresh) => {
    const page = await fresh();
    await page.click('text=Examples');
    await page.locator('.lesson-card', { hasText: 'What superposition is' }).click();
    await page.getByRole('heading', { name: 'Eleven features, four dimensions' }).waitFor();
    const lesson = page.locator('.lab-lesson');
    await lesson.getByRole('button', { name: 'Run it' }).click();
    await done(page, '4,000');
    assert.match(
      await page.locator('.lab-finding').textContent(),
      /^11 features live in 4 dimensions, and 100 % of the positions/,
    );
    await page.getByRole('columnheader', { name: 'interchange accuracy' }).waitFor(minute);
    const rows = await page
      .locator('[aria-label="Fidelity of s-ops"] table')
      .first()
      .locator('tbody tr')
      .evaluateAll((all) => all.map((r) => [...r.cells].map((c) => c.textContent)));
    assert.equal(rows.find((r) => r[0] === 'tokens').at(-1), '100 %');
    assert.ok(parseFloat(rows.find((r) => r[0] === 'is_x').at(-1)) < 90, 'right for other reasons');
    for (let i = 0; i < 4; ++i) await lesson.getByRole('button', { name: 'Next' }).click();
    await lesson.getByRole('button', { name: 'Run it' }).click(); // another program: the run begins with it
    await page.locator('.result h2', { hasText: 'Histogram' }).waitFor();
    await done(page, '4,000');
    assert.match(await lesson.getAttribute('aria-label'), /What superposition is, step 5 of 5/);
    assert.equal(
      await page.locator('[aria-label="Runs of this program"]').count(),
      0,
      'runs of another program are not among its runs',
    );
    const circuit = await fresh(link('sort', { kind: 'methods', lesson: { of: 'circuit', step: 2 } }));
    await circuit.locator('.lab-lesson').getByRole('button', { name: 'Run it' }).click();
    await circuit.locator('.lab-methods tr.on', { hasText: '(EAP)' }).waitFor(minute);
    assert.ok((await circuit.locator('.lab-edges tr.missed').count()) > 0);
  });

  await test('methods on a compressed model and on a twin: trained first, then looked at', async (fresh) => {
    const page = await fresh(
      link(
        'fraction_previous',
        { kind: 'methods', of: 'superposition', d: 4, steps: 1500, run: true },
        { maxLength: 5 },
      ),
    );
    await page.locator('.lab-methods').waitFor(minute);
    const cells = (name) => page.locator('.lab-methods tr', { hasText: name }).locator('td').allTextContents();
    assert.ok(Number((await cells('Edge patching'))[0]) > 0.95);
    assert.match(await page.locator('.lab-progress').textContent(), /1,500 steps done/);
    await page.locator('.lab-fields select').first().selectOption('twin');
    await page.getByLabel('show it the compiled attention').check();
    await page.getByRole('spinbutton', { name: 'Steps' }).fill('300');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.locator('.lab-progress', { hasText: '300 steps done' }).waitFor(minute);
    await page.locator('.lab-methods').waitFor(minute);
    assert.deepEqual((await cells('Edge patching')).slice(1, 3), ['–', '–'], 'nobody knows a twin’s circuit');
  });

  await test('a run of hours asks first, and says what it would take', async (fresh) => {
    const page = await fresh(link('reverse', { kind: 'superposition', recipe: 'paper', run: true }));
    const asked = page.locator('.lab-progress [role="alert"]');
    await asked.waitFor(minute);
    assert.match(await asked.textContent(), /would take about .*(min|hours) on this machine/);
    assert.match(await page.locator('.lab-progress').textContent(), /steps a second, \d+ MB/);
    const step = await page.locator('.lab-progress progress').getAttribute('value');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.waitForFunction(
      (before) => Number(document.querySelector('.lab-progress progress').getAttribute('value')) > Number(before),
      step,
      minute,
    );
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Start' }).waitFor();
  });

  await test('what makes no sense or is too much has a sentence: too large, no value, one token', async (fresh) => {
    const big = await fresh(
      link(
        'histogram',
        { kind: 'superposition', d: 2, run: true },
        { vocabulary: `[${Array.from({ length: 300 }, (_, i) => i)}]`, input: '[0, 1]', maxLength: 200 },
      ),
    );
    await big
      .locator('.lab .problem', { hasText: /would take about \d+ MB of memory; the laboratory allows/ })
      .waitFor(minute);
    const own = (text) =>
      `#1.z.${deflateRawSync(JSON.stringify({ files: { 'main.rasp': text }, active: 'main.rasp', view: 'laboratory', lab: { kind: 'twin', steps: 50, run: true } })).toString('base64url')}`;
    const none = await fresh(
      own('#@ vocabulary "ab"\n#@ max_length 3\n#@ input "ab"\n#@ assume indices < 0\nx = tokens;\n'),
    );
    await none
      .locator('.lab .problem', { hasText: 'There is nothing to train on: of 14 inputs, every one breaks a promise' })
      .waitFor(minute);
    const few = await fresh(
      own(
        '#@ vocabulary "ab"\n#@ max_length 3\n#@ input "a"\nx = aggregate(select(indices, indices - 1, ==), tokens);\n',
      ),
    );
    await few.locator('.lab .info', { hasText: 'The program has no value on most inputs' }).waitFor(minute);
    const one = await fresh(
      link(
        'reverse',
        { kind: 'superposition', d: 3, steps: 50, run: true },
        { vocabulary: 'a', input: 'aa', maxLength: 2 },
      ),
    );
    await one.locator('.lab-progress, .lab .problem').first().waitFor(minute);
    await one.waitForFunction(
      () =>
        /50 steps done/.test(document.querySelector('.lab-progress')?.textContent ?? '') ||
        document.querySelector('.lab .problem'),
      null,
      minute,
    );
  });

  await test('an assignment asks for a result: written with the page, measured there, answered, graded', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await page.click('text=Examples');
    await page.locator('.card-button', { hasText: 'Write an assignment' }).click();
    await page.locator('.course-form').waitFor();
    await page.locator('.course-form').getByLabel('vocabulary', { exact: true }).fill('xyz');
    await page.locator('.course-form').getByLabel('longest input', { exact: true }).fill('5');
    await page.locator('#course-kind').selectOption('number');
    const program = 'is_x = indicator(tokens == "x");\nfraction = aggregate(select(1, 1, ==), is_x);\n';
    await page
      .locator('.course-form')
      .getByLabel('experiment (JSON)', { exact: true })
      .fill(JSON.stringify({ program, experiment: { kind: 'superposition', d: 1, steps: 300 }, measure: 'held_out' }));
    await page.locator('.course button', { hasText: 'Link for students' }).click();
    await page.locator('#course-share').waitFor(minute);
    const share = await page.inputValue('#course-share');
    const student = await fresh(share.slice(share.indexOf('#')));
    const open = student.getByRole('link', { name: 'Open in the laboratory' });
    await open.waitFor(minute);
    const href = await open.getAttribute('href');
    const laboratory = await fresh(href.slice(href.indexOf('#')));
    await done(laboratory, '300');
    const kept = keptOf(await laboratory.locator('.lab-finding').textContent());
    assert.ok(kept > 10 && kept < 99, String(kept));
    const verdict = async (text) => {
      await type(student, text);
      await student.getByRole('button', { name: 'Check everything' }).click();
      return student.locator('.course-task', { hasText: /Hidden cases: \d of 1 pass/ }).textContent();
    };
    assert.match(await verdict(`answer = ${kept + 1};\n`), /Hidden cases: 0 of 1 pass/);
    await type(student, `answer = ${kept};\n`);
    await student.getByRole('button', { name: 'Check everything' }).click();
    await student.locator('.course-task', { hasText: 'Hidden cases: 1 of 1 pass' }).waitFor(minute);
  });

  await test('its pictures are files: this view as SVG and PNG, readable without the page', async (fresh) => {
    const page = await fresh(
      link('reverse', { kind: 'superposition', d: 12, steps: 100, run: true }, { maxLength: 4 }),
    );
    await done(page, '100');
    await page.click('text=Export');
    const get = async (format) => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.locator('.exports tr', { hasText: 'This view' }).getByText(format).click(),
      ]);
      return readFileSync(await download.path());
    };
    const svg = (await get('SVG')).toString();
    assert.match(svg, /^<svg[^]*<\/svg>\s*$/);
    for (const word of ['features live in', '12 dimensions', '100 steps done'])
      assert.ok(
        svg
          .replace(/<[^>]*>/g, ' ')
          .replace(/\s+/g, ' ')
          .includes(word),
        `${word} is in the picture`,
      );
    assert.ok((svg.match(/<rect/g) ?? []).length > 12 * 12, 'the features and how they overlap');
    assert.ok(!/NaN|<script|<foreignObject/.test(svg));
    assert.equal((await get('PNG')).subarray(1, 4).toString(), 'PNG');
  });

  await test('absurd settings are refused with a sentence, and the page goes on', async (fresh) => {
    const page = await fresh(link('reverse', { kind: 'superposition', d: 5000, run: true }));
    await page.locator('.lab .problem', { hasText: 'must be a whole number from 1 to' }).waitFor(minute);
    await page.getByLabel('Dimensions d').fill('0');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.locator('.lab .problem', { hasText: 'must be a whole number from 1 to' }).waitFor(minute);
    await page.getByRole('tab', { name: 'Score' }).click();
    await page.locator('#view section').first().waitFor();
  });
}
