// The laboratory: each of the three experiments to a checked result, from a link, paused, gone back in, stopped; settings that make no sense.
import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../browser.mjs';

const example = (name) => readFileSync(path.join(root, 'examples', `${name}.rasp`), 'utf8');
const link = (name, lab, settings = {}) => `#1.z.${deflateRawSync(JSON.stringify({ files: { 'main.rasp': example(name) }, active: 'main.rasp', view: 'laboratory', lab, settings })).toString('base64url')}`;
const minute = { timeout: 60_000 };
const done = (page, steps) => page.locator('.lab-progress', { hasText: `${steps} steps done` }).waitFor(minute);
const share = (text, what) => Number(text.match(what)[1]);

export default async function laboratoryJourneys(test) {
  await test('a link compresses Reverse: its features share directions', async (fresh) => {
    const page = await fresh(link('reverse', { kind: 'superposition', d: 12, steps: 600, run: true }, { maxLength: 4 }));
    await done(page, '600');
    const finding = await page.locator('.lab-finding').textContent();
    const [, features, dimensions] = finding.match(/^(\d+) features live in (\d+) dimensions/).map(Number);
    assert.equal(dimensions, 12);
    assert.ok(features > 12);
    assert.ok(share(finding, /(\d+) pairs of features share a direction/) > 0);
    assert.equal(await page.locator('.lab-overlaps rect').count(), features * features);
    assert.ok(await page.locator('.lab-patterns figure').count() > 0);
    // Back to the first step: W is another one.
    const cells = () => page.locator('.lab-overlaps rect').evaluateAll((all) => all.map((r) => r.getAttribute('fill')).join());
    const last = await cells();
    await page.locator('.lab-curve circle').first().focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('.lab-curve circle')?.classList.contains('on'), null, minute);
    assert.notEqual(await cells(), last);
  });

  await test('fraction_previous keeps every answer in four dimensions; pause, resume, a second run', async (fresh) => {
    const page = await fresh(link('fraction_previous', { kind: 'superposition', d: 4, steps: 4000 }, { maxLength: 5 }));
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('button', { name: 'Pause' }).click(minute);
    await page.locator('.lab-progress', { hasText: 'paused' }).waitFor();
    await page.getByRole('button', { name: 'Go on' }).click();
    await done(page, '4,000');
    assert.match(await page.locator('.lab-finding').textContent(), /^11 features live in 4 dimensions, and 100 % of the positions/);
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
    assert.ok(await page.locator('.lab-edges tr.missed').count() > 0);
  });

  await test('absurd settings are refused with a sentence, and the page goes on', async (fresh) => {
    const page = await fresh(link('reverse', { kind: 'superposition', d: 5000, run: true }));
    await page.locator('.lab .problem', { hasText: 'must be a whole number from 1 to' }).waitFor(minute);
    await page.getByLabel('Dimensions d').fill('0');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('tab', { name: 'Score' }).click();
    await page.locator('#view section').first().waitFor();
  });
}
