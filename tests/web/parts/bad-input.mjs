// Links and files that are not what they seem, and browsers that lack something: each a calm message with a way out.
import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import { editor, output, settled, type } from '../browser.mjs';

const packed = (value) =>
  `1.z.${deflateRawSync(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')}`;
const project = (text, more = {}) => ({ files: { 'main.rasp': text }, active: 'main.rasp', ...more });
const good = packed(project('mine = indices;\n', { settings: { input: 'abcabc', vocabulary: 'abc' } }));
const bomb = `1.z.${deflateRawSync(Buffer.alloc(20 << 20, 32)).toString('base64url')}`;

const damaged = [
  ['truncated', good.slice(0, good.length >> 1), /missing or was changed|not an object|cannot be opened/],
  ['without a body', '1.z', /part of it is missing/],
  ['from the future', `9.z.${good.slice(4)}`, /version 9, which this page does not know: reload/],
  ['corrupted', `${good.slice(0, 12)}AAAAAAAA${good.slice(20)}`, /missing or was changed/],
  ['in foreign characters', '1.z.%3Cscript%3E', /characters that no link has/],
  ['a bomb of 20 MB', bomb, /unpacks to more than 256 KiB/],
  ['too long', `1.z.${'A'.repeat(40_000)}`, /longer than 32 KiB/],
  [
    'a million tokens',
    packed(project('x = tokens;\n', { settings: { input: 'ab'.repeat(500_000) } })),
    /unpacks to more than 256 KiB|longer than/,
  ],
  ['no object', packed('[1, 2]'), /no files|not an object/],
  ['a wrong field', packed(project('x;', { experiments: [{ kind: 'explode' }] })), /unknown experiment/],
];

async function withoutFeature(browser, script) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addInitScript(script);
  return context;
}

export default async function badInputJourneys(test, browser) {
  for (const [what, fragment, message] of damaged) {
    await test(`a link that is ${what}`, async (fresh) => {
      const page = await fresh(`#${fragment}`);
      await settled(page);
      const said = await page.locator('.notices .problem').textContent();
      assert.match(said, message);
      assert.match(said, /Your own work is unchanged/);
      assert.equal(
        await page.locator('.result h2').textContent(),
        'Reverse',
        'the page goes on with a working program',
      );
      await page.click('text=dismiss');
      assert.equal(await page.locator('.notices .problem').count(), 0);
    });
  }

  await test('a link with scripts in every text stays text', async (fresh) => {
    const evil = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>';
    const page = await fresh(
      `#${packed({ files: { [`${evil}.rasp`]: `#@ title ${evil}\n#@ description ${evil}\nx = tokens;\n` }, active: `${evil}.rasp`, settings: { input: JSON.stringify(['<b>', 'javascript:']), vocabulary: JSON.stringify(['<b>', 'javascript:']) } })}`,
    );
    await page.waitForFunction(() => document.querySelector('.result h2')?.textContent.includes('<img'));
    await settled(page);
    assert.equal(await page.locator('.result h2').textContent(), evil);
    assert.deepEqual(await output(page), ['<b>', 'javascript:']);
    await page.click('text=Share');
    await page.waitForFunction(() => document.querySelector('#share-embed')?.value.includes('iframe'));
    assert.ok(
      !(await page.inputValue('#share-embed')).includes('title="<img src=x onerror="'),
      'quotes are escaped in the snippet',
    );
    assert.equal(await page.evaluate(() => window.hit), undefined);
    assert.equal(await page.locator('img[src="x"], script:not([src])').count(), 0);
  });

  await test('an input of two hundred thousand tokens is refused with the limit it met', async (fresh) => {
    const page = await fresh(
      `#${packed(project('x = tokens;\n', { settings: { input: 'ab'.repeat(100_000), vocabulary: 'ab' } }))}`,
    );
    await page.waitForFunction(
      () =>
        /long|most|limit|more than/i.test(
          (document.querySelector('#input-problem')?.textContent ?? '') +
            (document.querySelector('.problems')?.textContent ?? ''),
        ),
      null,
      { timeout: 30_000 },
    );
    await page.click('.own');
    await settled(page);
    assert.equal(await page.locator('.result h2').textContent(), 'x');
  });

  await test('files that are not ours are named and change nothing', async (fresh) => {
    const page = await fresh();
    await settled(page);
    const drop = (name, content) =>
      page.evaluate(
        ([n, c]) => {
          const data = new DataTransfer();
          data.items.add(new File([typeof c === 'number' ? new Uint8Array(c) : c], n));
          dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
        },
        [name, content],
      );
    const files = [
      ['photo.png', '\u0089PNG\r\n', /photo\.png cannot be opened: it is not JSON/],
      ['other.json', '{"format":"spreadsheet"}', /not a project of this page/],
      ['cut.json', '{"format":"rasp-pl', /not a program, a project, a model or an assignment/],
      ['later.json', '{"format":"rasp-playground","version":7}', /newer version of this page/],
      ['huge.rasp', 3 << 20, /larger than 2 MB/],
    ];
    for (const [name, content, message] of files) {
      await drop(name, content);
      await page.waitForFunction((n) => document.querySelector('.notices .problem')?.textContent.includes(n), name);
      assert.match(await page.locator('.notices .problem').textContent(), message);
      assert.equal(await page.locator('.result h2').textContent(), 'Reverse');
    }
    await drop('ok.rasp', 'fine = indices;\n');
    await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'fine');
    assert.equal(await page.locator('.notices .problem').count(), 0);
  });

  await test('storage that is forbidden: the page works, and a theme can be chosen', async (fresh) => {
    const context = await withoutFeature(browser, () => {
      for (const name of ['localStorage', 'sessionStorage'])
        Object.defineProperty(window, name, {
          get() {
            throw new DOMException('denied', 'SecurityError');
          },
        });
    });
    const page = await fresh('', { context });
    await settled(page);
    await type(page, 'x = indices + 1;\n');
    await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'x');
    await settled(page);
    assert.deepEqual((await output(page)).slice(0, 2), ['1', '2']);
    await page.click('[aria-label^="Theme"]');
  });

  await test('a plain http host: no secure context, no crypto.randomUUID, no locks', async (fresh) => {
    const context = await withoutFeature(browser, () => {
      Object.defineProperty(Crypto.prototype, 'randomUUID', { value: undefined });
      Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });
    });
    const page = await fresh(`#${good}`, { context });
    await page.waitForFunction(() => document.querySelector('.result h2')?.textContent === 'mine');
  });

  for (const [what, script] of [
    [
      'WebAssembly',
      () => {
        delete globalThis.WebAssembly;
      },
    ],
    [
      'workers',
      () => {
        delete globalThis.Worker;
      },
    ],
  ]) {
    await test(`${what} missing: said once, the program can be read, edited and taken away`, async (fresh) => {
      const page = await fresh('', { context: await withoutFeature(browser, script) });
      const notice = page.locator('.centre [role="alert"]').filter({ hasText: 'could not be started' });
      await notice.waitFor();
      assert.match(
        await notice.textContent(),
        /may lack WebAssembly or workers[^]*still read, edit, share and download[^]*Reload/,
      );
      assert.match(await editor(page).textContent(), /aggregate/);
      await type(page, 'mine = indices;\n');
      await page.click('text=Share');
      await page.waitForFunction(() => document.querySelector('#share-link')?.value.includes('#2.z.'));
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Download as a file')]);
      assert.match(download.suggestedFilename(), /\.rasp\.json$/);
      page.problems = page.problems.filter((p) => !/preload/.test(p)); // the engine's file was fetched for nothing
    });
  }

  await test('the engine’s file cannot be fetched', async (fresh) => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: 'block' });
    await context.route('**/*.wasm', (route) => route.fulfill({ status: 404, body: 'gone' }));
    const page = await fresh('', { context });
    await page.locator('.centre [role="alert"]').filter({ hasText: 'could not be started' }).waitFor();
    page.problems.length = 0; // the browser's own words about the 404
  });
}
