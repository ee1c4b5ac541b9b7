// Shared by the course tests.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const cli = path.join(root, 'wasm/cli.mjs');
export const { zipSync, strToU8 } = createRequire(path.join(root, 'wasm/package.json'))('fflate');

export const scratch = mkdtempSync(path.join(tmpdir(), 'rasp-course-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

export const read = (...parts) => readFileSync(path.join(root, ...parts), 'utf8');
export const instructor = (id) => read('examples/assignments/instructor', `${id}.json`);
export function put(name, content) {
  const file = path.join(scratch, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}
export function run(args, options = {}) {
  const r = spawnSync(process.execPath, [cli, ...args], {
    encoding: 'utf8',
    input: '',
    maxBuffer: 1 << 26,
    ...options,
  });
  const lines = r.stdout.trim() === '' ? [] : r.stdout.trim().split('\n');
  return { status: r.status, lines, out: lines.length === 1 ? JSON.parse(lines[0]) : null, err: r.stderr };
}

let outs = 0;
// Grades, and reads what was written.
export function grade(assignment, submissions, extra = [], options = {}) {
  const out = path.join(scratch, `out-${++outs}`);
  const r = run(['grade', assignment, ...submissions, '--out', out, '--jobs', '2', ...extra], options);
  const file = (name) => {
    try {
      return readFileSync(path.join(out, name), 'utf8');
    } catch {
      return null;
    }
  };
  const json = (name) => JSON.parse(file(name));
  return {
    ...r,
    dir: out,
    file,
    json,
    book: file('gradebook.csv') === null ? [] : csv(file('gradebook.csv')),
    student: (key) => json(`results/${key}.json`),
  };
}

// RFC 4180, as a spreadsheet reads it.
export function csv(text) {
  const rows = [[]];
  let cell = '',
    quoted = false;
  for (let i = 0; i < text.length; ++i) {
    const c = text[i];
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') cell += text[++i];
      else if (c === '"') quoted = false;
      else cell += c;
    } else if (c === '"') quoted = true;
    else if (c === ',') {
      rows.at(-1).push(cell);
      cell = '';
    } else if (c === '\n') {
      rows.at(-1).push(cell.replace(/\r$/, ''));
      cell = '';
      rows.push([]);
    } else cell += c;
  }
  const [head, ...body] = rows.filter((r) => r.length);
  return body.map((r) => Object.fromEntries(head.map((h, i) => [h, r[i]])));
}

export const submission = (programs, more = {}) =>
  JSON.stringify({
    format: 'rasp-submission',
    version: 1,
    assignment: { id: 'first-steps', fingerprint: 'x' },
    engine: 'test',
    student: { name: 'A', id: '1' },
    programs,
    ...more,
  });

// A small assignment of one task; parts replace its fields.
export const small = (task = {}, more = {}) => ({
  format: 'rasp-assignment',
  version: 1,
  id: 'small',
  title: 'Small',
  tasks: [
    {
      id: 't',
      title: 'T',
      points: 10,
      asks: { name: 'x', kind: 's-op' },
      starter: 'x = tokens;',
      vocabulary: 'ab',
      max_length: 4,
      cases: [{ input: 'ab', output: [1, 2] }],
      reference: 'x = indices + 1;',
      ...task,
    },
  ],
  ...more,
});
