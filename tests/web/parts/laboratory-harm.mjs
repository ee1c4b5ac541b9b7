// What goes wrong in the laboratory: a loss that is no number any more, a tab in the background, settings out of range.
// Each is said, and nothing is lost.
import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { editor, output, root, settled } from '../browser.mjs';

const example = (name) => readFileSync(path.join(root, 'examples', `${name}.rasp`), 'utf8');
const link = (lab, source = example('reverse')) =>
  `#1.z.${deflateRawSync(JSON.stringify({ files: { 'main.rasp': source }, active: 'main.rasp', view: 'laboratory', lab, settings: { maxLength: 4 } })).toString('base64url')}`;
const minute = { timeout: 60_000 };
const steps = (page) => page.locator('.lab-progress progress').getAttribute('value').then(Number);

export default async function laboratoryHarm(test) {
  await test('training that diverges is said, and the last good state stays: its picture, its curve, its weights', async (fresh) => {
    const page = await fresh();
    // The page offers no rate that is too high: the engine is given one on its way, too much for eight layers.
    await page.route('**/labWorker-*.js', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({
        response: answer,
        body: `${await answer.text()}\n{ const given = self.onmessage; self.onmessage = (e) => { if (e.data.request?.command === 'lab_start') e.data.request.training.rate = 1; return given(e); }; }`,
      });
    });
    const address = page.url().split('#')[0];
    await page.goto('about:blank'); // else the address alone changes, and the page that is there opens the link
    await page.goto(
      address + link({ kind: 'superposition', recipe: 'orthonormal', d: 20, steps: 200 }, example('dyck2')),
    );
    await settled(page);
    await page.getByRole('button', { name: 'Start' }).click(minute);
    const said = page.locator('.lab-progress [role="status"]', { hasText: 'The loss was no number any more after' });
    await said.waitFor(minute);
    const at = Number((await said.textContent()).match(/after (\d+) steps; this is the last good state/)[1]);
    assert.ok(at < 200, String(at));
    assert.equal(await page.locator('.lab .problem').count(), 0);
    await page.locator('.lab-finding').waitFor(minute);
    const shown = await page.locator('.lab').textContent();
    assert.doesNotMatch(shown, /NaN|Infinity|undefined/);
    assert.ok((await page.locator('.lab-overlaps rect').count()) > 0);
    assert.equal(
      await page
        .locator('.lab-overlaps rect')
        .evaluateAll((all) => all.filter((r) => /NaN/.test(r.getAttribute('fill'))).length),
      0,
    );
    assert.doesNotMatch(await page.locator('.lab-curve').evaluate((e) => e.outerHTML), /NaN|Infinity/);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Weights' }).click(),
    ]);
    const bytes = readFileSync(await download.path()),
      start = 8 + Number(bytes.readBigUInt64LE(0));
    const numbers = new Float32Array(bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length));
    assert.ok(numbers.length > 0 && numbers.every(Number.isFinite));
    await page.getByRole('button', { name: 'Start' }).waitFor(); // another run may begin
  });

  await test('a tab in the background trains on, and its end is found when one comes back', async (fresh) => {
    const page = await fresh(link({ kind: 'superposition', d: 12, steps: 6000, run: true }));
    await page.locator('.lab-progress', { hasText: 'left' }).waitFor(minute);
    const other = await page.context().newPage();
    await other.bringToFront();
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setFocusEmulationEnabled', { enabled: false });
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    // As a hidden tab: it is given no frames.
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { get: () => 'hidden', configurable: true });
      Object.defineProperty(document, 'hidden', { get: () => true, configurable: true });
      window.requestAnimationFrame = () => 0;
      document.dispatchEvent(new Event('visibilitychange'));
    });
    const before = await steps(page);
    assert.ok(before < 6000, 'it is not done before it is hidden');
    await page.waitForFunction(
      (n) => Number(document.querySelector('.lab-progress progress').getAttribute('value')) > n,
      before,
      { ...minute, polling: 100 },
    );
    await page.waitForFunction(
      () => /6,000 steps done/.test(document.querySelector('.lab-progress').textContent),
      null,
      { timeout: 180_000, polling: 200 },
    );
    await page.bringToFront();
    assert.match(await page.locator('.lab-finding').textContent(), /features live in 12 dimensions/);
    await other.close();
  });

  await test('d = 0 and d above D: the sentence names the range, from a link and from the field; absurd links open', async (fresh) => {
    const range = /must be a whole number from 1 to (\d+)/;
    const high = await fresh(link({ kind: 'superposition', d: 10_000_000, run: true }));
    const problem = high.locator('.lab .problem');
    await problem.waitFor(minute);
    const most = Number((await problem.textContent()).match(range)[1]);
    const field = high.getByLabel('Dimensions d'),
      start = high.getByRole('button', { name: 'Start' });
    const tried = async (d) => {
      await field.fill(String(d));
      await start.click();
      await problem.filter({ hasText: range }).waitFor(minute);
      assert.equal(Number((await problem.textContent()).match(range)[1]), most);
    };
    await tried(0);
    await tried(most + 1);
    await field.fill(String(most));
    await high.getByRole('spinbutton', { name: 'Steps' }).fill('20');
    await start.click();
    await high.locator('.lab-progress', { hasText: '20 steps done' }).waitFor(minute);
    assert.equal(await problem.count(), 0, 'the largest that is named is taken');
    const zero = await fresh(link({ kind: 'superposition', d: 0, run: true }));
    await zero.locator('.lab .problem', { hasText: range }).waitFor(minute);
    for (const lab of [
      { kind: 'twin', layers: 10_000_000, heads: 10_000_000, width: 10_000_000, steps: 10_000_000, run: true },
      { kind: 'twin', layers: 0, run: true },
      { kind: 'superposition', d: 3, steps: 0, run: true },
    ]) {
      const page = await fresh(link(lab));
      await page.locator('.lab .problem').waitFor(minute);
      assert.match(await page.locator('.lab .problem').textContent(), /^[A-Z"“'`].{15,}\.$/s, JSON.stringify(lab));
      await page.getByRole('tab', { name: 'Score' }).click();
      await settled(page);
      assert.deepEqual(await output(page), await output(page, 'interpreter'));
      assert.ok((await editor(page).textContent()).includes('aggregate'), 'the program is there');
    }
    for (const lab of [{ kind: 'superposition', d: -1 }, { kind: 'superposition', d: 1.5 }, { kind: 'alchemy' }]) {
      const page = await fresh(link(lab));
      await page.locator('.notices .problem', { hasText: 'The link cannot be opened' }).waitFor(minute);
    }
  });
}
