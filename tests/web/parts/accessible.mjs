// axe in every state of the page, wide and phone, dark and light.
import assert from 'node:assert/strict';
import { histogramPage, settled, type, violations } from '../browser.mjs';

const sizes = [
  [1440, 900, false],
  [1440, 900, true],
  [390, 844, false],
  [390, 844, true],
];

/** Elements with text of their own that is seen and is smaller than 12 px; in a drawing that is scaled, as it is seen. */
export const tooSmall = (page) =>
  page.evaluate(() => {
    const size = (e) => {
      const m = e.getScreenCTM?.();
      return parseFloat(getComputedStyle(e).fontSize) * (m ? Math.hypot(m.a, m.b) : 1);
    };
    const inside = (root) =>
      [...root.querySelectorAll('*')].flatMap((e) => [e, ...(e.shadowRoot ? inside(e.shadowRoot) : [])]);
    return [
      ...new Set(
        inside(document.body)
          .filter(
            (e) =>
              [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) &&
              e.getClientRects().length &&
              size(e) < 11.99,
          )
          .map(
            (e) =>
              `${e.localName}.${e.className?.baseVal ?? e.className} ${size(e).toFixed(1)} px “${e.textContent.slice(0, 20)}”`,
          ),
      ),
    ].slice(0, 5);
  });

export default async function accessibleJourneys(test) {
  for (const [width, height, dark] of sizes) {
    await test(`accessible at ${width}×${height} ${dark ? 'dark' : 'light'}`, async (fresh) => {
      const page = await histogramPage(fresh, { width, height, dark, reducedMotion: 'reduce' });
      const phone = width < 800;
      const tab = async (name) => {
        if (phone) await page.click(`.phone-tabs button:text-is("${name}")`);
      };
      const found = [];
      const scan = async (what) => {
        found.push(...(await violations(page)).map((v) => `${what}: ${v}`));
        found.push(...(await tooSmall(page)).map((e) => `${what}: text below 12 px: ${e}`));
      };
      const dialog = async (button, what, ready) => {
        await page.click(`.top >> text=${button}`);
        await page.locator(ready).first().waitFor();
        await scan(what);
        await page.keyboard.press('Escape');
        await page.locator('dialog').waitFor({ state: 'detached' });
      };
      await tab('Code');
      await page.locator('.cm-content').waitFor();
      await page.waitForFunction(() => !document.querySelector('.centre.stale') && document.querySelector('.compare'));
      await scan('code');
      await tab('Model');
      await settled(page);
      await scan('circuit');
      await page.click('[data-head="0.0"] .box-title');
      await page.locator('.inspector .weights').first().waitFor();
      await scan('head and its weights');
      await page.click('text=switch this head off');
      await page.locator('.compare td.wrong').first().waitFor();
      await scan('experiment');
      await page.click('text=Undo all');
      await page.keyboard.press('Escape');
      await page.click('#tab-score');
      await page.locator('.score .stave .expander').first().click();
      await scan('residual');
      await page
        .locator('.score tr.stave', { has: page.locator('.name:text-is("hist")') })
        .first()
        .locator('.value')
        .first()
        .click();
      await page.locator('.sum').waitFor();
      await scan('why this number');
      await page.keyboard.press('Escape');
      await page.locator('.verdict .term').click();
      await page.locator('#explained').waitFor();
      await scan('a word explained');
      await page.keyboard.press('Escape');
      await page.click('text=compare a second input');
      await page.fill('.second-input input', 'aab');
      await page.locator('tr.second').first().waitFor();
      await page.locator('[data-item="s1"] tr.second .value').first().click();
      await page.locator('.gained').waitFor();
      await scan('two inputs, one value taken');
      await page.click('text=Undo all');
      await page.click('.second-input >> text=Remove');
      await page.locator('.player input').fill('2');
      await scan('in the middle of the player');
      await page.locator('[data-head="0.0"] .enlarge').click();
      await page.locator('dialog canvas').waitFor();
      await scan('a matrix enlarged');
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
      await page.click('#tab-cost');
      await page.waitForFunction(() => /→|·/.test(document.querySelector('.cost')?.textContent ?? ''));
      await scan('cost');
      await page.click('#tab-craft');
      await page.locator('.craft-listing').waitFor({ timeout: 60_000 });
      await scan('craft');
      await dialog('Examples', 'gallery', '.example-card');
      await dialog('Share', 'share', '#share-link');
      await dialog('Export', 'export', '.exports');
      await page.click('text=Tour');
      await page.click('.tour >> text=Next');
      await scan('tour');
      await page.click('.tour >> text=Skip');
      await tab('Code');
      await page.locator('.file button').first().dblclick();
      await page.locator('#ask').fill('a/b');
      await scan('rename');
      await page.keyboard.press('Escape');
      await page.locator('dialog').waitFor({ state: 'detached' });
      await type(page, 'same = select(tokens, tokens, ==);\nbad = hits + 1;\n');
      await page.locator('.cm-lintRange-error').waitFor();
      await scan('problem');
      await tab('Model');
      await scan('last good result');
      await page.click('.top >> text=Examples');
      await page.locator('.course-card').first().click();
      await tab('Task');
      await page.locator('.course-cases .fail').first().waitFor();
      await scan('course');
      await page.click('.top >> text=Examples');
      await page.locator('.card-button', { hasText: 'Write an assignment' }).click();
      await page.locator('.course').waitFor();
      await tab('Task');
      await scan('writing an assignment');
      const first = await fresh('', { width, height, dark, reducedMotion: 'reduce' });
      await settled(first);
      found.push(...(await violations(first)).map((v) => `first visit: ${v}`));
      const embedded = await fresh('?embed=1&view=circuit#example=reverse', {
        width,
        height,
        dark,
        reducedMotion: 'reduce',
      });
      await embedded.waitForFunction(
        () => document.querySelector('.compare') && document.querySelector('[data-head] canvas'),
      );
      found.push(...(await violations(embedded)).map((v) => `embedded: ${v}`));
      assert.deepEqual(found, []);
    });
  }
}
