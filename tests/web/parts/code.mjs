// The code column: one line for the `#@` lines and their tests, problems after a pause, help while a call is written, a
// layout that stands still.
import assert from 'node:assert/strict';
import { editor, settled, type } from '../browser.mjs';

const bar = (page) => page.locator('.fold-bar');
const ready = (page) =>
  page.waitForFunction(() => document.querySelector('.editor-host')?.shadowRoot?.querySelector('.cm-content'));
const waitForBar = (page, text) =>
  page.waitForFunction(
    (t) => document.querySelector('.editor-host').shadowRoot.querySelector('.fold-bar')?.textContent.includes(t),
    text,
  );

/** WCAG's contrast of an element's text against the nearest background behind it. */
const contrast = (locator) =>
  locator.evaluate((e) => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = (c) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = c;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) =>
      [r, g, b]
        .map((x) => x / 255)
        .map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4))
        .reduce((s, x, i) => s + x * [0.2126, 0.7152, 0.0722][i], 0);
    let behind = e;
    while (behind && rgba(getComputedStyle(behind).backgroundColor)[3] < 255)
      behind = behind.parentElement ?? behind.getRootNode().host;
    const [a, b] = [light(rgba(getComputedStyle(e).color)), light(rgba(getComputedStyle(behind).backgroundColor))].sort(
      (x, y) => y - x,
    );
    return (a + 0.05) / (b + 0.05);
  });

const program =
  '#@ title Twice\n#@ vocabulary "ab"\n#@ max_length 4\n#@ input "ab"\n#@ expect "ab" -> [0, 2]\n#@ expect "aab" -> [0, 2, 5]\n\ntwice = indices * 2;\n';

export default async function codeJourneys(test) {
  await test('the #@ lines are one line over the code; a click opens and folds them', async (fresh) => {
    const page = await fresh('#example=histogram');
    await ready(page);
    await waitForBar(page, '2 tests ✓');
    assert.match(await bar(page).textContent(), /Histogram · abc · up to 8 · 2 tests ✓/);
    assert.equal(await page.locator('.cm-line', { hasText: '#@' }).count(), 0);
    await bar(page).click();
    assert.equal(await page.locator('.cm-line', { hasText: '#@ expect' }).count(), 2);
    assert.equal(await bar(page).getAttribute('aria-expanded'), 'true');
    await bar(page).click();
    assert.equal(await page.locator('.cm-line', { hasText: '#@' }).count(), 0);
  });

  await test('a failing test says what was expected and what came', async (fresh) => {
    const page = await fresh('#example=histogram');
    await ready(page);
    await type(page, program);
    await waitForBar(page, '1 of 2 tests ✗');
    const lines = await page.locator('.cm-line', { hasText: '#@ expect' }).locator('.inlay').allTextContents();
    assert.deepEqual(lines, ['✓', '✗ got [0, 2, 4]']);
    assert.match(await page.locator('.failing li').textContent(), /aab: expected \[0, 2, 5\], got \[0, 2, 4\]/);
  });

  await test('ticks of #@ expect stay while a key is worked on, and never stand for a program that fails', async (fresh) => {
    const page = await fresh('#example=histogram');
    await ready(page);
    await waitForBar(page, '2 tests ✓');
    await page.evaluate(() => {
      window.said = new Set();
      const host = document.querySelector('.editor-host').shadowRoot;
      const look = () => {
        window.said.add(host.querySelector('.fold-bar').textContent.split(' · ').at(-1));
        requestAnimationFrame(look);
      };
      look();
    });
    await editor(page).click();
    await page.keyboard.press('Control+End');
    for (const key of ['Space', 'Space', 'Backspace', 'Enter']) {
      await page.keyboard.press(key);
      await page.waitForTimeout(250);
    }
    assert.deepEqual(await page.evaluate(() => [...window.said]), ['2 tests ✓']);
    await page.keyboard.insertText('hist = 7 * hist;\nwrong = hist;\n');
    await waitForBar(page, '2 of 2 tests ✗');
    await page.waitForFunction(
      () => !document.querySelector('.editor-host').shadowRoot.querySelector('[data-pending]'),
    );
  });

  await test('lines of #@ stay open while they are written', async (fresh) => {
    const page = await fresh();
    await ready(page);
    await type(page, '');
    await page.keyboard.type('#@ title Mine\n#@ input "ab"\nx = tokens;\n');
    assert.equal(await page.locator('.cm-line', { hasText: '#@' }).count(), 2);
  });

  await test('an error is drawn after a pause, not within a word; at once when the program is left', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await ready(page);
    await page.evaluate(() => {
      window.seen = [];
      let lastKey = 0;
      addEventListener(
        'keydown',
        () => {
          lastKey = performance.now();
        },
        true,
      );
      new MutationObserver(() => {
        if (document.querySelector('.problems .error')) window.seen.push(performance.now() - lastKey);
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    await editor(page).click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('odd = reverse + indic', { delay: 40 });
    await page.waitForSelector('.problems .error');
    const [pause] = await page.evaluate(() => window.seen);
    assert.ok(pause >= 550, `drawn ${pause} ms after the last key`);
    assert.match(await page.locator('.problems').textContent(), /indic/);

    await page.keyboard.type('es;');
    await page.waitForFunction(() => !document.querySelector('.problems .error'));
    await page.evaluate(() => {
      window.seen = [];
    });
    const analysed = page.evaluate(() =>
      new Promise((done) => addEventListener('rasp-analysis', done, { once: true })).then(() => true),
    );
    await page.keyboard.type('?');
    await analysed;
    await page.locator('#input').focus();
    await page.waitForSelector('.problems .error');
  });

  await test('typing moves neither the input row nor the console, and values never wrap the code', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await ready(page);
    await editor(page).click();
    await page.keyboard.press('Control+End');
    const places = () =>
      page.evaluate(() =>
        ['#input', '.console', '.settings', '.editor'].map((s) => {
          const r = document.querySelector(s).getBoundingClientRect();
          return [s, Math.round(r.top), Math.round(r.height)];
        }),
      );
    const before = await places();
    for (const key of 'more = reverse + opposite_of_everything ? 1;\n"; x = (tokens == "a"); x;\n') {
      await page.keyboard.type(key);
      assert.deepEqual(await places(), before, `after the key ${JSON.stringify(key)}`);
    }
    await page.waitForSelector('.problems .error');
    assert.deepEqual(await places(), before, 'with the problems drawn');
    await page.fill('#input', 'abz');
    await page.waitForFunction(() => document.querySelector('.own'));
    assert.deepEqual(await places(), before, 'after the input was changed');

    await type(page, 'a_name_that_takes_most_of_a_line = indices + 1;\n');
    const height = () =>
      page
        .locator('.cm-line')
        .first()
        .evaluate((e) => e.getBoundingClientRect().height);
    const bare = await height();
    await page.waitForFunction(() => document.querySelector('.editor-host').shadowRoot.querySelector('.inlay'));
    assert.equal(await height(), bare);
  });

  await test('after a bracket stands what the function wants, the argument that is written set off', async (fresh) => {
    const page = await fresh();
    await settled(page);
    await ready(page);
    await type(page, '# Doubles.\ndef double(what, times) { return what * times; }\n');
    await page.keyboard.type('s = select(');
    const help = page.locator('.signature');
    await help.waitFor();
    assert.match(await help.textContent(), /^select\(key, query, op\)/);
    assert.equal(await help.locator('b').textContent(), 'key');
    await page.keyboard.type('tokens, ');
    await page.waitForFunction(
      () => document.querySelector('.editor-host').shadowRoot.querySelector('.signature b')?.textContent === 'query',
    );
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'detached' });
    await type(page, '# Doubles.\ndef double(what, times) { return what * times; }\n');
    await page.waitForFunction(() => !document.querySelector('.problems .error'));
    await page.keyboard.type('d = double(indices, ');
    await help.waitFor();
    assert.equal(await help.locator('b').textContent(), 'times');
    assert.match(await help.textContent(), /Doubles/);
  });

  await test('completion can be read in both themes, and names its forms whole', async (fresh) => {
    for (const theme of ['light', 'dark']) {
      const page = await fresh(`?theme=${theme}`);
      await settled(page);
      await ready(page);
      await editor(page).click();
      await page.keyboard.press('Control+End');
      await page.keyboard.type('z = an');
      const chosen = page.locator('.cm-tooltip-autocomplete li[aria-selected]');
      await chosen.waitFor();
      assert.equal(await chosen.locator('.cm-completionLabel').textContent(), 'and');
      assert.equal(await chosen.locator('.cm-completionDetail').textContent(), 'a and b');
      for (const part of ['.cm-completionLabel', '.cm-completionDetail'])
        assert.ok((await contrast(chosen.locator(part))) >= 4.5, `${theme}, ${part}`);
      const other = page.locator('.cm-tooltip-autocomplete li:not([aria-selected]) .cm-completionDetail').first();
      assert.ok((await contrast(other)) >= 4.5, `${theme}, a row that is not selected`);
    }
  });

  await test('player: each step lights the code of what is at work, and of nothing else', async (fresh) => {
    const page = await fresh('#example=sort');
    await settled(page);
    await editor(page).waitFor();
    const lit = () =>
      page
        .locator('.editor-host')
        .evaluate((host) =>
          [
            ...new Set([...host.shadowRoot.querySelectorAll('.linked')].map((e) => e.closest('.cm-line').textContent)),
          ].map((line) => line.split(' ')[0]),
        );
    const seen = {};
    await page.locator('.player input').focus();
    for (let step = 10; step >= 2; --step) {
      await page.keyboard.press('ArrowLeft');
      await page.locator('.player', { hasText: `step ${step} of` }).waitFor();
      const caption = (await page.locator('.caption strong').textContent()).replace('.', '');
      await page.waitForTimeout(100);
      seen[caption] = await lit();
    }
    // the lines that compute it, and those where its names stand
    assert.deepEqual(seen, {
      'Layer 3 · attention': ['sorted'],
      'Layer 2 · MLP': ['rank', 'sorted'],
      'Layer 2 · attention': ['equal_but_earlier', 'rank', 'sorted'],
      'Layer 1 · attention': ['smaller', 'rank', 'sorted'],
    });
  });

  await test('player: each step is in sight, and so are what it says and the buttons, wide and on a phone', async (fresh) => {
    for (const size of [{}, { width: 390, height: 844 }]) {
      const page = await fresh('#example=addition', size);
      await settled(page);
      const last = Number((await page.locator('.player').textContent()).match(/of (\d+)/)[1]);
      for (let step = last - 1; step > 0; --step) {
        await page.locator('.player button').first().click();
        await page.locator('.player', { hasText: `step ${step} of` }).waitFor();
        await page.waitForTimeout(60);
        const found = await page.evaluate(() => {
          const box = (e) => e.getBoundingClientRect(),
            caption = document.querySelector('.caption'),
            title = caption.querySelector('strong').textContent.replace('.', ''),
            row = [...document.querySelectorAll('.score .heading th')].find((e) => e.textContent.startsWith(title)),
            said = box(caption);
          return {
            title,
            row: row && [box(row).top >= said.bottom - 1, box(row).bottom < innerHeight - 60],
            on: document.elementFromPoint(said.left + 20, said.top + 10)?.closest('.caption') !== null,
          };
        });
        assert.deepEqual(found, { title: found.title, row: [true, true], on: true }, JSON.stringify([step, found]));
      }
    }
  });

  await test('what is chosen in the picture is scrolled to in the program, and the other way round', async (fresh) => {
    const page = await fresh('#example=dyck3', { height: 700 });
    await settled(page);
    await ready(page);
    const scroller = page.locator('.cm-scroller');
    await scroller.evaluate((e) => {
      e.scrollTop = e.scrollHeight;
    });
    const before = await scroller.evaluate((e) => e.scrollTop);
    assert.ok(before > 0, 'the program is longer than its column');
    const name = await page
      .locator('.inspector .name')
      .first()
      .textContent()
      .catch(() => '');
    assert.equal(name.length > 0, true);
    await page
      .locator('[data-head]')
      .first()
      .click({ position: { x: 4, y: 4 } });
    await page.waitForFunction(() => {
      const root = document.querySelector('.editor-host').shadowRoot,
        box = root.querySelector('.cm-scroller').getBoundingClientRect();
      return [...root.querySelectorAll('.linked')].some((e) => {
        const r = e.getBoundingClientRect();
        return r.top >= box.top && r.bottom <= box.bottom;
      });
    });
  });
}
