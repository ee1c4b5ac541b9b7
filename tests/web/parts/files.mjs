// The gallery’s examples, files of a project, exports.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { histogramPage, output, root, settled, type } from '../browser.mjs';

const examples = readdirSync(path.join(root, 'examples')).filter((f) => f.endsWith('.rasp'));

export default async function filesJourneys(test, browser) {
  await test('every example opens from the gallery, agrees and is exact', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await page.click('text=Examples');
    await page.locator('.example-card').first().waitFor();
    // Programs in Python have a suite of their own: tests/web/python.mjs.
    const titles = await page
      .locator('.example-card', { has: page.locator('.small-picture') })
      .locator('strong')
      .allTextContents();
    assert.equal(titles.length, examples.length);
    for (const title of titles) {
      if (!(await page.locator('dialog').count())) await page.click('text=Examples');
      await page.locator('.example-card', { has: page.locator(`strong:text-is("${title}")`) }).click();
      await page.waitForFunction((t) => document.querySelector('.result h2')?.textContent === t, title);
      await settled(page);
      assert.equal(await page.locator('.compare td.wrong').count(), 0, title);
      assert.match(await page.locator('.verdict').first().textContent(), /exact for every input/, title);
      assert.equal(await page.locator('.problems .error').count(), 0, title);
    }
  });

  await test('files: a second one is loaded by the first', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await page.click('.file-new');
    await type(page, 'def twice(x) { return x + x; }\n');
    await page.locator('.file button').first().click();
    await type(page, 'load "untitled";\ny = twice(indices);\n');
    await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'y');
    await settled(page);
    assert.deepEqual((await output(page)).slice(0, 3), ['0', '2', '4']);
    await page.locator('.file button', { hasText: 'untitled' }).dblclick();
    await page.locator('#ask').waitFor();
    await page.fill('#ask', 'reverse');
    assert.match(await page.locator('#ask-problem').textContent(), /There is a file "reverse.rasp" already/);
    await page.fill('#ask', 'a/b');
    assert.match(await page.locator('#ask-problem').textContent(), /no slashes/);
    await page.fill('#ask', 'helpers');
    await page.click('dialog button[type="submit"]');
    await page.locator('.file', { hasText: 'helpers.rasp' }).waitFor();
    await page.click('[aria-label="Remove helpers.rasp"]');
    await page.click('dialog button:text-is("Cancel")');
    assert.equal(await page.locator('.file').count(), 2);
    await page.click('[aria-label="Remove helpers.rasp"]');
    await page.click('dialog button:text-is("Remove")');
    await page.waitForFunction(() => document.querySelectorAll('.file').length === 1);
  });

  await test('the program opens as Tracr’s Python, beside the one in RASP, and means the same', async (fresh) => {
    const page = await histogramPage(fresh);
    const values = await output(page);
    await page.click('text=Export');
    await page.locator('.exports tr', { hasText: 'Tracr’s Python' }).getByRole('button').click();
    await page.locator('.file', { hasText: '.py' }).waitFor({ timeout: 60_000 });
    assert.equal(await page.locator('.file').count(), 2);
    await page.waitForFunction(
      () =>
        document
          .querySelector('.editor-host')
          ?.shadowRoot?.querySelector('.cm-content')
          ?.textContent.includes('SelectorWidth'),
      null,
      { timeout: 60_000 },
    );
    await settled(page);
    assert.deepEqual(await output(page), values);
    await page.click('text=Export');
    await page.locator('.exports tr', { hasText: 'as you see it' }).waitFor();
    assert.equal(
      await page.locator('.exports tr', { hasText: 'Tracr’s Python' }).count(),
      0,
      'it is in Python already',
    );
  });

  await test('exports are files that hold what they say', async (fresh) => {
    const page = await histogramPage(fresh);
    await page.click('text=Export');
    const get = async (locator) => {
      const [download] = await Promise.all([page.waitForEvent('download'), locator.click()]);
      return readFileSync(await download.path());
    };
    const row = (name) => page.locator('.exports tr', { hasText: name });
    const svg = (await get(row('Attention').getByText('SVG'))).toString();
    assert.match(svg, /^<svg[^]*hist[^]*<\/svg>\s*$/);
    assert.equal((await get(row('Attention').getByText('PNG'))).subarray(1, 4).toString(), 'PNG');
    const csv = (await get(row('Attention').getByText('CSV'))).toString().trim().split('\r\n');
    assert.equal(csv.length, 1 + 7 * 7);
    for (let q = 0; q < 7; ++q)
      assert.ok(
        Math.abs(csv.slice(1 + 7 * q, 8 + 7 * q).reduce((s, l) => s + Number(l.split(',').at(-1)), 0) - 1) < 1e-5,
        'rows of a pattern add up to 1',
      );
    assert.match((await get(row('Residual').getByText('CSV values'))).toString(), /^hist,1,3,2,1,3,3,2/m);
    const weights = await get(row('safetensors').getByRole('button', { name: 'weights' }));
    assert.ok(Number(weights.readBigUInt64LE(0)) < weights.length && weights.subarray(8, 9).toString() === '{');
    assert.equal(JSON.parse(await get(row('Model, JSON').getByRole('button'))).n_layers, 1);
    assert.ok((await get(row('ONNX').getByRole('button'))).length > 500);
    // Any view, as it is drawn: lines of the score with their names, arcs, and the patterns as images.
    const view = (await get(row('This view').getByText('SVG'))).toString();
    const blank = await browser.newPage(); // the page itself refuses to parse
    const drawn = await blank.evaluate((text) => {
      const d = new DOMParser().parseFromString(text, 'image/svg+xml');
      return {
        fault: d.querySelector('parsererror')?.textContent ?? '',
        texts: [...d.querySelectorAll('text')].map((t) => t.textContent),
        images: d.querySelectorAll('image').length,
        arcs: [...d.querySelectorAll('path')].reduce((n, e) => n + e.getAttribute('d').split('M').length - 1, 0),
        handlers: d.querySelectorAll('[class],[style],script').length,
      };
    }, view);
    await blank.close();
    assert.equal(drawn.fault, '');
    for (const word of ['input', 'hist', 'tokens · 3', 'head 1.1', 'Output'])
      assert.ok(drawn.texts.join(' ').includes(word), `${word} is in the picture`);
    assert.ok(
      drawn.images >= 1 && drawn.arcs === 3 * 3 + 2 * 2 + 1 && drawn.handlers === 0,
      JSON.stringify({ ...drawn, texts: 0 }),
    );
    assert.equal((await get(row('This view').getByText('PNG'))).subarray(1, 4).toString(), 'PNG');
    assert.match((await get(row('Details').getByText('SVG'))).toString(), /<text[^]*<\/svg>\s*$/);
  });
}
