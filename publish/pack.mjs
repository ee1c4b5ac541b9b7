// node publish/pack.mjs FOLDER: the command line as an npm package, with the engine and the page (for SCORM packages)
// inside, as FOLDER/rasp-playground-VERSION.tgz. `npm pack` runs in a copy, so that no engine lies beside the sources
// that a later build would not renew.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { engineFolder } from '../wasm/engine.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const sources = path.join(root, 'wasm');

/** @param {string} folder where the tarball goes. @returns {string} its path */
export function pack(folder) {
  if (!existsSync(path.join(root, 'web/dist/index.html')))
    throw new Error('The page is not built: ./dev build does it');
  if (!existsSync(path.join(sources, 'node_modules')))
    throw new Error('The packages of wasm/ are not installed: ./dev build does it');
  const staged = mkdtempSync(path.join(tmpdir(), 'rasp-pack-'));
  try {
    cpSync(sources, staged, { recursive: true, dereference: true });
    for (const name of ['engine.mjs', 'engine.wasm', 'laboratory.mjs', 'laboratory.wasm'])
      cpSync(path.join(engineFolder(), name), path.join(staged, 'dist', name));
    cpSync(path.join(root, 'web/dist'), path.join(staged, 'page'), {
      recursive: true,
      filter: (file) => !/python-\d/.test(file),
    });
    for (const name of ['tracr', 'rasp_host'])
      cpSync(path.join(root, 'python', name), path.join(staged, 'dist/python', name), {
        recursive: true,
        filter: (file) => !file.includes('__pycache__'),
      });
    cpSync(path.join(root, 'LICENSE'), path.join(staged, 'LICENSE'));
    cpSync(path.join(root, 'docs/licences.md'), path.join(staged, 'licences.md'));
    mkdirSync(folder, { recursive: true });
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', path.resolve(folder)];
    const [{ filename }] = JSON.parse(
      execFileSync('npm', args, { cwd: staged, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }),
    );
    return path.resolve(folder, filename);
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv[2]) throw new Error('usage: node publish/pack.mjs FOLDER');
  process.stdout.write(`${pack(process.argv[2])}\n`);
}
