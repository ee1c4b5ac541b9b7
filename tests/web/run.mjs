// The page as a person uses it, in Chromium. Arguments choose tests whose name contains them.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { editor, histogramPage, output, pixels, root, settled, type } from './browser.mjs';
import { journeys } from './journeys.mjs';
import accessibleJourneys from './parts/accessible.mjs';
import badInputJourneys from './parts/bad-input.mjs';
import codeJourneys from './parts/code.mjs';
import drawnJourneys from './parts/drawn.mjs';
import fixJourneys from './parts/fixes.mjs';
import firstJourneys from './parts/first.mjs';
import authorJourneys from './parts/author.mjs';
import generateJourneys from './parts/generate.mjs';
import addressJourneys from './parts/address.mjs';
import phoneJourneys from './parts/phone.mjs';
import researcherJourneys from './parts/researcher.mjs';
import scoreJourneys from './parts/score.mjs';
import statesJourneys from './parts/states.mjs';
import wordsJourneys from './parts/words.mjs';

const { test, end, browser } = await journeys();

const histogram = 'same = select(tokens, tokens, ==);\nhist = selector_width(same);\n';
const examples = readdirSync(path.join(root, 'examples')).filter((f) => f.endsWith('.rasp'));

await test('the first visit shows a working example', async (fresh) => {
  const page = await fresh();
  await settled(page);
  assert.equal(await page.locator('.result h2').textContent(), 'Reverse');
  assert.deepEqual(await output(page), await output(page, 'interpreter'));
  assert.match(await page.locator('.verdict').first().textContent(), /exact for every input/);
  const blank = await page.locator('canvas').first().evaluate((c) => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; return new Set(Array.from({ length: d.length / 4 }, (_, i) => d.slice(4 * i, 4 * i + 3).join())).size; });
  assert.ok(blank > 1, 'the heatmap has dark and light cells');
});

await test('the first minute: three captions until they are dismissed, the language in 12 lines', async (fresh) => {
  const page = await fresh();
  await settled(page);
  assert.equal(await page.locator('.captions li').count(), 3);
  assert.match(await page.locator('.captions').textContent(), /select.*one attention head.*aggregate.*an MLP/s);
  assert.equal(await page.locator('.inspector .primer dt').count(), 12);
  await page.click('[aria-label="Dismiss these captions"]');
  await page.reload();
  await settled(page);
  assert.equal(await page.locator('.captions').count(), 0, 'they do not come again');
  await page.click('text=Examples');
  await page.locator('.example-card').first().waitFor();
  assert.equal(await page.locator('.example-card strong').first().textContent(), 'Reverse', 'what is read first stands first');
  assert.equal(await page.locator('.recent').count(), 0, 'nothing was written yet');
  await page.keyboard.press('Escape');
  await type(page, 'mine = indices + 1;\n');
  await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'mine');
  await page.waitForTimeout(400);
  await page.click('text=Examples');
  assert.equal(await page.locator('.recent').count(), 0, 'what is on the page is not listed beside it');
  await page.click('text=New program');
  await page.click('text=Examples');
  await page.locator('.example-card').first().waitFor();
  assert.ok(await page.evaluate(() => document.querySelector('.recent').getBoundingClientRect().top < document.querySelector('.example-card').getBoundingClientRect().top), 'own work comes first');
});

await (await import('./parts/laboratory.mjs')).default(test);
await (await import('./parts/craft.mjs')).default(test);
await (await import('./parts/model-file.mjs')).default(test);
await researcherJourneys(test);
await wordsJourneys(test);
await phoneJourneys(test);

await test('editing the program changes heatmap, residual stream and output', async (fresh) => {
  const page = await histogramPage(fresh);
  const before = await pixels(page, 'canvas');
  await type(page, '#@ input "abca"\n#@ vocabulary "abc"\nback = aggregate(select(indices, length - indices - 1, ==), tokens);\n');
  await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'back');
  await settled(page);
  assert.notEqual(await pixels(page, '[data-head] canvas'), before);
  assert.deepEqual(await output(page), ['a', 'c', 'b', 'a']);
  await page.click('#tab-score');
  assert.ok((await page.locator('.score tr.stave .name').allTextContents()).includes('back'));
  const row = page.locator('.score tr.stave', { has: page.locator('.name:text-is("back")') }).first();
  assert.deepEqual((await row.locator('td').allTextContents()), ['a', 'c', 'b', 'a']);
});

await test('an error is underlined, explained, and the last good picture stays', async (fresh) => {
  const page = await fresh();
  await settled(page);
  await type(page, `${histogram}bad = hits + 1;\n`);
  await page.locator('.cm-lintRange-error').waitFor();
  assert.equal(await page.locator('.cm-lintRange-error').textContent(), 'hits');
  assert.match(await page.locator('.problems .error').textContent(), /3:7.*hits/s);
  assert.equal(await page.locator('canvas').count() > 0, true);
  assert.equal(await page.locator('.centre.stale').count(), 1);
  await type(page, '');
  await page.waitForTimeout(300);
  assert.equal(await page.locator('canvas').count() > 0, true, 'an empty program keeps the picture');
  await type(page, histogram);
  await settled(page);
  assert.equal(await page.locator('.problems .error').count(), 0);
});

await test('typing over a selection, undo and redo', async (fresh) => {
  const page = await fresh();
  await settled(page);
  await type(page, 'x = indices;\n');
  await page.waitForTimeout(700);  // what is typed later is a step of its own for undo
  await page.keyboard.press('Control+Home');
  for (let i = 0; i < 4; ++i) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+End');
  await page.keyboard.type('indices + 1;');
  await page.waitForFunction(() => document.querySelector('.compare')?.textContent.includes('model12'));
  await page.keyboard.press('Control+z');
  await page.waitForFunction(() => document.querySelector('.compare')?.textContent.includes('model01'));
  await page.keyboard.press('Control+y');
  await page.waitForFunction(() => document.querySelector('.compare')?.textContent.includes('model12'));
});

await test('editor help: completion, hover, definition, rename, format', async (fresh) => {
  const page = await fresh();
  await settled(page);
  await type(page, '# Doubles a value.\ndef twice(x) { return x+x; }\nstart = indices;\nresult=twice( start );\n');
  await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'result');
  await page.keyboard.press('Control+End');
  await page.keyboard.type('y = tw');
  await page.locator('.cm-tooltip-autocomplete li[aria-selected]').waitFor();
  assert.match(await page.locator('.cm-tooltip-autocomplete li[aria-selected]').textContent(), /twice\(x\)/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+z');
  await settled(page);
  await page.locator('.cm-line', { hasText: 'result' }).hover({ position: { x: 79, y: 10 } });
  await page.locator('.cm-tooltip .help').waitFor();
  assert.match(await page.locator('.cm-tooltip .help').textContent(), /twice\(x\)[^]*Doubles a value/);
  await page.mouse.move(5, 5);
  await page.locator('.cm-line', { hasText: 'result' }).click({ position: { x: 79, y: 10 } });
  await page.keyboard.press('F12');
  await page.waitForTimeout(100);
  const chosen = await page.evaluate(() => document.querySelector('.editor-host').shadowRoot.getSelection?.().toString() ?? getSelection().toString());
  await page.keyboard.press('F2');
  await page.locator('#ask').waitFor();
  assert.equal(await page.inputValue('#ask'), 'twice');
  for (const [bad, why] of [['start', /already in use/], ['aggregate', /already in use/], ['2x', /cannot be a name/], ['', /cannot be a name/]]) {
    await page.fill('#ask', bad);
    assert.match(await page.locator('#ask-problem').textContent(), why);
    assert.equal(await page.getAttribute('#ask', 'aria-invalid'), 'true');
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('dialog').count(), 1, 'Enter does not take a bad name');
  }
  await page.fill('#ask', 'double_it');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('.editor-host').shadowRoot.querySelector('.cm-content').textContent.match(/double_it/g)?.length === 2, null, { timeout: 5000 });
  assert.ok(chosen === '' || chosen === 'twice', chosen);
  await settled(page);
  await page.click('.file-format');
  await page.waitForFunction(() => /result = double_it\(start\);/.test(document.querySelector('.editor-host').shadowRoot.querySelector('.cm-content').textContent));
  await page.keyboard.press('Control+/');
});

await test('the input can be changed, and a bad one is named', async (fresh) => {
  const page = await histogramPage(fresh);
  await page.fill('#input', 'aaab');
  await page.waitForFunction(() => document.querySelectorAll('.compare .input-row td').length === 4);
  await settled(page);
  assert.deepEqual(await output(page), ['3', '3', '3', '1']);
  await page.fill('#input', 'aaz');
  await page.waitForFunction(() => document.querySelector('#input-problem')?.textContent !== '');
  assert.match(await page.locator('#input-problem').textContent(), /z/);
  await page.fill('#input', '');
  await page.waitForFunction(() => /empty/i.test(document.querySelector('.left').textContent));
  await page.fill('#input', '[1, ');
  await page.waitForFunction(() => /looks like this/.test(document.querySelector('#input-problem').textContent));
  await page.fill('#input', 'abcabcabcabcabc');
  await page.waitForFunction(() => /long|most|15/.test(document.querySelector('#input-problem').textContent));
  await page.click('.own');
  await settled(page);
  assert.equal(await page.locator('#input-problem').textContent(), '');
});

await test('a selection lights up code and circuit, by mouse and by keyboard', async (fresh) => {
  const page = await histogramPage(fresh);
  await page.click('[data-head="0.0"] .box-title');
  assert.ok(await page.locator('.linked').count() > 0, 'code lights up');
  assert.match(await page.locator('.inspector').textContent(), /head 1\.1/);
  assert.match(await page.locator('.inspector').textContent(), /W_QK/);
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.querySelectorAll('.band.on').length === 0);
  await page.locator('.cm-line', { hasText: 'hist = ' }).getByText('hist', { exact: false }).first().click({ position: { x: 8, y: 8 } });
  await page.waitForFunction(() => document.querySelector('[data-head="0.0"].on'));
  await page.keyboard.press('Escape');
  await page.locator('[data-head="0.0"] canvas').focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
  assert.equal(await page.locator('.crosshair').count(), 1);
  assert.match(await page.locator('.heatmap [aria-live]').first().textContent(), /looks at|selects nothing/);
  await page.keyboard.press('Enter');
  assert.match(await page.locator('.inspector').textContent(), /weight after softmax/);
});

await test('an experiment marks what it changes and is undone in one click', async (fresh) => {
  const page = await fresh();
  await settled(page);
  const right = await output(page);
  await page.click('[data-head="0.0"] .box-title');
  await page.click('text=switch this head off');
  await page.locator('.compare td.wrong').first().waitFor();
  assert.ok(await page.locator('.changed').count() > 0);
  assert.notDeepEqual(await output(page), right);
  await page.click('text=Undo all');
  await page.waitForFunction(() => !document.querySelector('.compare td.wrong'));
  assert.deepEqual(await output(page), right);
  await page.click('text=use the interpreter’s selector');
  await page.locator('.experiments').waitFor();
  await page.waitForTimeout(300);
  assert.deepEqual(await output(page), right, 'the interpreter’s selector is what the head computes');
});

await test('why this number: the sum adds up, and a number can be overwritten', async (fresh) => {
  const page = await histogramPage(fresh);
  await page.click('#tab-score');
  await page.locator('.score tr.stave', { has: page.locator('.name:text-is("hist")') }).first().locator('.value').first().click();
  await page.locator('.sum').waitFor();
  const sum = await page.evaluate(() => ({ total: Number(document.querySelector('.sum strong').textContent), terms: [...document.querySelectorAll('.sum td:first-child')].map((x) => Number(x.textContent)) }));
  assert.ok(Math.abs(sum.total - sum.terms.reduce((a, b) => a + b, 0)) < 0.01, JSON.stringify(sum));
  assert.equal(sum.total, 3);
  await page.locator('.patch select').first().selectOption({ label: '1' });
  await page.locator('.experiments').waitFor();
  await page.waitForFunction(() => document.querySelector('.compare td.wrong')?.textContent === '1');
});

await test('a link carries everything and never overwrites local work', async (fresh) => {
  const page = await fresh();
  await settled(page);
  await type(page, `#@ input "abca"\n#@ vocabulary "abc"\n${histogram}twice = hist * 2;\n`);
  await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'twice');
  await settled(page);
  await page.click('[data-head="0.0"] .box-title');
  await page.click('text=switch this head off');
  await page.click('#tab-score');
  await page.click('text=Share');
  await page.waitForFunction(() => document.querySelector('#share-link')?.value.includes('#2.'));
  const link = await page.inputValue('#share-link');
  assert.match(await page.inputValue('#share-embed'), /<iframe src="[^"]+embed=1[^"]*#2\./);

  const other = await fresh();
  await settled(other);
  await type(other, 'mine = indices;\n');
  await other.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'mine');
  await other.waitForTimeout(400);
  const visitor = await fresh('', { context: other.context() });
  await settled(visitor);
  await visitor.goto(link);
  await visitor.reload();
  await visitor.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'twice');
  assert.equal(await visitor.getAttribute('#tab-score', 'aria-selected'), 'true');
  await visitor.locator('.experiments').waitFor();
  assert.equal(await visitor.locator('.notices .info').count(), 0, 'the same weights');
  await visitor.click('text=Examples');
  assert.ok((await visitor.locator('.recent').textContent()).includes('mine'), 'own work is still there');
  await visitor.close();
});

await test('a damaged link leaves own work alone and says what is wrong', async (fresh) => {
  const page = await fresh('#1.z.AAAA');
  await settled(page);
  assert.match(await page.locator('.notices').textContent(), /cannot be opened.*changed on the way/);
  assert.equal(await page.locator('.result h2').textContent(), 'Reverse');
});

for (const name of readdirSync(path.join(root, 'tests/web/links'))) {
  await test(`golden link ${name}`, async (fresh) => {
    const { fragment, project } = JSON.parse(readFileSync(path.join(root, 'tests/web/links', name), 'utf8'));
    const page = await fresh(`#${fragment}`);
    await settled(page);
    const shown = await editor(page).evaluate((e) => e.cmTile?.view?.state.doc.toString() ?? [...e.querySelectorAll('.cm-line')].map((l) => [...l.childNodes].filter((n) => !n.classList?.contains('inlay') && !n.querySelector?.('.inlay')).map((n) => n.textContent).join('')).join('\n'));
    assert.ok(shown.includes(project.files[project.active].split('\n')[0]));
    assert.equal(await page.locator('.notices .problem').count(), 0);
    assert.equal(/no checksum/.test(await page.locator('.notices').textContent()), fragment.startsWith('1.'), 'a link without a checksum says so');
  });
}

await test('a link whose model differs says what differs, and compares', async (fresh) => {
  const page = await fresh();
  await settled(page);
  await type(page, 'twice = indices * 2;\n');
  await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'twice');
  await settled(page);
  await page.click('text=Share');
  await page.waitForFunction(() => document.querySelector('#share-link')?.value.includes('#2.'));
  const visitor = await fresh(new URL(await page.inputValue('#share-link')).hash);
  await settled(visitor);
  assert.equal(await visitor.locator('.notices p').count(), 0);
  await type(visitor, 'thrice = indices * 3;\nalso = thrice + 1;\n');
  await visitor.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'also');
  await settled(visitor);
  assert.match(await visitor.locator('.notices').textContent(), /other weights than the link's: the program was edited here\./);
  await visitor.click('.notices >> text=Compare');
  await visitor.locator('dialog .removed').first().waitFor();
  assert.deepEqual(await visitor.locator('dialog .removed').allTextContents(), ['− twice = indices * 2;']);
  await visitor.click('text=Open it as the link has it');
  await visitor.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'twice');
  await settled(visitor);
  assert.equal(await visitor.locator('.notices p').count(), 0);
  await visitor.goBack();
  await visitor.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'also');
});

await test('a reload and a second tab lose nothing', async (fresh) => {
  const page = await fresh();
  await settled(page);
  await type(page, 'first = indices + 1;\n');
  await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'first');
  await page.reload();
  await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'first');
  const second = await fresh('', { context: page.context() });
  await settled(second);
  await type(second, 'second = indices + 2;\n');
  await type(page, 'first = indices + 3;\n');
  await page.waitForFunction(() => document.querySelector('.compare')?.textContent.includes('3'));
  await second.waitForTimeout(500);
  await Promise.all([page.reload(), second.reload()]);
  await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'first');
  await second.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'second');
});

await test('full storage is said, and the page goes on', async (fresh) => {
  const page = await fresh();
  await settled(page);
  await page.evaluate(() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; });
  await type(page, 'x = indices + 1;\n');
  await page.waitForFunction(() => /no room/.test(document.querySelector('.notices').textContent));
  await settled(page);
  assert.equal(await page.locator('.result h2').textContent(), 'x');
});

await test('every example opens from the gallery, agrees and is exact', async (fresh) => {
  const page = await fresh();
  await settled(page);
  await page.click('text=Examples');
  await page.locator('.example-card').first().waitFor();
  // Programs in Python have a suite of their own: tests/web/python.mjs.
  const titles = (await page.locator('.example-card', { has: page.locator('.small-picture') }).locator('strong').allTextContents());
  assert.equal(titles.length, examples.length);
  for (const title of titles) {
    if (!await page.locator('dialog').count()) await page.click('text=Examples');
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
  await page.waitForFunction(() => document.querySelector('.editor-host')?.shadowRoot?.querySelector('.cm-content')?.textContent.includes('SelectorWidth'), null, { timeout: 60_000 });
  await settled(page);
  assert.deepEqual(await output(page), values);
  await page.click('text=Export');
  await page.locator('.exports tr', { hasText: 'as you see it' }).waitFor();
  assert.equal(await page.locator('.exports tr', { hasText: 'Tracr’s Python' }).count(), 0, 'it is in Python already');
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
  for (let q = 0; q < 7; ++q) assert.ok(Math.abs(csv.slice(1 + 7 * q, 8 + 7 * q).reduce((s, l) => s + Number(l.split(',').at(-1)), 0) - 1) < 1e-5, 'rows of a pattern add up to 1');
  assert.match((await get(row('Residual').getByText('CSV values'))).toString(), /^hist,1,3,2,1,3,3,2/m);
  const weights = await get(row('safetensors').getByRole('button', { name: 'weights' }));
  assert.ok(Number(weights.readBigUInt64LE(0)) < weights.length && weights.subarray(8, 9).toString() === '{');
  assert.equal(JSON.parse(await get(row('Model, JSON').getByRole('button'))).n_layers, 1);
  assert.ok((await get(row('ONNX').getByRole('button'))).length > 500);
  // Any view, as it is drawn: lines of the score with their names, arcs, and the patterns as images.
  const view = (await get(row('This view').getByText('SVG'))).toString();
  const blank = await browser.newPage();  // the page itself refuses to parse
  const drawn = await blank.evaluate((text) => {
    const d = new DOMParser().parseFromString(text, 'image/svg+xml');
    return { fault: d.querySelector('parsererror')?.textContent ?? '', texts: [...d.querySelectorAll('text')].map((t) => t.textContent), images: d.querySelectorAll('image').length, arcs: [...d.querySelectorAll('path')].reduce((n, e) => n + e.getAttribute('d').split('M').length - 1, 0), handlers: d.querySelectorAll('[class],[style],script').length };
  }, view);
  await blank.close();
  assert.equal(drawn.fault, '');
  for (const word of ['input', 'hist', 'embedding of tokens', 'head 1.1', 'Output']) assert.ok(drawn.texts.join(' ').includes(word), `${word} is in the picture`);
  assert.ok(drawn.images >= 1 && drawn.arcs === 3 * 3 + 2 * 2 + 1 && drawn.handlers === 0, JSON.stringify({ ...drawn, texts: 0 }));
  assert.equal((await get(row('This view').getByText('PNG'))).subarray(1, 4).toString(), 'PNG');
  assert.match((await get(row('Details').getByText('SVG'))).toString(), /<text[^]*<\/svg>\s*$/);
});

await test('a long computation can be stopped, and typing goes on meanwhile', async (fresh) => {
  const page = await fresh();
  await settled(page);
  await type(page, '#@ vocabulary "abcdefgh"\n#@ max_length 60\n#@ input "abcd"\nm = aggregate(select(indices, indices, <=), indices * indices);\nn = aggregate(select(indices, indices, <=), m * m + indices);\nx = round(n * m * 7) % 5;\n');
  const stop = page.locator('.status button');
  const finished = page.waitForFunction(() => document.querySelector('.problems .error')?.textContent.match(/limit|more than/));
  await Promise.race([stop.waitFor({ timeout: 20000 }).then(() => stop.click()).catch(() => {}), finished.catch(() => {})]);
  await type(page, 'after = indices;\n');
  await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'after');
  await settled(page);
});

await test('nothing runs that the page did not bring: content security policy', async (fresh) => {
  const page = await fresh();
  await settled(page);
  const tries = await page.evaluate(async () => {
    await new Promise((r) => setTimeout(r, 50));  // the inspector's own leave to evaluate ends with its call
    const out = {};
    const attempt = async (name, f) => { try { out[name] = await f(); } catch (e) { out[name] = `refused: ${e.name}`; } };
    await attempt('eval', () => globalThis.eval('1+1'));
    await attempt('function', () => new Function('return 1')());
    await attempt('html', () => { const d = document.createElement('div'); d.innerHTML = '<img src=x onerror="window.hit=1">'; return 'ran'; });
    await attempt('inline', () => { const s = document.createElement('script'); s.textContent = 'window.hit = 1'; document.head.append(s); return window.hit ? 'ran' : 'refused'; });
    await attempt('fetch', () => fetch('https://example.com/').then(() => 'ran'));
    await attempt('worker', () => { new Worker('data:text/javascript,1'); return 'ran'; });
    return out;
  });
  for (const [name, result] of Object.entries(tries)) assert.match(String(result), /^refused/, name);
  assert.ok(page.problems.length > 0);
  page.problems.length = 0;
});

await test('works without a network after the first visit', async (fresh) => {
  const page = await fresh();
  await settled(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(async () => (await caches.keys()).length > 0 && (await (await caches.open((await caches.keys())[0])).keys()).length > 5);
  await page.context().setOffline(true);
  await page.reload();
  await settled(page);
  await type(page, 'offline = indices;\n');
  await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'offline');
  page.problems.length = 0;  // the browser's own words about the network
});

await test('a phone: tabs, and the inspector as a sheet', async (fresh) => {
  const page = await histogramPage(fresh, { width: 390, height: 844, hasTouch: true });
  assert.equal(await page.locator('.phone-tabs [aria-pressed="true"]').textContent(), 'Model', 'a phone shows the model first');
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, 'nothing is cut off');
  await page.tap('[data-head="0.0"] .box-title');
  await page.locator('.inspector').waitFor({ state: 'visible' });
  await page.tap('.inspector .close');
  await page.locator('.inspector').waitFor({ state: 'hidden' });
});

await test('embedded: no bar, read-only, panels hidden', async (fresh) => {
  const page = await fresh('?embed=1&readonly=1&hide=inspector,settings&view=residual&theme=dark#example=reverse');
  await settled(page);
  assert.equal(await page.locator('.top, .inspector, .settings').count(), 0);
  assert.equal(await page.getAttribute('#tab-score', 'aria-selected'), 'true');
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  await editor(page).click();
  await page.keyboard.type('zzz');
  assert.ok(!(await editor(page).textContent()).includes('zzz'));
});

await test('the tour can be taken, left and taken up again', async (fresh) => {
  const page = await fresh();
  await settled(page);
  await page.click('text=Tour');
  const heading = page.locator('.tour h2');
  const first = await heading.textContent();
  await page.click('.tour >> text=Next');
  await page.click('.tour >> text=Next');
  const third = await heading.textContent();
  assert.notEqual(first, third);
  await page.click('.tour >> text=Skip');
  assert.equal(await heading.count(), 0);
  await page.click('text=Tour');
  assert.equal(await heading.textContent(), third);
  await page.click('.tour >> text=Next');
  await page.locator('.score.tour-target').waitFor();
  await page.click('.tour >> text=Next');
  await page.click('.tour >> text=Done');
});

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
  await page.waitForFunction(() => !document.querySelector('.cm-content')?.textContent.includes('indices + 1') && document.querySelectorAll('.course-tasks [aria-current]').length === 1);
  await page.locator('.course-tasks button').nth(0).click();
  await page.locator('.course-cases tr.pass').nth(1).waitFor();
  await page.waitForTimeout(400);
  await page.reload();
  await page.locator('.course-tasks .done').first().waitFor();
  await page.locator('.course-cases tr.pass').nth(1).waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('.course-hand-in button', { hasText: 'Export submission' }).first().click()]);
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
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.locator('.course button', { hasText: /^Open/ }).first().click()]);
  await chooser.setFiles(instructor);
  await page.waitForFunction(() => /First steps/.test(document.querySelector('.course').textContent + [...document.querySelectorAll('.course input, .course textarea')].map((e) => e.value).join()));
  await page.locator('.course button', { hasText: /^Check/ }).first().click();
  await page.waitForFunction(() => /passes everything|ready|✓/i.test(document.querySelector('.course').textContent), null, { timeout: 60000 });
  await page.locator('.course button', { hasText: /link/i }).first().click();
  await page.waitForFunction(() => [...document.querySelectorAll('.course input, .course textarea')].some((e) => e.value.includes('#assignment=')), null, { timeout: 60000 });
  const link = await page.evaluate(() => [...document.querySelectorAll('.course input, .course textarea')].find((e) => e.value.includes('#assignment=')).value);
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

for (const part of [firstJourneys, authorJourneys, generateJourneys, addressJourneys, statesJourneys, scoreJourneys, codeJourneys, fixJourneys, drawnJourneys, badInputJourneys, accessibleJourneys]) await part(test, browser);

await end();
