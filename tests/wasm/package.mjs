// The command line as the npm package that a release brings: packed, installed without a network, and run from there.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { pack } from '../../publish/pack.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const scratch = mkdtempSync(path.join(tmpdir(), 'rasp-package-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
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

const tarball = pack(path.join(scratch, 'packed'));
const user = path.join(scratch, 'user');
mkdirSync(user);
writeFileSync(path.join(user, 'package.json'), '{"name":"user","version":"1.0.0","private":true,"type":"module"}');
execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', '--silent', tarball], { cwd: user });
const installed = path.join(user, 'node_modules/rasp-playground');
const env = { ...process.env };
delete env.RASP_ENGINE;
const npx = (...args) => {
  const r = spawnSync('npx', ['--no-install', 'rasp-playground', ...args], {
    cwd: user,
    encoding: 'utf8',
    env,
    input: '',
  });
  return { status: r.status, out: r.stdout ? JSON.parse(r.stdout) : null, err: r.stderr };
};
const here = (...args) =>
  JSON.parse(spawnSync(process.execPath, [path.join(root, 'wasm/cli.mjs'), ...args], { encoding: 'utf8' }).stdout);
const example = (name) => path.join(root, 'examples', name);

await test('it holds what it needs, and nothing of the building', () => {
  const files = readdirSync(installed, { recursive: true }).filter((f) => !f.startsWith('node_modules'));
  for (const f of [
    'cli.mjs',
    'index.d.mts',
    'contract.d.mts',
    'dist/engine.wasm',
    'dist/laboratory.wasm',
    'README.md',
    'LICENSE',
    'licences.md',
  ])
    assert.ok(files.includes(f), f);
  for (const f of files) assert.doesNotMatch(f, /\.(cc|txt|tgz)$|^size\.mjs$/);
  const modules = files.filter((f) => f.endsWith('.mjs'));
  assert.ok(modules.length > 20);
  for (const f of modules) {
    for (const [, target] of readFileSync(path.join(installed, f), 'utf8').matchAll(
      /(?:from|import\(|new URL\()\s*'(\.[^']*)'/g,
    ))
      assert.ok(existsSync(path.join(installed, path.dirname(f), target)), `${f} imports ${target}`);
  }
});

await test('npx runs it: the same model, bit for bit, as from the sources', () => {
  const args = ['compile', example('sort.rasp')];
  const r = npx(...args);
  assert.deepEqual([r.status, r.out.exact, r.err], [0, true, '']);
  assert.equal(r.out.fingerprint, here(...args).fingerprint);
  assert.deepEqual(npx('run', example('histogram.rasp'), '--input', '"abab"').out.model.values, [2, 2, 2, 2]);
  assert.equal(npx('eval', example('nowhere.rasp')).status, 1);
  // What needs the laboratory's engine.
  assert.equal(npx('discover', example('reverse.rasp'), '--methods', 'eap').out.ok, true);
  assert.equal(npx('check', example('reverse.rasp'), '--proof', '--samples', '1').out.proof.confirmed, true);
  assert.match(npx('dance').err, /^usage: rasp-playground /m);
});

await test('it grades', () => {
  const name = 'examples/assignments/instructor/first-steps.json';
  const checked = npx('assignment', 'check', path.join(root, name)).out;
  assert.equal(checked.ok, true);
  const students = path.join(user, 'students.json'),
    handedIn = path.join(user, 'handed-in.json');
  assert.equal(npx('assignment', 'publish', path.join(root, name), '--out', students).out.ok, true);
  const { id, tasks } = JSON.parse(readFileSync(path.join(root, name), 'utf8'));
  const programs = Object.fromEntries(tasks.map((t) => [t.id, t.reference]));
  writeFileSync(
    handedIn,
    JSON.stringify({
      format: 'rasp-submission',
      version: 1,
      assignment: { id, fingerprint: checked.fingerprint },
      programs,
    }),
  );
  const graded = npx('grade', path.join(root, name), handedIn, '--out', 'grades', '--jobs', '1');
  assert.deepEqual([graded.out.mean, graded.out.full_marks], [checked.points, 1]);
});

await test('it is a library, with types of requests and documents', () => {
  const program = `import { type RunResult, loadEngine, passNames } from 'rasp-playground';
import { exactnesses } from 'rasp-playground/contract';
import { parseAssignment } from 'rasp-playground/course';
const engine = await loadEngine();
const result = await engine.request({ command: 'run', program: 'x = indices + 1;', input: 'ab', vocabulary: 'ab', max_length: 3 });
if (!result.ok) throw new Error(result.diagnostics[0]?.message);
const run: RunResult = result;
console.log(JSON.stringify([run.model.values, passNames.length > 0, exactnesses.includes(run.exactness), parseAssignment('{}').assignment]));
`;
  const wrong =
    "import { loadEngine } from 'rasp-playground';\nawait (await loadEngine()).request({ command: 'run', programme: 'x;' });\n";
  writeFileSync(path.join(user, 'use.mts'), program.replace('console.log', 'export const printed = '));
  writeFileSync(path.join(user, 'wrong.mts'), wrong);
  writeFileSync(path.join(user, 'use.mjs'), program.replace('type RunResult, ', '').replace(': RunResult', ''));
  const types = (file) =>
    spawnSync(
      path.join(root, 'web/node_modules/.bin/tsc'),
      ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', file],
      { cwd: user, encoding: 'utf8' },
    );
  const good = types('use.mts');
  assert.equal(good.status, 0, good.stdout);
  assert.match(types('wrong.mts').stdout, /programme/);
  assert.deepEqual(JSON.parse(execFileSync(process.execPath, ['use.mjs'], { cwd: user, env, encoding: 'utf8' })), [
    [1, 2],
    true,
    true,
    null,
  ]);
});

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
