// All course tests, one file after the other, with one line of numbers at the end.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const files = readdirSync(here)
  .filter((f) => f.endsWith('.test.mjs'))
  .sort()
  .map((f) => path.join(here, f));
let passed = 0,
  failed = 0;

const leaf = (e) =>
  e.details?.type !== 'suite' && !files.includes(e.name) && e.details?.error?.failureType !== 'subtestsFailed';
run({ files, concurrency: 1 })
  .on('test:pass', (e) => {
    if (leaf(e)) ++passed;
  })
  .on('test:fail', (e) => {
    if (!leaf(e)) return;
    ++failed;
    const { error } = e.details;
    console.log(
      `FAILED ${e.name}\n${(error?.cause?.stack ?? error?.stack ?? String(error)).split('\n').slice(0, 30).join('\n')}`,
    );
  })
  .on('end', () => {
    console.log(`${passed} passed, ${failed} failed`);
    process.exitCode = failed ? 1 : 0;
  })
  .resume();
