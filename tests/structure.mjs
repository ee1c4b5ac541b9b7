// Facts about the source tree that no compiler checks: which folders of core may include which, and that the table of
// diagnostics names exactly the codes that core gives, each with a test program.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const read = (...parts) => readFileSync(path.join(root, ...parts), 'utf8');
const sources = readdirSync(path.join(root, 'core'), { recursive: true })
  .map((f) => f.replaceAll('\\', '/'))
  .filter((f) => /\.(h|cc)$/.test(f));
let passed = 0,
  failed = 0;
function test(name, body) {
  try {
    body();
    ++passed;
  } catch (error) {
    ++failed;
    console.log(`FAILED ${name}\n${error.message}`);
  }
}

// folder → folders it may include besides itself; "" is core's driver, compile.h.
const allowed = {
  base: [],
  syntax: ['base'],
  rasp: ['base', 'syntax'],
  model: ['base'],
  proof: ['base', 'model'],
  craft: ['base', 'model'],
  compiler: ['base', 'rasp', 'model', 'proof', 'craft'],
  '': ['base', 'rasp', 'compiler'],
  run: ['base', 'rasp', 'model', 'compiler', ''],
  export: ['base', 'rasp', 'model', 'compiler'],
  session: ['base', 'syntax', 'rasp', 'model', 'compiler', 'run', 'export', ''],
  lab: ['base', 'rasp', 'model', 'proof', 'craft', 'compiler', 'run', 'export', 'session', ''],
};
const outside = ['nlohmann', 'eigen3', 'Eigen'];

test('core includes in one direction only', () => {
  assert.ok(sources.length > 60);
  const wrong = [];
  for (const file of sources) {
    const folder = file.includes('/') ? file.split('/')[0] : '';
    assert.ok(folder in allowed, `core/${folder} has no place in the order of folders`);
    for (const [, target] of read('core', file).matchAll(/^#include "([^"]+)"/gm)) {
      const other = target.includes('/') ? target.split('/')[0] : '';
      if (outside.includes(other) || other === folder) continue;
      if (!allowed[folder].includes(other)) wrong.push(`core/${file} includes ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

// folder of web/src → folders it may import besides itself; "" holds what all may use, main.tsx and offline.ts
// ("start") may import all.
const pageAllowed = {
  engine: [],
  '': ['engine'],
  state: ['', 'engine'],
  draw: ['', 'engine', 'state'],
  views: ['', 'engine', 'state', 'draw'],
  editor: ['', 'engine', 'state'],
  course: ['', 'engine'],
  lab: ['', 'engine', 'state', 'draw'],
  shell: ['', 'engine', 'state', 'draw', 'views', 'editor', 'course', 'lab'],
  start: [],
};

test('the page imports in one direction only', () => {
  const files = readdirSync(path.join(root, 'web/src'), { recursive: true })
    .map((f) => f.replaceAll('\\', '/'))
    .filter((f) => /\.tsx?$/.test(f));
  assert.ok(files.length > 50);
  const folderOf = (file) => (/^(main|offline)\./.test(file) ? 'start' : file.includes('/') ? file.split('/')[0] : '');
  const wrong = [];
  for (const file of files) {
    const folder = folderOf(file);
    assert.ok(folder in pageAllowed, `web/src/${folder} has no place in the order of folders`);
    for (const [, target] of read('web/src', file).matchAll(/(?:from|import\()\s*'(\.[^']*)'/g)) {
      const to = path.posix.normalize(path.posix.join(path.posix.dirname(file), target));
      const other = folderOf(to);
      if (to.startsWith('../') || other === folder || folder === 'start') continue;
      if (!pageAllowed[folder].includes(other)) wrong.push(`web/src/${file} imports ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('core neither prints nor ends the program', () => {
  for (const file of sources) {
    const text = read('core', file).replace(/\/\/.*$/gm, '');
    assert.doesNotMatch(
      text,
      /#include <(iostream|fstream)>|std::(cout|cerr|abort|exit|terminate)\b|\bprintf\(/,
      `core/${file}`,
    );
  }
});

// Strings in core that look like codes and are none.
const notCodes = new Set(['s-op', 'rasp-playground', 'half-layer']);
// Codes of one word, and those that the command line gives.
const words = new Set(['overflow', 'conversion', 'internal', 'file', 'transcript']);

test('a listing prints every number of the compiler’s effort', () => {
  const text = read('core/compiler/effort.h').replace(/\/\/.*$/gm, '');
  const [, members] = /struct Effort \{([^]*?)\n\};/.exec(text);
  const names = [...members.matchAll(/(\w+) = /g)].map((m) => m[1]);
  assert.ok(names.length > 20);
  assert.deepEqual(
    [...text.matchAll(/visit\("(\w+)", e\.\1\)/g)].map((m) => m[1]),
    names,
  );
});

test('docs/diagnostics.md names every code, and no other', () => {
  const documented = [...read('docs/diagnostics.md').matchAll(/^### (.*)$/gm)].map((m) => m[1]);
  assert.equal(new Set(documented).size, documented.length, 'each once');
  const found = new Set();
  for (const file of sources) {
    const text = read('core', file).replace(/\/\/.*$/gm, '');
    for (const [, literal] of text.matchAll(/"([a-z]+(?:-[a-z]+)+)"/g)) if (!notCodes.has(literal)) found.add(literal);
    for (const [, literal] of text.matchAll(/[({]\s*"([a-z]+)",\s*"[a-z_]+",\s/g))
      if (words.has(literal)) found.add(literal);
  }
  for (const file of ['wasm/cli.mjs', 'wasm/engine.mjs', 'wasm/output.mjs'])
    for (const [, literal] of read(file).matchAll(/refusal\(\s*'([a-z-]+)'/g)) found.add(literal);
  for (const file of ['wasm/python/client.mjs', 'wasm/python/rasp.mjs'])
    for (const [, literal] of read(file).matchAll(/(?:refused\(|code:)\s*'([a-z-]+)'/g)) found.add(literal);
  for (const file of readdirSync(path.join(root, 'python/rasp_host')).filter((f) => f.endsWith('.py'))) {
    for (const [, literal] of read('python/rasp_host', file).matchAll(/"((?:python|tracr|limit)-[a-z-]+|no-output)"/g))
      found.add(literal);
  }
  assert.deepEqual([...found].sort(), [...documented].sort());
});

// Codes without a program in tests/errors, and why.
const elsewhere = {
  file: 'the command line: tests/wasm/run.mjs',
  suite: 'the command line: tests/suite/run.mjs',
  internal: 'no program is known that gives it',
  'proof-not-confirmed': 'no program is known that gives it',
  'internal-order': 'no program is known that gives it',
  'bad-listing': 'tests/craft/listing_test.cc',
  'bad-component': 'tests/session/contract.mjs',
  'limit-request': 'the command line: tests/wasm/command_line.mjs',
  'limit-memory': 'would need all memory',
  'export-too-large': 'would need a model of gigabytes',
  'no-examples': 'tests/lab/training_test.cc',
  'few-examples': 'tests/lab/training_test.cc',
  'limit-training': 'tests/lab/training_test.cc',
  'not-in-rasp': 'tests/python/run.mjs',
  'python-setting': 'tests/python/mistakes.mjs',
  'expression-too-large': 'programs that give it compile for many seconds',
  'selector-too-composed': 'no small program is known that gives it',
  'limit-value-set': 'value-set-too-large comes first',
  'limit-tuples': 'expression-too-large comes first',
  'limit-weights': 'other limits come first',
  'limit-contexts': 'programs that give it are too slow for a test',
  'python-not-loaded': 'tests/web/python.mjs',
  'bad-graph': 'tests/session/tabulated_test.cc',
  'not-tabulated': 'tests/session/tabulated_test.cc',
  'limit-document': 'tests/session/limits_test.cc',
  'limit-trace': 'tests/session/limits_test.cc',
  'limit-vocabulary': 'tests/session/limits_test.cc',
};
test('every code has a test program', () => {
  const documented = [...read('docs/diagnostics.md').matchAll(/^### (.*)$/gm)].map((m) => m[1]);
  const programs = readdirSync(path.join(root, 'tests/errors')).filter((f) => /\.(rasp|py)$/.test(f));
  for (const code of documented) {
    if (code in elsewhere) continue;
    const program = programs.find((f) => f === `${code}.rasp` || f === `${code}.py`);
    assert.ok(program, `tests/errors/${code}.rasp or .py is missing`);
    assert.match(read('tests/errors', program), new RegExp(`^#! ${code}( |$)`, 'm'));
  }
});

test('every section of the specification that a comment cites is there', () => {
  const sections = new Set(
    [...read('docs/language-specification.md').matchAll(/^#+ §(\d+(?:\.\d+)?) /gm)].map((m) => m[1]),
  );
  let cited = 0;
  for (const file of sources)
    for (const [, a, b] of read('core', file).matchAll(/§(\d+(?:\.\d+)?)(?:–(\d+(?:\.\d+)?))?/g))
      for (const s of [a, b])
        if (s) {
          assert.ok(sections.has(s), `${file} cites §${s}`);
          ++cited;
        }
  assert.ok(cited >= 8);
});

// Files that a person reads in one sitting, and functions of one screen. What is longer is listed with its length and
// may only shrink: shorten it, lower its number, and take it off the list once it keeps the limit.
const longFiles = {
  'tests/course/core.test.mjs': 575,
  'tests/lab/run.mjs': 508,
  'wasm/cli.mjs': 524,
  'wasm/suite/mechanisms.mjs': 525,
  'wasm/suite/rasp_models.py': 783,
};
const longFunctions = {};

// Functions and methods of a C++ file by the layout that ./dev format keeps: the closing brace stands under the line
// that opened it.
function functionsOf(text) {
  const lines = text.split('\n'),
    found = [];
  lines.forEach((line, i) => {
    const opens =
      /^( {0,2})(?!namespace|class|struct|enum|union|\/\/|#|\}|if\b|for\b|while\b|switch\b|else|do\b|return|case|constexpr)(\S.*)\{\s*(\/\/.*)?$/.exec(
        line,
      );
    if (!opens?.[2].includes('(') || opens[2].split('(')[0].includes(' = ')) return;
    const length = lines.slice(i).findIndex((l, n) => n > 0 && l.startsWith(`${opens[1]}}`)) + 1;
    if (length > 1) found.push({ name: /([~\w:]+)\s*\(/.exec(opens[2])?.[1] ?? opens[2], length });
  });
  return found;
}

function assertNoLonger(lengths, limit, allowed) {
  const most = (what) => Math.max(limit, allowed[what] ?? 0);
  assert.deepEqual(
    [...lengths].filter(([what, length]) => length > most(what)).map(([what, length]) => `${what}: ${length}`),
    [],
  );
  for (const what of Object.keys(allowed))
    if ((lengths.get(what) ?? 0) <= limit)
      console.log(`${what} keeps the limit of ${limit} lines now: take it off the list`);
}

test('files have at most 450 lines', () => {
  const lengths = new Map();
  const measure = (folder) => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const file = `${folder}/${entry.name}`;
      if (entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.')) measure(file);
      else if (entry.isFile() && /\.(cc|h|mjs|js|ts|tsx|css|py)$/.test(file))
        lengths.set(file, read(file).split('\n').length - 1);
    }
  };
  for (const folder of ['core', 'wasm', 'web/src', 'tests']) measure(folder);
  assert.ok(lengths.size > 300);
  assertNoLonger(lengths, 450, longFiles);
});

test('functions of core have at most 60 lines', () => {
  const lengths = new Map();
  let count = 0;
  for (const file of sources)
    for (const { name, length } of functionsOf(read('core', file))) {
      const key = `core/${file} ${name}`;
      ++count;
      lengths.set(key, Math.max(length, lengths.get(key) ?? 0));
    }
  assert.ok(count > 800, `only ${count} functions were found`);
  assertNoLonger(lengths, 60, longFunctions);
});

test('every path that CONTRIBUTING.md names is there', () => {
  const named = [
    ...read('CONTRIBUTING.md').matchAll(
      /`((?:core|web|wasm|tests|docs|examples|publish|\.github|\.devcontainer)(?:\/[\w./-]*)?)`/g,
    ),
  ].map((m) => m[1]);
  assert.ok(named.length > 20);
  assert.deepEqual(
    named.filter((f) => !f.includes('CODE') && !existsSync(path.join(root, f))),
    [],
  );
});

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
