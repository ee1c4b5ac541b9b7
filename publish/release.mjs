// node publish/release.mjs FOLDER: the files of a release, from what ./dev build made. The page as a zip, the command
// line as an npm package, their SHA-256 and the notes, which are CHANGELOG.md's section of this version.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { pack } from './pack.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const { zipSync } = createRequire(path.join(root, 'wasm/package.json'))('fflate');
export const { version } = JSON.parse(readFileSync(path.join(root, 'wasm/package.json'), 'utf8'));

/** What CHANGELOG.md says of a version, without its heading. */
export function notesOf(changelog, wanted) {
  const sections = changelog
    .split(/^## /m)
    .slice(1)
    .map((s) => [s.slice(0, s.indexOf('\n')).split(' ')[0], s.slice(s.indexOf('\n') + 1).trim()]);
  const found = sections.find(([name]) => name === wanted);
  if (!found) throw new Error(`CHANGELOG.md has no section "## ${wanted}"`);
  return `${found[1]}\n`;
}

/** All files of a folder, the same bytes whenever and wherever it is called. */
export function zipFolder(folder) {
  const files = {};
  for (const name of readdirSync(folder, { recursive: true })
    .map((f) => f.replaceAll('\\', '/'))
    .sort()) {
    const file = path.join(folder, name);
    if (statSync(file).isFile()) files[name] = readFileSync(file);
  }
  return zipSync(files, { level: 9, mtime: new Date(1980, 0, 1, 12) });
}

/** @returns {string[]} the names of the files */
export function release(folder) {
  const page = path.join(root, 'web/dist');
  if (!existsSync(path.join(page, 'index.html'))) throw new Error('The page is not built: ./dev build does it');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const notes = notesOf(readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8'), version);
  const zip = `rasp-playground-${version}-page.zip`,
    tarball = path.basename(pack(folder));
  writeFileSync(path.join(folder, zip), zipFolder(page));
  const sums = [zip, tarball].map(
    (f) =>
      `${createHash('sha256')
        .update(readFileSync(path.join(folder, f)))
        .digest('hex')}  ${f}\n`,
  );
  writeFileSync(path.join(folder, 'SHA256SUMS'), sums.join(''));
  writeFileSync(path.join(folder, 'NOTES.md'), notes);
  return [zip, tarball, 'SHA256SUMS', 'NOTES.md'];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv[2]) throw new Error('usage: node publish/release.mjs FOLDER');
  process.stdout.write(`${release(process.argv[2]).join('\n')}\n`);
}
