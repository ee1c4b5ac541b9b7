// discover --suite DIR: the methods over every model of a suite. What is done of it stands in FILE.part until the table
// is whole.
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import { loadEngine } from '../engine.mjs';
import { inOrder } from '../suite/in_order.mjs';
import { SuiteError, json, openSuite, progress, write } from '../suite/suite.mjs';
import { suiteTable, tableText } from './suite_table.mjs';

const format = 'rasp-discovery/1';
const elsewhere = 'Choose another --out: nothing is overwritten.';

/** The engine's own word about methods and numbers of pairs, before a minute is spent; and the names of the methods in its order. */
async function methodsOf(engine, request) {
  const tried = await engine.request({
    ...request,
    command: 'discover',
    program: '#@ vocabulary "ab"\n#@ max_length 2\nx = tokens;',
    name: 'program.rasp',
  });
  if (!tried.ok) throw Object.assign(new SuiteError(tried.diagnostics[0].message), { document: tried });
  if (!tried.methods.length)
    throw new SuiteError('No method is named', 'Name one with --methods, or leave the option out for all.');
  return tried.methods.map(({ method }) => method);
}

function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new SuiteError(`${file} is there and cannot be read (${error.code})`, elsewhere);
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The rows of an earlier run with the same settings; a last line that was being written when it ended is left out. */
function earlier(part, settings, ids) {
  if (!existsSync(part)) return [];
  const text = textOf(part);
  const [head, ...rows] = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)
    .map(parsed);
  if (head === undefined && !text.includes('\n')) return []; // ended while the first line was written
  if (JSON.stringify(head) !== JSON.stringify({ format, settings }))
    throw new SuiteError(`${part} holds the beginning of another table`, 'Choose another --out, or remove that file.');
  if (rows.some((row, i) => row?.id !== ids[i]))
    throw new SuiteError(`${part} is damaged`, 'Remove it: the table is begun again.');
  return rows;
}

function document(settings, methods, rows) {
  const done = rows.filter((row) => !row.refused);
  return {
    ok: done.length > 0,
    format,
    settings,
    models: done.length,
    table: done.length ? suiteTable(done, methods, settings.seed) : [],
    refused: rows.filter((row) => row.refused).map(({ id, refused }) => ({ id, diagnostics: refused })),
    other_truth: done.filter((row) => !row.as_recorded).map(({ id }) => id),
    rows: done.map(({ as_recorded: _, ...row }) => row),
  };
}

function append(file, lines) {
  try {
    appendFileSync(file, lines);
  } catch (error) {
    throw new SuiteError(
      `${file} cannot be written (${error.code ?? error.message})`,
      'Run the same command again when it can be: it goes on where it stopped.',
    );
  }
}

/**
 * @param {{folder: string, methods?: string[], pairs?: number, witnesses?: number, seed?: number, out?: string, jobs?:
 * number, limitMs?: number}} options
 * @returns {Promise<object>} a document for standard output: the table, or with `out` what was written where
 */
export async function discoverSuite({
  folder,
  methods: asked,
  pairs = 20,
  witnesses = 300,
  seed = 1,
  out,
  jobs = Math.max(1, os.cpus().length),
  limitMs = 300_000,
}) {
  const { manifest, sha256 } = openSuite(folder);
  const engine = await loadEngine('laboratory');
  const request = { methods: asked, pairs, witnesses, seed, limit_ms: limitMs };
  const methods = await methodsOf(engine, request);
  const { version } = await engine.request({ command: 'library' });
  const settings = {
    suite: { ...manifest.settings, manifest_sha256: sha256 },
    version,
    methods,
    pairs,
    witnesses,
    seed,
  };
  const said = ({ models, refused, other_truth: other, ok }) => ({ ok, out, models, refused, other_truth: other });
  if (out !== undefined && existsSync(out)) {
    const made = parsed(textOf(out));
    if (made?.format === format && JSON.stringify(made.settings) === JSON.stringify(settings))
      return { ...said(made), complete: true };
    throw new SuiteError(`${out} exists and is not this table`, elsewhere);
  }
  const { models } = manifest,
    part = out === undefined ? undefined : `${out}.part`;
  const rows = part
    ? earlier(
        part,
        settings,
        models.map(({ id }) => id),
      )
    : [];
  if (part) write(part, [{ format, settings }, ...rows].map((line) => `${JSON.stringify(line)}\n`).join(''));
  const show = progress(models.length);
  const worker = new URL('./worker.mjs', import.meta.url);
  await inOrder(
    { worker, workerData: { folder, models, request }, jobs, first: rows.length, end: models.length },
    (index, row) => {
      rows.push(row);
      if (part) append(part, `${JSON.stringify(row)}\n`);
      show(rows.length, row.id);
    },
  );
  const result = document(settings, methods, rows);
  if (result.ok) process.stderr.write(`\n${tableText(result.table, methods)}`);
  if (!part) return result;
  write(out, json(result));
  rmSync(part, { force: true });
  return said(result);
}
