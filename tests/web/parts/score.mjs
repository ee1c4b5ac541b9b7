// The score as it is drawn: every row keeps the columns, code and bands find each other, the player tells the truth.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { histogramPage, output, root, settled } from '../browser.mjs';

const examples = readdirSync(path.join(root, 'examples'))
  .filter((f) => f.endsWith('.rasp'))
  .map((f) => f.slice(0, -5));

/** Middles of the cells of every row: [name, x of position 0, x of position 1, …]. */
const columns = (page) =>
  page.$$eval('.score tr:is(.positions, .stave, .end tr)', (rows) =>
    rows
      .filter((r) => !r.querySelector('td.words') && r.querySelector('td'))
      .map((r) => [
        r.querySelector('th').textContent,
        ...[...r.querySelectorAll('td')].map((d) => {
          const b = d.getBoundingClientRect();
          return (b.left + b.right) / 2;
        }),
      ]),
  );

/** Loaded anew, once: with the address of the same page and another hash, nothing would be. */
const openExample = async (page, name) => {
  const here = page.url().split('#')[0];
  await page.goto('about:blank');
  await page.goto(`${here}#example=${name}`);
  await settled(page);
};

function thirtyHeads() {
  const heads = Array.from(
    { length: 30 },
    (_, i) => `h${i} = aggregate(select(indices, indices - ${i + 1}, ==), tokens, "-");\n`,
  ).join('');
  const sum = `answer = ${Array.from({ length: 30 }, (_, i) => `(1 if h${i} == "a" else 0)`).join(' + ')};\n`;
  const text = `#@ vocabulary "ab"\n#@ max_length 40\n#@ input "${'ab'.repeat(20)}"\n${heads}${sum}`;
  return `#1.j.${Buffer.from(JSON.stringify({ files: { 'a.rasp': text }, active: 'a.rasp' })).toString('base64url')}`;
}

export default async function scoreJourneys(test) {
  await test('score: in every example the column of a position has one x in every row, and arcs stay within their lanes', async (fresh) => {
    const page = await fresh();
    for (const name of examples) {
      await openExample(page, name);
      const [first, ...rest] = await columns(page);
      assert.ok(first.length > 1 && rest.length >= 3, name);
      for (const row of rest) {
        assert.equal(row.length, first.length, `${name}: ${row[0]}`);
        row
          .slice(1)
          .forEach((x, i) =>
            assert.ok(Math.abs(x - first[i + 1]) <= 1, `${name}: ${row[0]} at ${i}: ${x}, not ${first[i + 1]}`),
          );
      }
      const outside = await page.$$eval('.score .arcs svg', (list) =>
        list.flatMap((svg) => {
          const cell = svg.closest('td').getBoundingClientRect();
          return [...svg.querySelectorAll('path')].filter((p) => {
            const b = p.getBoundingClientRect();
            return (
              b.left < cell.left - 2 || b.right > cell.right + 2 || b.top < cell.top - 2 || b.bottom > cell.bottom + 2
            );
          }).length
            ? [svg.closest('tbody').dataset.item]
            : [];
        }),
      );
      assert.deepEqual(outside, [], name);
    }
  });

  await test('score: arcs of the histogram join equal tokens, key above and query below', async (fresh) => {
    const page = await histogramPage(fresh);
    const found = await page.$eval('[data-head="0.0"] .arcs svg', (svg) => {
      const lane = document.querySelector('.score .input-row td').getBoundingClientRect().width;
      return [...svg.querySelectorAll('path')]
        .flatMap((p) =>
          p
            .getAttribute('d')
            .split('M')
            .filter(Boolean)
            .map((d) => {
              const numbers = d.match(/[\d.]+/g).map(Number),
                straight = d.includes('V');
              const from = Math.round(numbers[0] / lane - 0.5),
                to = straight ? from : Math.round(numbers.at(-2) / lane - 0.5);
              return `${to}<${from}`;
            }),
        )
        .sort();
    });
    const tokens = [...'abcaab'],
      expected = tokens.flatMap((q, i) => tokens.flatMap((k, j) => (q === k ? [`${i}<${j}`] : []))).sort();
    assert.deepEqual(found, expected);
  });

  await test('score: a click on a named expression brings its band or row into the viewport, and a band lights its code', async (fresh) => {
    const page = await fresh();
    for (const name of examples) {
      await openExample(page, name);
      await page.keyboard.press('Escape');
      const names = await page.locator('.inspector .card > ul .name').allTextContents();
      for (let i = 0; i < names.length; ++i) {
        await page.locator('.inspector .card > ul .name').nth(i).click();
        await page.waitForTimeout(60);
        const seen = await page.evaluate(() => {
          const lit = [...document.querySelectorAll('.score tbody.on')];
          if (!lit.length)
            return document.querySelector('.inspector').textContent.includes('not needed for the output')
              ? 'not needed'
              : 'nothing is lit';
          const view = document.querySelector('.centre').getBoundingClientRect();
          return lit.some((e) => {
            const b = e.getBoundingClientRect();
            return b.bottom > view.top && b.top < Math.min(view.bottom, innerHeight) - 10;
          })
            ? 'in sight'
            : 'out of sight';
        });
        assert.match(seen, /in sight|not needed/, `${name}: ${names[i]}: ${seen}`);
        await page.keyboard.press('Escape');
      }
    }
    await openExample(page, 'sort');
    await page.locator('[data-head="2.0"] .box-title').click();
    assert.ok((await page.locator('.linked').count()) > 0, 'the code of the band lights up');
  });

  await test('score: what is pointed at and has its other end out of sight is named at that edge', async (fresh) => {
    const page = await fresh('#example=addition', { width: 1440, height: 700 });
    await settled(page);
    await page.keyboard.press('Escape');
    const marks = () => page.locator('.edge-mark').allTextContents();
    await page.locator('.inspector .card > ul .name:text-is("sum")').hover();
    await page.locator('.edge-mark').first().waitFor();
    assert.ok((await marks()).includes('↓ sum'), (await marks()).join());
    const line =
      readFileSync(path.join(root, 'examples/addition.rasp'), 'utf8')
        .split('\n')
        .findIndex((l) => l.startsWith('sum =')) + 1;
    assert.ok((await marks()).includes(`↓ line ${line}`), (await marks()).join());
    await page.locator('.inspector .card > ul .name:text-is("value")').hover();
    await page.waitForTimeout(300);
    assert.ok(!(await marks()).some((m) => m.includes('line')), 'its line is in sight');
    await page.mouse.move(700, 20);
    await page.waitForFunction(() => !document.querySelector('.edge-mark'));
  });

  await test('score: names are true; a part of an s-op says which part', async (fresh) => {
    const page = await fresh('#example=sort');
    await settled(page);
    const rows = await page.$$eval('.score tr.stave', (list) =>
      list.map((r) => [
        r.querySelector('th').textContent,
        [...r.querySelectorAll('td')].map((d) => d.textContent).join(' '),
      ]),
    );
    assert.deepEqual(
      rows.filter(([name]) => /width|rank/.test(name)),
      [
        ['width of smaller', '2 0 3 1'],
        ['width of equal_but_earlier', '0 0 0 0'],
        ['rank', '2 0 3 1'],
      ],
    );
  });

  await test('score: a band opens into its matrix, with axis titles and outputs beside its rows; keyboard and sentence', async (fresh) => {
    const page = await histogramPage(fresh);
    await page.click('[aria-label="Pattern of head 1.1"]');
    assert.equal(await page.locator('.score canvas').count(), 0, 'at rest a band is one line');
    await page.click('[aria-label="Pattern of head 1.1"]');
    await page.locator('[data-head="0.0"] canvas').waitFor();
    assert.match(await page.locator('.axis-queries').textContent(), /query: who looks/);
    assert.match(await page.locator('.axis-keys').textContent(), /key: who is looked at →/);
    const beside = await page.evaluate(() => {
      const c = document.querySelector('.heat-cells canvas').getBoundingClientRect(),
        spans = [...document.querySelectorAll('.heat-outputs span')].slice(1);
      return spans.map((s, i) => {
        const b = s.getBoundingClientRect();
        return [
          s.textContent,
          Math.abs((b.top + b.bottom) / 2 - (c.top + (i + 1.5) * (c.height / 7))) < 2,
          b.left >= c.right,
        ];
      });
    });
    assert.deepEqual(
      beside,
      ['3', '2', '1', '3', '3', '2'].map((x) => [x, true, true]),
    );
    await page.click('.segmented >> text=true weights');
    assert.match(await page.locator('[data-head="0.0"] .foot').textContent(), /BOS takes nearly all/);
    assert.equal(
      await page.locator('[data-head="0.0"] .arcs path').count(),
      0,
      'arcs are the true weights then: no position gets a share that could be seen',
    );
    assert.match(await page.locator('[data-head="0.0"] .arcs').textContent(), /rests on BOS/);
  });

  await test('player: each step fills what it writes and nothing later; the end is what stood there', async (fresh) => {
    const page = await histogramPage(fresh);
    const hist = () => page.locator('.score [data-item="s1"] .stave td').allTextContents();
    const right = await output(page);
    assert.deepEqual(await hist(), right);
    await page.locator('.player input').fill('0');
    assert.match(await page.locator('.score .caption').textContent(), /Embedding/);
    assert.deepEqual(await hist(), Array(6).fill(''), 'not written yet');
    assert.deepEqual(await output(page), Array(6).fill(''), 'no answer yet');
    const said = [];
    for (let i = 0; i < 3; ++i) {
      await page.click('[aria-label="One step on"]');
      said.push((await page.locator('.score .caption').textContent()).match(/Scores|Weights|Values/)?.[0]);
      assert.deepEqual(await hist(), i < 2 ? Array(6).fill('') : right, said[i]);
      assert.ok(await page.locator('[data-head="0.0"] canvas').isVisible(), 'its band is open');
      await page.locator('.linked').first().waitFor();
    }
    assert.deepEqual(said, ['Scores', 'Weights', 'Values']);
    await page.locator('.result h2').first().click();
    await page.keyboard.press('ArrowRight');
    assert.deepEqual(await output(page), right);
    await page.keyboard.press('ArrowLeft');
    assert.match(await page.locator('.score .caption').textContent(), /Values/);
  });

  await test('player: the step is part of the link; it plays to the end; nothing moves with reduced motion', async (fresh) => {
    const page = await histogramPage(fresh, { reducedMotion: 'reduce' });
    await page.locator('.player input').fill('2');
    await page.click('text=Share');
    await page.waitForFunction(() => document.querySelector('#share-link')?.value.includes('#2.'));
    const link = await page.inputValue('#share-link');
    const other = await fresh('');
    await other.goto(link);
    await other.reload();
    await settled(other);
    assert.match(await other.locator('.score .caption').textContent(), /Weights/);
    const moving = await page.evaluate(
      () =>
        [...document.querySelectorAll('.score *')].filter((e) => {
          const s = getComputedStyle(e);
          return s.animationName !== 'none' && parseFloat(s.animationDuration) > 0;
        }).length,
    );
    assert.equal(moving, 0);
    await other.click('.player .play');
    await other.waitForFunction(
      () =>
        document.querySelector('.player .play').getAttribute('aria-label').startsWith('Play') &&
        !document.querySelector('.score .caption strong'),
      null,
      { timeout: 15_000 },
    );
    assert.deepEqual(await output(other), ['3', '2', '1', '3', '3', '2']);
  });

  await test('score: sort is whole at 1440×900 with a band open', async (fresh) => {
    const page = await fresh('#example=sort');
    await settled(page);
    await page.click('[aria-label="Pattern of head 3.1"]');
    const { bottom, inner, wide, room } = await page.evaluate(() => {
      const r = document.querySelector('.score table').getBoundingClientRect(),
        c = document.querySelector('.centre');
      return { bottom: r.bottom, inner: innerHeight, wide: r.width, room: c.clientWidth };
    });
    assert.ok(bottom <= inner && wide <= room, JSON.stringify({ bottom, inner, wide, room }));
  });

  await test('score: thirty heads over forty tokens fit into 1,400 px and 1,500 nodes, with names pinned and an overview', async (fresh) => {
    const page = await fresh(thirtyHeads());
    await page.waitForFunction(() => document.querySelectorAll('.score tbody.band').length === 30, null, {
      timeout: 60_000,
    });
    await settled(page);
    const seen = await page.evaluate(() => ({
      tall: document.querySelector('.score table').getBoundingClientRect().height,
      nodes: document.querySelectorAll('*').length,
      lane: document.querySelector('.score .input-row td').getBoundingClientRect().width,
      overview: document.querySelectorAll('.overview').length,
    }));
    assert.ok(seen.tall <= 1400 && seen.nodes <= 1500 && seen.lane >= 14 && seen.overview === 1, JSON.stringify(seen));
    await page.evaluate(() => {
      document.querySelector('.staves-scroll').scrollLeft = 1e6;
    });
    const pinned = await page.evaluate(() => {
      const c = document.querySelector('.centre').getBoundingClientRect(),
        n = document.querySelector('.score .input-row th').getBoundingClientRect();
      return n.left >= c.left - 1 && n.right < c.left + 260;
    });
    assert.ok(pinned, 'names stay');
  });

  await test('score: thirty heads can be seen whole, each with its arcs; a click goes to the band', async (fresh) => {
    const page = await fresh(thirtyHeads());
    await page.waitForFunction(() => document.querySelectorAll('.score tbody.band').length === 30, null, {
      timeout: 60_000,
    });
    await settled(page);
    await page.click('text=Whole score');
    await page.locator('.whole').waitFor();
    const seen = await page.evaluate(() => {
      const room = document.querySelector('.centre').getBoundingClientRect();
      return [...document.querySelectorAll('.whole [role="button"]')].map((g) => {
        const b = g.getBoundingClientRect(),
          arcs =
            [...g.querySelectorAll('.arc')]
              .map((a) => a.getAttribute('d'))
              .join('')
              .split('M').length - 1;
        return {
          name: g.getAttribute('aria-label'),
          inside: b.top >= room.top && b.bottom <= innerHeight && b.left >= room.left && b.right <= room.right,
          arcs,
        };
      });
    });
    const bands = seen.filter((x) => x.name.startsWith('head'));
    assert.deepEqual([bands.length, seen.filter((x) => !x.inside)], [30, []]);
    // Each looks a fixed number of positions back: so many of the 40 positions have somebody there.
    assert.deepEqual(
      bands.map((b) => b.arcs).sort((a, b) => a - b),
      Array.from({ length: 30 }, (_, i) => 10 + i),
    );
    await page.mouse.move(5, 5);
    await page.locator('.whole [role="button"]').nth(25).focus();
    await page.keyboard.press('Enter');
    await page.locator('.band.on').waitFor();
    await page.waitForTimeout(200);
    const b = await page.locator('.band.on .box-title').boundingBox();
    assert.equal(
      await page.locator('.band.on .box-title').textContent(),
      `head ${bands[25].name.match(/\d+\.\d+/)[0]}`,
    );
    assert.ok(b.y > 60 && b.y < 900, `in sight: ${b.y}`);
  });

  await test('player: the number of its step is never cut', async (fresh) => {
    for (const width of [1440, 1400, 1180]) {
      const page = await fresh('#example=addition', { width, height: 900 });
      await settled(page);
      const label = await page.locator('.step-name').evaluate((e) => ({
        text: e.textContent,
        cut: e.scrollWidth > e.clientWidth,
        past: e.getBoundingClientRect().right > e.closest('.centre').getBoundingClientRect().right,
      }));
      assert.deepEqual(
        [/^step \d+ of \d+$/.test(label.text), label.cut, label.past],
        [true, false, false],
        `${width}: ${JSON.stringify(label)}`,
      );
    }
  });

  await test('exports: the score, its steps as one moving picture, and a picture a step', async (fresh) => {
    const page = await histogramPage(fresh);
    await page.click('text=Export');
    const row = page.locator('.exports tr', { hasText: 'what the player shows' });
    const texts = (svg) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((m) => m[1]);
    const save = async (button, count) => {
      const found = [],
        done = new Promise((resolve) =>
          page.on('download', function got(d) {
            found.push(d);
            if (found.length === count) {
              page.off('download', got);
              resolve();
            }
          }),
        );
      await button.click();
      await done;
      return Promise.all(found.map(async (d) => readFileSync(await d.path(), 'utf8')));
    };
    const [score] = await save(page.locator('.exports tr', { hasText: 'bands, rows and output' }).getByText('SVG'), 1);
    for (const word of ['head 1.1', 'hist', 'interpreter']) assert.ok(texts(score).includes(word), word);
    const pictures = await save(row.getByText('SVG a step'), 5);
    const rowOf = (svg, name, next) => {
      const t = texts(svg),
        from = t.lastIndexOf(name) + 1;
      return t.slice(from, t.indexOf(next, from)).join('');
    };
    assert.deepEqual(
      pictures.map((svg) => rowOf(svg, 'model', 'interpreter')),
      ['', '', '', '', '321332'],
      'the answer stands there at the end only',
    );
    const [moving] = await save(row.getByText('animated SVG'), 1);
    assert.equal(moving.match(/<g class="f"/g).length, pictures.length);
    assert.match(moving, /prefers-reduced-motion/);
    assert.ok(!/<script|onload|href/.test(moving));
    const [gif] = await Promise.all([page.waitForEvent('download'), row.getByText('GIF', { exact: true }).click()]);
    const bytes = readFileSync(await gif.path());
    assert.equal(bytes.subarray(0, 6).toString(), 'GIF89a');
    // The browser's own decoder reads it: a frame a step, and in each the darkness of the letters that its SVG has.
    const darkness = await page.evaluate(
      async ({ data, svgs }) => {
        const decoder = new ImageDecoder({ type: 'image/gif', data: Uint8Array.from(data) }),
          out = [];
        await decoder.tracks.ready;
        await decoder.completed;
        const canvas = document.createElement('canvas'),
          context = canvas.getContext('2d', { willReadFrequently: true });
        const dark = () => {
          const d = context.getImageData(0, 0, canvas.width, canvas.height).data;
          let n = 0;
          for (let i = 0; i < d.length; i += 4) n += 255 - d[i + 1];
          return n;
        };
        for (let i = 0; i < decoder.tracks.selectedTrack.frameCount; ++i) {
          const { image } = await decoder.decode({ frameIndex: i });
          Object.assign(canvas, { width: image.displayWidth, height: image.displayHeight });
          context.drawImage(image, 0, 0);
          const got = dark(),
            drawn = new Image();
          drawn.src = URL.createObjectURL(new Blob([svgs[i] ?? ''], { type: 'image/svg+xml' }));
          await drawn.decode();
          context.drawImage(drawn, 0, 0, canvas.width, canvas.height);
          out.push(got / dark());
        }
        return out;
      },
      { data: [...bytes], svgs: pictures },
    );
    assert.equal(darkness.length, pictures.length);
    assert.ok(
      darkness.every((x) => Math.abs(x - 1) < 0.03),
      darkness.join(),
    );
  });
}
