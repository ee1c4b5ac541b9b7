// A suite's model and an exported one on the page: from their JSON or their folder, as the same weights, or it is said
// that they are not.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { editor, root, settled } from '../browser.mjs';

function command(...args) {
  const done = spawnSync(process.execPath, [path.join(root, 'wasm/cli.mjs'), ...args], { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stdout + done.stderr);
}

async function choose(page, file) {
  await page.click('text=Examples');
  await page.locator('input[type=file]').first().setInputFiles(file);
}

/** Drops a file or a folder of the disk, as a file manager does. */
async function drop(page, file) {
  const session = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'])
    await session.send('Input.dispatchDragEvent', {
      type,
      x: 700,
      y: 450,
      data: { items: [], files: [file], dragOperationsMask: 1 },
    });
}

/** The editor has the program's last line; its first ones, the settings, may be folded. */
const holds = (page, program) =>
  editor(page)
    .locator('.cm-line', { hasText: program.trimEnd().split('\n').at(-1) })
    .first()
    .waitFor();

async function shows(page, { title, fingerprint }) {
  await page.waitForFunction((t) => document.querySelector('.result h2')?.textContent === t, title);
  await settled(page);
  await page.click('#tab-cost');
  await page.locator('.cost code', { hasText: fingerprint }).waitFor();
  assert.equal(await page.locator('.notices .problem').count(), 0);
  assert.ok(!/other weights/.test((await page.locator('.notices').allTextContents()).join(' ')));
}

export default async function modelFileJourneys(test) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rasp-page-suite-'));
  const suite = path.join(folder, 'suite');
  const made = () => {
    if (!existsSync(suite)) command('suite', '--count', '6', '--seed', '2', '--out', suite);
  };
  try {
    await test('model file: every model of a suite opens as its own weights, from its JSON and its folder', async (fresh) => {
      made();
      const page = await fresh();
      await settled(page);
      const { models } = JSON.parse(readFileSync(path.join(suite, 'manifest.json'), 'utf8'));
      for (const [i, { id, output, fingerprint }] of models.entries()) {
        const at = path.join(suite, 'models', id);
        if (i % 2) await drop(page, at);
        else await choose(page, path.join(at, 'model.json'));
        await shows(page, { title: output, fingerprint });
        await holds(page, readFileSync(path.join(at, 'program.rasp'), 'utf8'));
      }
    });

    await test('model file: an export opens with the settings that it was compiled with', async (fresh) => {
      const page = await fresh();
      await settled(page);
      for (const [name, options] of [
        ['reverse.rasp', ['--max-length', '4', '--vocabulary', '["x","y"]']],
        ['histogram.rasp', ['--causal', '--max-length', '3']],
        ['sort.rasp', ['--output', 'tokens == "a"']],
      ]) {
        const file = path.join(folder, `${name}.json`);
        command('compile', path.join(root, 'examples', name), ...options, '--format', 'json', '--out', file);
        const { rasp } = JSON.parse(readFileSync(file, 'utf8'));
        await choose(page, file);
        await holds(page, rasp.program.text);
        await settled(page);
        await page.click('#tab-cost');
        await page.locator('.cost code', { hasText: rasp.fingerprint }).waitFor();
        assert.ok(!/other weights/.test((await page.locator('.notices').allTextContents()).join(' ')), name);
      }
    });

    await test('model file: other weights, damage and whole suites are said', async (fresh) => {
      made();
      const page = await fresh();
      await settled(page);
      const [id] = readdirSync(path.join(suite, 'models')),
        model = JSON.parse(readFileSync(path.join(suite, 'models', id, 'model.json'), 'utf8'));
      const changed = (name, change) => {
        const copy = structuredClone(model),
          file = path.join(folder, name);
        change(copy.rasp);
        writeFileSync(file, JSON.stringify(copy));
        return file;
      };
      const problem = (words) =>
        page.waitForFunction((w) => document.querySelector('.notices .problem')?.textContent.includes(w), words);
      for (const [file, words] of [
        [
          changed('newer.json', (rasp) => {
            rasp.format = 'rasp-model/9';
          }),
          'newer.json cannot be opened: it comes from a newer version',
        ],
        [
          changed('bare.json', (rasp) => {
            delete rasp.program;
          }),
          'does not hold the program',
        ],
        [
          changed('unnamed.json', (rasp) => {
            rasp.fingerprint = 7;
          }),
          'fingerprint',
        ],
        [path.join(suite, 'manifest.json'), 'it lists the models of a suite'],
        [suite, 'suite is a whole suite'],
        [path.join(suite, 'models'), 'models cannot be opened: it holds neither'],
      ]) {
        await drop(page, file);
        await problem(words);
        assert.equal(await page.locator('.result h2').textContent(), 'Reverse', 'the work on the page stays');
      }
      await drop(
        page,
        changed('other.json', (rasp) => {
          rasp.fingerprint = '0123456789abcdef';
        }),
      );
      await page.waitForFunction(() =>
        /other weights than the file's/.test(document.querySelector('.notices')?.textContent ?? ''),
      );
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
