// axe and the least size of text in the states that `accessible` does not reach: many heads and the whole score, larger
// examples with the player under way, programs without a model, Generate, the laboratory, other widths.
import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root, settled, violations } from '../browser.mjs';
import { tooSmall } from './accessible.mjs';

const packed = (value) => `#1.z.${deflateRawSync(JSON.stringify(value)).toString('base64url')}`;
const project = (text, more = {}) => packed({ files: { 'main.rasp': text }, active: 'main.rasp', ...more });
const example = (name, more) => project(readFileSync(path.join(root, 'examples', `${name}.rasp`), 'utf8'), more);
const minute = { timeout: 60_000 };

function manyHeads(count) {
  const names = Array.from({ length: count }, (_, i) => `a${i}`);
  const heads = names.map((name, i) => `${name} = aggregate(select(indices, indices - ${i + 1}, ==), tokens, "-");`);
  return project(
    `#@ vocabulary "ab-"\n#@ max_length 40\n#@ input "${'ab'.repeat(20)}"\n${heads.join('\n')}\nall = ${names.map((name) => `indicator(${name} == "a")`).join(' + ')};\n`,
  );
}

/** State by state: its link, and what is done until it stands there. */
const states = [
  ['30 heads', manyHeads(30), settled],
  [
    '30 heads, the whole score',
    manyHeads(30),
    async (page) => {
      await settled(page);
      await page.click('text=Whole score');
      await page.locator('svg.whole .arc').first().waitFor();
    },
  ],
  [
    'Dyck-3 in the middle of the player',
    '#example=dyck3',
    async (page) => {
      await settled(page);
      await page.locator('.player input').fill('8'); // what it reads has ended by then
    },
  ],
  [
    'addition in the middle of the player',
    '#example=addition',
    async (page) => {
      await settled(page);
      await page.locator('.player input').fill('4');
    },
  ],
  [
    'a lone selector',
    project('near = select(indices, indices, <=);\n', { settings: { input: 'abc', vocabulary: 'abc' } }),
    (page) => page.locator('.interim table').first().waitFor(),
  ],
  [
    'an unknown token',
    project('x = tokens;\n', { settings: { input: 'abq', vocabulary: 'abc', maxLength: 4 } }),
    (page) => page.locator('.interim .offers button').first().waitFor(),
  ],
  ['a program without output', project('# nothing yet\n'), (page) => page.locator('.interim .empty').waitFor()],
  [
    'nothing is defined',
    project('#@ vocabulary "ab"\n#@ input "ab"\nx = aggregate(select(indices, 9, ==), tokens);\n'),
    settled,
  ],
  ['generating', example('closer', { view: 'generate' }), (page) => page.locator('#view table').first().waitFor()],
  [
    'laboratory: superposition',
    example('reverse', {
      view: 'laboratory',
      lab: { kind: 'superposition', d: 12, steps: 60, run: true },
      settings: { maxLength: 4 },
    }),
    (page) => page.locator('.lab-overlaps').waitFor(minute),
  ],
  [
    'laboratory: twin',
    example('reverse', {
      view: 'laboratory',
      lab: { kind: 'twin', layers: 2, steps: 60, run: true },
      settings: { maxLength: 4 },
    }),
    (page) => page.locator('.lab-progress', { hasText: '60 steps done' }).waitFor(minute),
  ],
  [
    'laboratory: methods',
    example('sort', { view: 'laboratory', lab: { kind: 'methods', run: true }, settings: { maxLength: 4 } }),
    (page) => page.locator('.lab-methods').waitFor(minute),
  ],
  [
    'laboratory: a lesson',
    example('reverse', {
      view: 'laboratory',
      lab: { kind: 'superposition', d: 4, lesson: { of: 'superposition', step: 1 } },
    }),
    (page) => page.locator('.lab-lesson').waitFor(),
  ],
  [
    'laboratory: an input too long',
    example('reverse', { view: 'laboratory', settings: { maxLength: 4, input: 'abcdab' } }),
    (page) => page.locator('.interim .offers button').first().waitFor(),
  ],
  [
    'compared with a link',
    project('#@ vocabulary "ab"\n#@ input "ab"\nx = indices + 1;\n', { fingerprint: '00000000deadbeef' }),
    async (page) => {
      await settled(page);
      if ((await page.locator('.notices >> text=Compare').count()) === 0) return; // embedded pages are quiet
      await page.click('.notices >> text=Compare');
      await page.locator('dialog table').waitFor();
    },
  ],
  [
    'each part ablated',
    example('sort', { view: 'cost' }),
    async (page) => {
      await settled(page);
      await page.click('text=Ablate each head and MLP');
      await page.locator('text=show it').first().waitFor();
    },
  ],
  [
    'laboratory: refused',
    example('reverse', { view: 'laboratory', lab: { kind: 'superposition', d: 5000, run: true } }),
    (page) => page.locator('.lab .problem').waitFor(minute),
  ],
];

export default async function scannedJourneys(test) {
  for (const [width, height, dark] of [
    [1440, 900, false],
    [1440, 900, true],
    [390, 844, false],
    [390, 844, true],
    [760, 640, false],
  ]) {
    await test(`scanned at ${width}×${height} ${dark ? 'dark' : 'light'}`, async (fresh) => {
      const found = [];
      for (const [name, hash, ready] of states) {
        const page = await fresh(width === 760 ? `?embed=1${hash}` : hash, {
          width,
          height,
          dark,
          reducedMotion: 'reduce',
        });
        await ready(page);
        found.push(
          ...(await violations(page)).map((v) => `${name}: ${v}`),
          ...(await tooSmall(page)).map((e) => `${name}: text below 12 px: ${e}`),
        );
        await page.context().close();
      }
      assert.deepEqual(found, []);
    });
  }
}
