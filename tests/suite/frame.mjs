// What the suites' tests share: the command line in a folder of their own, and a count of what passed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const cli = path.join(root, 'wasm', 'cli.mjs');
const folder = mkdtempSync(path.join(os.tmpdir(), 'rasp-suite-'));
export const at = (...names) => path.join(folder, ...names);
export const read = (...names) => readFileSync(at(...names), 'utf8');
export const manifestOf = (name) => JSON.parse(read(name, 'manifest.json'));
let passed = 0,
  failed = 0;

/** @param {{skip?: boolean}} options skip: the machine has not what the test needs, and that is said */
export async function test(name, ...given) {
  const body = given.at(-1),
    { skip } = given.length > 1 ? given[0] : {};
  if (skip) {
    console.log(`left out: ${name}`);
    return;
  }
  try {
    await body();
    ++passed;
  } catch (error) {
    ++failed;
    console.log(`FAILED ${name}\n${error.stack ?? error}`);
  }
}

export function run(...args) {
  const done = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return { status: done.status, document: done.stdout ? JSON.parse(done.stdout) : null, stderr: done.stderr };
}
export const suite = (...args) => run('suite', ...args);
export const message = ({ document }) => document.diagnostics[0].message;

/** Of every name and byte in a folder. */
export function fingerprintOf(directory) {
  const hash = createHash('sha256');
  const walk = (dir) => {
    for (const name of readdirSync(dir).sort()) {
      const file = path.join(dir, name);
      if (statSync(file).isDirectory()) walk(file);
      else hash.update(path.relative(directory, file)).update(readFileSync(file));
    }
  };
  walk(directory);
  return hash.digest('hex');
}

export function finish() {
  rmSync(folder, { recursive: true, force: true });
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}
