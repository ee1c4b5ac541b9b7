// SCORM packages as a course system runs them: imported from the zip, launched in a frame beside the interface that
// scorm-again implements, solved, closed, opened again, handed in; then graded from what the course system kept.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { editor, open, root, serve, type } from './browser.mjs';
import { journeys } from './journeys.mjs';

const { unzipSync } = createRequire(path.join(root, 'wasm/package.json'))('fflate');
const again = path.join(root, 'tests/node_modules/scorm-again/dist');
const instructor = path.join(root, 'examples/assignments/instructor/first-steps.json');
const { tasks } = JSON.parse(readFileSync(instructor, 'utf8'));
const scratch = mkdtempSync(path.join(tmpdir(), 'rasp-scorm-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const cli = (...args) =>
  JSON.parse(
    execFileSync(process.execPath, [path.join(root, 'wasm/cli.mjs'), ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );

/** What a course system does around a package: its own page with the interface, which keeps whatever is committed. */
const player = (
  version,
) => `<!doctype html><meta charset="utf-8"><title>Course</title><link rel="icon" href="data:,"><style>iframe{width:1400px;height:850px;border:0}</style>
<script src="api.js"></script><script>
const v12 = ${version === '1.2'};
const api = v12 ? new Scorm12API({ logLevel: 5 }) : new Scorm2004API({ logLevel: 5 });
const kept = JSON.parse(localStorage.getItem('lms') ?? '{}');
const core = v12 ? api.cmi.core : api.cmi;
if (v12) { core.student_id = 's-17'; core.student_name = 'Lovelace, Ada'; } else { core.learner_id = 's-17'; core.learner_name = 'Lovelace, Ada'; }
if (kept.suspend_data) api.cmi.suspend_data = kept.suspend_data;
if (kept.status) { if (v12) core.lesson_status = kept.status; else core.completion_status = kept.status; }
const keep = () => localStorage.setItem('lms', JSON.stringify({
  suspend_data: api.cmi.suspend_data, status: v12 ? core.lesson_status : core.completion_status, raw: core.score.raw, max: core.score.max, scaled: core.score.scaled,
  results: Object.values(JSON.parse(api.renderCMIToJSONString()).cmi.interactions).filter((x) => x?.id).map((x) => [x.id, x.result]),
}));
api.on(v12 ? 'LMSCommit' : 'Commit', keep);
api.on(v12 ? 'LMSFinish' : 'Terminate', () => { keep(); localStorage.setItem('ended', 'yes'); });
if (v12) window.API = api; else window.API_1484_11 = api;
</script><iframe src="content/index.html"></iframe>`;

const unpack = (zip, folder) => {
  const files = unzipSync(zip);
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), bytes);
  }
  return files;
};

const { test, end, browser } = await journeys();
const frameOf = (page) => page.frameLocator('iframe');
const lms = (page) => page.evaluate(() => JSON.parse(localStorage.getItem('lms') ?? '{}'));
const keptBy = (page, text, of) =>
  page.waitForFunction(
    ([t, of]) => JSON.stringify(JSON.parse(localStorage.getItem('lms') ?? '{}')[of] ?? '').includes(t),
    [text, of],
  );
const solve = async (page, frame, program) => {
  await frame.locator('.cm-content').click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(program);
};

for (const version of ['1.2', '2004']) {
  const site = path.join(scratch, version),
    zip = path.join(scratch, `${version}.zip`);
  mkdirSync(site);
  assert.equal(cli('assignment', 'scorm', instructor, '--out', zip, '--scorm', version, '--salt', 'x').ok, true);
  const files = unpack(readFileSync(zip), path.join(site, 'content'));
  copyFileSync(path.join(again, version === '1.2' ? 'scorm12.min.js' : 'scorm2004.min.js'), path.join(site, 'api.js'));
  writeFileSync(path.join(site, 'index.html'), player(version));
  const host = await serve(site);

  await test(`the manifest of SCORM ${version} lists what is in the zip, and names what is opened`, async () => {
    const page = await browser.newPage();
    const seen = await page.evaluate((xml) => {
      const d = new DOMParser().parseFromString(xml, 'text/xml');
      const resource = d.querySelector('resource');
      return {
        broken: d.querySelector('parsererror')?.textContent ?? null,
        version: d.querySelector('schemaversion').textContent,
        title: d.querySelector('organization > title').textContent,
        item: d.querySelector('item').getAttribute('identifierref') === resource.getAttribute('identifier'),
        href: resource.getAttribute('href'),
        files: [...resource.querySelectorAll('file')].map((f) => decodeURIComponent(f.getAttribute('href'))),
        sco: [...resource.attributes].some((a) => /scormtype/i.test(a.localName) && a.value === 'sco'),
      };
    }, new TextDecoder().decode(files['imsmanifest.xml']));
    await page.close();
    assert.deepEqual([seen.broken, seen.item, seen.sco, seen.href], [null, true, true, 'index.html']);
    assert.match(seen.version, version === '1.2' ? /^1\.2$/ : /^2004/);
    assert.match(seen.title, /First steps/);
    assert.deepEqual([...seen.files, 'imsmanifest.xml'].sort(), Object.keys(files).sort());
    const published = new TextDecoder().decode(files['assignment.json']);
    for (const t of tasks) assert.ok(!published.includes(JSON.stringify(t.reference)), 'no reference solution');
  });

  await test(`SCORM ${version}: solved, closed, opened again, handed in, graded`, async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    try {
      const page = await open(browser, host.url, { context });
      let frame = frameOf(page);
      await frame.locator('.course-task').waitFor();
      assert.deepEqual(
        [await frame.locator('#course-name').inputValue(), await frame.locator('#course-id').inputValue()],
        ['Lovelace, Ada', 's-17'],
      );
      await solve(page, frame, tasks[0].reference);
      await frame.locator('text=Check everything').click();
      await frame.locator('.course-verdict.pass').waitFor();
      await page.waitForFunction(() => JSON.parse(localStorage.getItem('lms') ?? '{}').raw);
      const first = await lms(page);
      assert.deepEqual([Number(first.raw), Number(first.max), first.status], [10, 100, 'incomplete']);
      if (version === '2004') assert.equal(Number(first.scaled), 0.1);
      assert.deepEqual(
        first.results.map(([id, r]) => [id, Number(r)]),
        tasks.map((t, i) => [t.id, i === 0 ? t.points : 0]),
      );
      await frame.locator('.course-tasks button').nth(1).click();
      await solve(page, frame, '# half done\nmarks = tokens == "b";\n');
      await keptBy(page, 'task=marks', 'suspend_data');
      await page.waitForTimeout(1700);

      await page.reload(); // the course system begins anew, with what it kept
      assert.equal(await page.evaluate(() => localStorage.getItem('ended')), 'yes');
      frame = frameOf(page);
      await frame.locator('.course-task h3', { hasText: tasks[1].title }).waitFor();
      await frame.locator('.cm-content', { hasText: 'half done' }).waitFor();
      assert.match(await frame.locator('.course-hand-in h3').first().textContent(), /10 of 100 points/);
      await solve(page, frame, tasks[1].reference);
      await frame.locator('text=Check everything').click();
      await frame.locator('.course-verdict.pass').waitFor();
      await frame.locator('text=Hand in').first().click();
      await keptBy(page, 'completed', 'status');
      await keptBy(page, '20', 'raw');

      await page.reload();
      frame = frameOf(page);
      await frame.locator('text=Hand in again').waitFor();
      const last = await lms(page);
      const list = path.join(scratch, `kept-${version}.csv`),
        out = path.join(scratch, `graded-${version}`);
      writeFileSync(list, `name,data\n"Ada","${last.suspend_data}"\n`);
      const graded = cli('grade', instructor, list, '--out', out, '--jobs', '1');
      assert.deepEqual([graded.submissions, graded.mean], [1, 20]);
      assert.match(readFileSync(path.join(out, 'gradebook.csv'), 'utf8'), /Lovelace/);
      assert.deepEqual(page.problems, []);
    } finally {
      await context.close();
    }
  });

  await test(`SCORM ${version}: what the course system does not take is said, and the work stays`, async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    try {
      const page = await open(browser, host.url, { context });
      const frame = frameOf(page);
      await frame.locator('.course-task').waitFor();
      const noise = Array.from({ length: 16_000 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 0)
        .map((x) => x.toString(36))
        .join('\n# ');
      const programs = `# ${noise}\npositions = indices + 1;\n`;
      await frame.locator('.cm-content').evaluate((e, text) => {
        const { view } = e.cmTile;
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      }, programs);
      const tooLong = frame.locator('.course-hand-in .bad', { hasText: /too long for this course system.*export/ });
      await tooLong.waitFor();
      await solve(page, frame, 'positions = indices;\n');
      await tooLong.waitFor({ state: 'detached' });
      // A system that cuts without a word, at the length that SCORM 1.2 guarantees.
      await page.evaluate(() => {
        const api = window.API ?? window.API_1484_11,
          name = window.API ? 'LMSSetValue' : 'SetValue',
          set = api[name].bind(api);
        api[name] = (element, value) => set(element, element === 'cmi.suspend_data' ? value.slice(0, 4096) : value);
      });
      await frame.locator('.cm-content').evaluate((e, text) => {
        const { view } = e.cmTile;
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      }, programs.slice(-20_000));
      await tooLong.waitFor();
      assert.deepEqual(page.problems, []);
    } finally {
      await context.close();
    }
  });

  await test(`SCORM ${version}: opened without a course system, it says so and works`, async () => {
    const context = await browser.newContext();
    try {
      const page = await open(browser, `${host.url}content/`, { context });
      await page.locator('.course .caution', { hasText: /no course system/ }).waitFor();
      await type(page, tasks[0].reference);
      await page.click('text=Check everything');
      await page.locator('.course-verdict.pass').waitFor();
      assert.equal(await editor(page).count(), 1);
      assert.deepEqual(page.problems, []);
      assert.equal(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length), 0);
    } finally {
      await context.close();
      host.close();
    }
  });
}

await test('the page packs the same as the command line, but for the salt', async (fresh) => {
  const page = await fresh();
  await page.click('text=Examples');
  await page.click('text=Write an assignment');
  await page.click('text=Edit as JSON');
  await page.fill('#course-json', readFileSync(instructor, 'utf8'));
  await page.click('summary:has-text("SCORM")');
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: 60_000 }),
    page.click('text=SCORM 1.2 package'),
  ]);
  assert.equal(download.suggestedFilename(), 'first-steps.scorm-1.2.zip');
  const made = unzipSync(readFileSync(await download.path())),
    wanted = unzipSync(readFileSync(path.join(scratch, '1.2.zip')));
  assert.deepEqual(Object.keys(made), Object.keys(wanted));
  for (const name of Object.keys(wanted))
    if (name !== 'assignment.json') assert.ok(Buffer.from(made[name]).equals(Buffer.from(wanted[name])), name);
  const without = (bytes) => Object.keys(JSON.parse(new TextDecoder().decode(bytes)));
  assert.deepEqual(without(made['assignment.json']), without(wanted['assignment.json']));
});

await end();
