// Planted faults: each in tests/mutate/faults.json must be caught by one of the suites that it names.
//   node tests/mutate/run.mjs [WORD …]     those whose name or file contains a word; all without
//   node tests/mutate/run.mjs --check      only whether the text that each fault changes is there exactly once
// A copy of the sources in build/mutate is changed, one fault at a time, and one build directory is used throughout.
// Suites run in the order in which a fault names them, up to the first that fails; each is first run on the sources as
// they are, where it must pass.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const copy = path.join(root, 'build/mutate/source'),
  build = path.join(root, 'build/mutate/build');
const faults = JSON.parse(readFileSync(path.join(root, 'tests/mutate/faults.json'), 'utf8'));
const copied = ['CMakeLists.txt', 'core', 'docs', 'examples', 'tests', 'wasm', 'web'];
const left = new Set(['node_modules', 'dist']);
const suiteMinutes = 5; // a suite that does not end is no test that fails

/** A suite by its first word: what is built for it, and how it is run. */
const kinds = {
  core: {
    target: 'rasp_tests',
    command: (...files) => [
      path.join(build, 'tests/rasp_tests'),
      '--no-colors=true',
      ...(files.length ? [`-sf=${files.map((f) => `*${f}`).join(',')}`] : []),
    ],
  },
  differential: { target: 'differential', command: (...args) => [path.join(build, 'tests/differential'), ...args] },
  page: {
    command: (...files) => [
      process.execPath,
      path.join(copy, 'web/node_modules/vitest/vitest.mjs'),
      'run',
      '--root',
      path.join(copy, 'web'),
      ...files,
    ],
  },
  course: {
    command: (...files) => [process.execPath, '--test', ...files.map((f) => path.join(copy, 'tests/course', f))],
  },
};

function filesIn(folder) {
  const whole = path.join(root, folder);
  if (!lstatSync(whole).isDirectory()) return [folder];
  return readdirSync(whole, { withFileTypes: true })
    .filter((e) => !left.has(e.name) && !e.isSymbolicLink())
    .flatMap((e) => filesIn(path.join(folder, e.name)));
}

/** Brings the copy up to date; files that are the same keep their time, so that little is built again. */
function refresh() {
  const wanted = new Set(copied.flatMap(filesIn));
  for (const file of wanted) write(file, readFileSync(path.join(root, file)));
  const walk = (folder) =>
    readdirSync(path.join(copy, folder), { withFileTypes: true })
      .filter((e) => !left.has(e.name))
      .flatMap((e) => (e.isDirectory() ? walk(path.join(folder, e.name)) : [path.join(folder, e.name)]));
  for (const file of walk('')) if (!wanted.has(file)) rmSync(path.join(copy, file));
  for (const folder of ['web', 'wasm', 'tests']) {
    const link = path.join(copy, folder, 'node_modules');
    if (!existsSync(link) && existsSync(path.join(root, folder, 'node_modules')))
      symlinkSync(path.join(root, folder, 'node_modules'), link);
  }
}

function write(file, content) {
  const to = path.join(copy, file);
  if (existsSync(to) && readFileSync(to).equals(Buffer.from(content))) return;
  mkdirSync(path.dirname(to), { recursive: true });
  writeFileSync(to, content);
}

const times = (text, part) => text.split(part).length - 1;

function problemOf(f) {
  if (!existsSync(path.join(root, f.file))) return `there is no file ${f.file}`;
  const n = times(readFileSync(path.join(root, f.file), 'utf8'), f.find);
  if (n !== 1) return `its text is in ${f.file} ${n} times, not once: ${JSON.stringify(f.find)}`;
  if (f.find === f.replace) return 'it changes nothing';
  if (!f.suites?.length || f.suites.some((s) => !Object.hasOwn(kinds, s.split(' ')[0])))
    return `its suites are none of ${Object.keys(kinds).join(', ')}`;
  return '';
}

function make(target) {
  const result = spawnSync(
    'cmake',
    ['--build', build, '-j', String(os.availableParallelism?.() ?? 2), '--target', target],
    { encoding: 'utf8' },
  );
  return result.status === 0 ? '' : `${result.stdout}${result.stderr}`;
}

/** '' where the suite passes, else the end of what it said. */
function runs(suite) {
  const [name, ...args] = suite.split(' '),
    { target, command } = kinds[name];
  if (target) {
    const failure = make(target);
    if (failure) throw new Error(`${target} does not build:\n${failure.slice(-2000)}`);
  }
  const [program, ...rest] = command(...args);
  // A group of its own: what a suite that does not end has started ends with it.
  const result = spawnSync(program, rest, {
    encoding: 'utf8',
    detached: true,
    timeout: suiteMinutes * 60_000,
    maxBuffer: 1 << 28,
    env: { RASP_ENGINE: path.join(root, 'build/wasm/wasm'), ...process.env },
  });
  if (result.error?.code === 'ETIMEDOUT') {
    try {
      process.kill(-result.pid, 'SIGKILL');
    } catch {
      /* nothing of it is left */
    }
    throw new Error(`"${suite}" did not end in ${suiteMinutes} minutes`);
  }
  return result.status === 0 ? '' : `${result.stdout}${result.stderr}`.slice(-2000) || 'it failed without a word';
}

const words = process.argv.slice(2),
  checkOnly = words.includes('--check');
let passed = 0,
  failed = 0;
const fail = (f, why) => {
  ++failed;
  console.log(`FAILED ${f.name}: ${why}`);
};
const good = faults.filter((f) => {
  const why = problemOf(f);
  if (why) fail(f, why);
  return !why;
});
if (new Set(faults.map((f) => f.name)).size !== faults.length)
  fail({ name: 'faults.json' }, 'two faults have one name');
if (checkOnly) passed = good.length;
else {
  const chosen = good.filter((f) => !words.length || words.some((w) => f.name.includes(w) || f.file.includes(w)));
  refresh();
  const launcher = spawnSync('ccache', ['--version']).status === 0 ? ['-DCMAKE_CXX_COMPILER_LAUNCHER=ccache'] : [];
  execFileSync(
    'cmake',
    ['-S', copy, '-B', build, '-G', 'Ninja', ...launcher, '-DCMAKE_BUILD_TYPE=None', '-DCMAKE_CXX_FLAGS=-O1'],
    { stdio: 'ignore' },
  );
  const sound = new Map();
  const isSound = (suite) => {
    if (!sound.has(suite)) sound.set(suite, runs(suite));
    return sound.get(suite);
  };
  for (const f of chosen) for (const s of f.suites) isSound(s);
  for (const f of chosen) {
    const broken = f.suites.find((s) => isSound(s));
    if (broken) {
      fail(f, `"${broken}" fails without it:\n${isSound(broken)}`);
      continue;
    }
    const before = readFileSync(path.join(root, f.file), 'utf8');
    const begun = Date.now();
    try {
      write(
        f.file,
        before.replace(f.find, () => f.replace),
      );
      const caught = f.suites.find((s) => runs(s));
      if (caught) {
        ++passed;
        console.log(`caught: ${f.name} (${caught}, ${((Date.now() - begun) / 1000).toFixed(0)} s)`);
      } else fail(f, `no test of ${f.suites.join(', ')} notices it`);
    } catch (error) {
      fail(f, error.message);
    }
    write(f.file, before);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
