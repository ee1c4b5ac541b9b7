// Writes docs/licences.md from the lock files: node docs/licences.mjs (--check: fails where the list is out of date).
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const target = path.join(root, 'docs/licences.md');

// What Debian's packages put into the engine, from their /usr/share/doc/PACKAGE/copyright. Build tools leave nothing in
// it.
const debian = [
  ['Eigen', 'libeigen3-dev', '3.4.0', 'MPL-2.0 (SparseCore; the LGPL parts are not included)', 'engine'],
  ['JSON for Modern C++', 'nlohmann-json3-dev', '3.11.2', 'MIT', 'engine'],
  ['libc++, libc++abi, compiler-rt', 'emscripten', '3.1.6', 'Apache-2.0 WITH LLVM-exception', 'engine'],
  ['musl, emmalloc, embind', 'emscripten', '3.1.6', 'MIT', 'engine'],
  ['doctest', 'doctest-dev', '2.4.9', 'MIT', 'tests only'],
];

const rows = (folder, keep) => {
  const file = path.join(root, folder, 'package-lock.json');
  if (!existsSync(file)) return [];
  const { packages } = JSON.parse(readFileSync(file, 'utf8'));
  return Object.entries(packages)
    .filter(([name, p]) => name !== '' && !p.link && keep(p))
    .map(
      ([name, p]) => `| ${name.replace(/^.*node_modules\//, '')} | ${p.version} | ${p.license ?? 'see the package'} |`,
    )
    .filter((row, i, all) => all.indexOf(row) === i)
    .sort();
};
const table = (list) => `| package | version | licence |\n|---|---|---|\n${list.join('\n')}\n`;
const list = [
  '# Licences',
  '',
  'RASP Playground is under the MIT licence (`LICENSE`). It is built from the work of others, listed here by `node docs/licences.mjs` from the lock files; a test fails when the list is out of date.',
  '',
  '## In the engine, and for its tests',
  '| | package | version | licence | where |\n|---|---|---|---|---|',
  ...debian.map((d) => `| ${d.join(' | ')} |`),
  '',
  '## In the page',
  table(rows('web', (p) => !p.dev)),
  '## With the command line',
  table(rows('wasm', () => true)),
  '## For building and testing the page',
  table(rows('web', (p) => p.dev)),
  '## For the tests and the benchmark',
  table(rows('tests', () => true)),
].join('\n');

if (!process.argv.includes('--check')) writeFileSync(target, list);
else if (!existsSync(target) || readFileSync(target, 'utf8') !== list) {
  console.error('docs/licences.md is out of date: run node docs/licences.mjs');
  process.exit(1);
}
