// assignment scorm: the students' file and the built page as a SCORM package.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { diagnostic } from '../course/json.mjs';
import { scormPackage } from '../course/scorm.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const candidates = [path.join(here, '../page'), path.join(here, '../../web/dist')]; // of the npm package, of a build

function filesOf(folder) {
  const names = readdirSync(folder, { recursive: true }).map((f) => f.replaceAll('\\', '/'));
  return Object.fromEntries(
    names.filter((f) => statSync(path.join(folder, f)).isFile()).map((f) => [f, readFileSync(path.join(folder, f))]),
  );
}

/** @returns {{zip: Uint8Array} | {diagnostics: object[]}} */
export function makePackage(assignment, text, version) {
  const folder = candidates.find((f) => existsSync(path.join(f, 'index.html')));
  if (!folder)
    return {
      diagnostics: [
        diagnostic(
          'file',
          'The built page is not beside this program',
          null,
          'Install the package again, or build it.',
        ),
      ],
    };
  return { zip: scormPackage(assignment, text, version, filesOf(folder)) };
}
