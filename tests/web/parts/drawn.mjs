// What is drawn, cell by cell: colours of heatmaps, weights, raw dimensions, costs; references come from the program's
// meaning.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { loadEngine } from '../../../wasm/engine.mjs';
import { histogramPage, output, root, settled, type } from '../browser.mjs';

/** Which cells of a head's heatmap have the colour of full attention: one string a row. */
const dark = (page, head) =>
  page.locator(`[data-head="${head}"] canvas`).evaluate((c) => {
    const { data } = c.getContext('2d').getImageData(0, 0, c.width, c.height);
    const high = getComputedStyle(c).getPropertyValue('--heat-high').trim().split(' ').map(Number);
    return Array.from({ length: c.height }, (_, q) =>
      Array.from({ length: c.width }, (_, k) =>
        high.every((x, i) => Math.abs(x - data[4 * (q * c.width + k) + i]) < 3) ? '1' : '0',
      ).join(''),
    );
  });

const row = (page, name) => page.locator('.score tr.stave', { has: page.locator(`.name:text-is("${name}")`) }).first();

export default async function drawnJourneys(test) {
  await test('the heatmap is dark exactly where query and key hold the same token, in both themes', async (fresh) => {
    for (const theme of ['light', 'dark']) {
      const page = await fresh(`?theme=${theme}#example=histogram`);
      await settled(page);
      const tokens = ['BOS', ...'abcaab'];
      assert.deepEqual(
        await dark(page, '0.0'),
        tokens.map((q, i) => tokens.map((k, j) => (i && j && q === k ? '1' : '0')).join('')),
      );
      assert.deepEqual(await page.locator('[data-head="0.0"] .heat-keys span').allTextContents(), ['⊢', ...'abcaab']);
    }
  });

  await test('a head’s weights: equal tokens score alike, others nothing; BOS twice as much', async (fresh) => {
    const page = await histogramPage(fresh);
    await page.click('[data-head="0.0"] .box-title');
    const table = page.locator('.inspector .weights').first();
    await table.waitFor();
    const cells = await table
      .locator('tbody tr')
      .evaluateAll((rows) =>
        rows.map((r) => [
          r.querySelector('th').textContent,
          ...[...r.querySelectorAll('td')].map((d) => d.textContent),
        ]),
      );
    const score = cells[0][2];
    assert.ok(Number(score) > 0);
    assert.deepEqual(
      cells.slice(0, 3),
      ['a', 'b', 'c'].map((t, i) => [`tokens:${t}`, '', ...[0, 1, 2].map((j) => (i === j ? score : ''))]),
    );
    assert.ok(Math.abs(Number(cells[3][1]) - 2 * Number(score)) < 0.01, 'every query rests on BOS');
    const shades = await table.locator('td[class^="plus"]').count();
    assert.equal(shades, 4, 'positive weights are orange');
  });

  await test('the residual stream fills half-layer by half-layer, and opens into raw dimensions', async (fresh) => {
    const page = await histogramPage(fresh);
    await page.click('#tab-score');
    await page.locator('.scrubber input').fill('0');
    assert.deepEqual(await row(page, 'input').locator('td').allTextContents(), [...'abcaab']);
    assert.deepEqual(await row(page, 'hist').locator('td').allTextContents(), Array(6).fill(''), 'not written yet');
    for (let i = 0; i < 3; ++i) await page.click('[aria-label="One step on"]'); // scores, weights, values
    assert.deepEqual(await row(page, 'hist').locator('td').allTextContents(), ['3', '2', '1', '3', '3', '2']);
    await row(page, 'input').locator('.expander').click();
    const raw = await page
      .locator('.dimension')
      .evaluateAll((rows) => rows.map((r) => [...r.querySelectorAll('td')].map((d) => d.textContent).join('')));
    assert.deepEqual(
      raw,
      [...'abc'].map((t) => [...'abcaab'].map((x) => (x === t ? '1' : '0')).join('')),
      'one dimension a token',
    );
    await page.fill('#input', 'aab');
    await page.waitForFunction(() => document.querySelectorAll('.score .input-row td').length === 3);
    await settled(page);
    assert.match(
      await page.locator('.dimension').last().textContent(),
      /\+1 zero at every position/,
      'c does not occur',
    );
  });

  await test('the cost panel shows the model’s sizes and what each optimisation saves', async (fresh) => {
    const engine = await loadEngine();
    const program = readFileSync(path.join(root, 'examples/sort.rasp'), 'utf8');
    const { model } = await engine.request({ command: 'compile', program });
    const plain = (await engine.request({ command: 'compile', program, passes: { fuse: false } })).model;
    const page = await fresh('#example=sort');
    await settled(page);
    await page.click('#tab-cost');
    const figure = (name) =>
      page
        .locator('.figures div', { has: page.locator('dt', { hasText: new RegExp(`^${name}$`) }) })
        .locator('dd')
        .textContent();
    for (const [name, value] of [
      ['layers', model.layers],
      ['heads', model.heads],
      ['d_model', model.d_model],
      ['parameters', model.parameters],
      ['non-zero', model.nonzeros],
    ])
      assert.equal(await figure(name), value.toLocaleString('en'), name);
    const fuse = page.locator('.cost tr', { has: page.locator('label:has-text("fuse")') });
    await page.waitForFunction(() => document.querySelector('.cost')?.textContent.includes('→'));
    assert.ok(
      (await fuse.locator('td').allTextContents()).includes(
        `${plain.parameters.toLocaleString('en')} → ${model.parameters.toLocaleString('en')}`,
      ),
    );
    await fuse.locator('input').click();
    await page.waitForFunction(
      (n) => [...document.querySelectorAll('.figures div')].some((d) => d.textContent === `parameters${n}`),
      plain.parameters.toLocaleString('en'),
    );
    assert.deepEqual(await output(page), await output(page, 'interpreter'));
  });

  await test('experiments: an MLP switched off, a value patched from another position and from another input', async (fresh) => {
    const page = await histogramPage(fresh);
    await page.click('#tab-score');
    await row(page, 'hist').locator('.value').nth(2).click();
    await page.locator('.patch select').last().selectOption('1');
    await page.waitForFunction(() => document.querySelector('.compare td.wrong')?.textContent === '3');
    assert.deepEqual(await output(page), ['3', '2', '3', '3', '3', '2']);
    assert.equal(await page.locator('.compare td.wrong').count(), 1, 'only the patched position differs');
    await page.click('text=Undo last');
    await page.waitForFunction(() => !document.querySelector('.compare td.wrong'));
    await page.fill('[aria-label="Input to patch from"]', 'ccccc');
    await page.click('.patch button');
    await page.waitForFunction(() => document.querySelector('.compare td.wrong')?.textContent === '5');
    assert.deepEqual(await output(page), ['3', '2', '5', '3', '3', '2']);
    await page.click('text=Undo all');
    await page.goto(page.url().split('#')[0] + '#example=sort');
    await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'Sort');
    await settled(page);
    await page.click('#tab-score');
    await page.locator('button.row-name').first().click();
    await page.click('text=switch this MLP off');
    await page.locator('.compare td.wrong').first().waitFor();
    assert.ok((await page.locator('.band.off, .line.off').count()) > 0);
    await page.click('text=Undo all');
    await page.waitForFunction(() => !document.querySelector('.compare td.wrong'));
  });

  await test('two parts of one sum say where each is written', async (fresh) => {
    const page = await fresh('#example=sort');
    await settled(page);
    await page.click('#tab-score');
    // Each under its own name, and only the whole under the name of the whole.
    assert.deepEqual(await row(page, 'width of smaller').locator('td').allTextContents(), ['2', '0', '3', '1']);
    assert.deepEqual(await row(page, 'width of equal_but_earlier').locator('td').allTextContents(), [
      '0',
      '0',
      '0',
      '0',
    ]);
    assert.deepEqual(await row(page, 'rank').locator('td').allTextContents(), ['2', '0', '3', '1']);
    assert.equal(await page.locator('.score .name:text-is("rank")').count(), 1);
  });

  await test('each example opens on its most telling view, in its group', async (fresh) => {
    const page = await fresh();
    await settled(page);
    const views = new Map(
      readdirSync(path.join(root, 'examples'))
        .filter((f) => f.endsWith('.rasp'))
        .map((f) => {
          const text = readFileSync(path.join(root, 'examples', f), 'utf8');
          return [text.match(/^#@ title (.*)$/m)[1].trim(), text.match(/^#@ view (.*)$/m)[1].trim()];
        }),
    );
    await page.click('.top >> text=Examples');
    await page.locator('.example-card').first().waitFor();
    const titles = await page.locator('dialog h3').allTextContents();
    for (const group of ['Counting', 'Moving tokens', 'Sorting', 'Brackets', 'Causal'])
      assert.ok(titles.includes(group), group);
    await page.keyboard.press('Escape');
    for (const view of ['attention', 'graph']) {
      const title = [...views].find(([, v]) => v === view)[0];
      await page.click('.top >> text=Examples');
      await page.locator('.example-card', { has: page.locator(`strong:text-is("${title}")`) }).click();
      await page.waitForFunction((t) => document.querySelector('.result h2')?.textContent === t, title);
      await settled(page);
      assert.equal(await page.getAttribute('#tab-score', 'aria-selected'), 'true');
      const open = await page.locator('.score .opened canvas').count();
      assert.equal(open > 0, view === 'attention', title);
    }
  });

  await test('the first visit offers the tour; nothing is fetched that it does not need', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await page.locator('.cm-content').waitFor();
    const names = await page.evaluate(() =>
      performance.getEntriesByType('resource').map((e) => new URL(e.name).pathname.split('/').at(-1)),
    );
    for (const part of [
      'Course',
      'course',
      'temml',
      'Gallery',
      'Share',
      'Export',
      'examples',
      'pictures',
      'assignments',
      'labWorker',
      'Cost',
      'Second',
      'Whole',
      'Enlarged',
      'Explained',
      'gif',
    ])
      assert.ok(!names.some((n) => n.startsWith(`${part}-`)), `${part} is loaded when it is wanted`);
    await page.click('text=Take the tour');
    assert.equal(await page.locator('.tour h2').textContent(), 'A program about sequences');
  });

  await test('on a phone each step of the tour shows what it speaks of', async (fresh) => {
    const page = await fresh('', { width: 390, height: 844, hasTouch: true });
    await settled(page);
    await page.tap('.top >> text=Tour');
    for (const target of ['.pane', '.pane', '[data-head="1.0"]', '.score', '.result']) {
      await page.locator(`${target}.tour-target`).first().waitFor();
      assert.ok(await page.locator(target).first().isVisible(), target);
      await page.tap('.tour .primary');
    }
  });

  await test('an expression’s values stay on one line beside it', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await type(page, 'd = aggregate(select(indices, length - indices - 1, ==), tokens);\n');
    await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'd');
    const heights = await page.locator('.inlay').evaluateAll((list) => list.map((e) => e.getClientRects().length));
    assert.deepEqual(
      heights,
      heights.map(() => 1),
    );
  });

  await test('a link says when its author saw a model of other weights, and is quiet when it is the same', async (fresh) => {
    const files = { 'a.rasp': '#@ vocabulary "ab"\n#@ max_length 3\n#@ input "ab"\nx = indices + 1;\n' };
    const engine = await loadEngine();
    const { fingerprint } = await engine.request({ command: 'compile', program: files['a.rasp'] });
    for (const [seen, notices] of [
      [fingerprint, 0],
      ['00000000deadbeef', 1],
    ]) {
      const page = await fresh(
        `#1.j.${Buffer.from(JSON.stringify({ files, active: 'a.rasp', fingerprint: seen })).toString('base64url')}`,
      );
      await settled(page);
      assert.deepEqual(await output(page), ['1', '2']);
      assert.equal(await page.locator('.notices .info', { hasText: 'other weights' }).count(), notices);
    }
  });

  await test('what is cleared is not said to be computed there; its dimensions end with the half-layer that clears them', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await type(page, readFileSync(path.join(root, 'examples/dyck1.rasp'), 'utf8'));
    await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'Balanced brackets');
    await settled(page);
    await page
      .locator('.score [data-item^="g"]', { hasText: 'clears' })
      .first()
      .locator('button[data-node]')
      .first()
      .click();
    const facts = await page.locator('.inspector .facts').first().textContent();
    assert.doesNotMatch(facts, /computed by/);
    assert.match(facts, /from the embedding on until layer 1’s MLP clears them/);
    await page.click('#tab-score');
    await page
      .locator('.player input')
      .first()
      .evaluate((e) => {
        e.value = e.max;
        e.dispatchEvent(new Event('input', { bubbles: true }));
      });
    await page.locator('.score tr.stave', { hasText: 'until layer' }).first().waitFor();
  });

  await test('on A4 portrait, program and score stand whole on the paper, from a wide page and from a phone', async (fresh) => {
    for (const [name, size] of [
      ['reverse', {}],
      ['sort', {}],
      ['sort', { width: 390, height: 844 }],
    ]) {
      const page = await fresh(`#example=${name}`, size);
      await settled(page);
      const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
      assert.equal(pdf.match(/\/Type \/Page\b/g).length, 1, 'one sheet');
      await page.setViewportSize({ width: 688, height: 1017 }); // A4 within its margins, at 96 dots an inch
      await page.emulateMedia({ media: 'print' });
      await page.locator('.print-code').waitFor();
      const seen = await page.evaluate(() => ({
        code: document.querySelector('.print-code').innerText,
        rows: [...document.querySelectorAll('.score .line .name')].filter((e) => e.getClientRects().length).length,
        names: document.querySelectorAll('.score .line .name').length,
        outside: [...document.querySelectorAll('.print-code, .result *, .score *')].flatMap((e) => {
          const r = e.getBoundingClientRect();
          return r.width && (r.right > innerWidth + 1 || r.left < -1) ? [`${e.className} ${r.left}–${r.right}`] : [];
        }),
        answer: [...document.querySelectorAll('.end td')].map((e) => e.innerText).join(''),
        width: document.querySelector('.staves').getBoundingClientRect().width,
      }));
      assert.match(seen.code, /^\w+ = .*;$/m);
      assert.deepEqual(seen.outside, []);
      assert.ok(seen.names >= 4 && seen.rows === seen.names, JSON.stringify(seen));
      assert.equal(seen.answer, { reverse: 'dcbadcba', sort: '12341234' }[name]);
      assert.ok(seen.width > 600, `the score takes the paper's width: ${seen.width}`);
    }
  });

  await test('printed, the page is the model; with reduced motion nothing moves', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await page.emulateMedia({ media: 'print', reducedMotion: 'reduce' });
    for (const [part, seen] of [
      ['.top', false],
      ['.inspector', false],
      ['.result', true],
      ['[data-head="1.0"] canvas', true],
      ['.print-code', true],
    ])
      assert.equal(await page.locator(part).first().isVisible(), seen, part);
    await page.emulateMedia({ media: 'screen', reducedMotion: 'reduce' });
    const moving = await page.evaluate(
      () =>
        [...document.querySelectorAll('body *')].filter((e) => {
          const s = getComputedStyle(e);
          return (
            parseFloat(s.transitionDuration) > 0 || (s.animationName !== 'none' && parseFloat(s.animationDuration) > 0)
          );
        }).length,
    );
    assert.equal(moving, 0);
  });
}
