// `suite --count N --seed S --out DIR`: a library of proved ground-truth models, the same bytes for the same seed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadEngine } from '../engine.mjs';
import { families } from './compose.mjs';
import { inOrder } from './in_order.mjs';
import { indexPage } from './index_page.mjs';
import { randomFrom } from './random.mjs';

export const format = 'rasp-suite/1';
const licence = 'CC0-1.0';
const metrics = ['roc_auc', 'precision_recall', 'faithfulness', 'interchange_accuracy']; // functions of rasp_models.py
const stateFile = '.suite.json';
const savedEvery = 20; // accepted models between two saves of the state
const mostTries = 30; // candidates per wanted model before it is said that no more are found

/** What ends a suite with a sentence for people; nothing is overwritten. */
export class SuiteError extends Error {
  constructor(message, hint) {
    super(message);
    this.hint = hint;
  }
}

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
export const json = (value) => `${JSON.stringify(value, null, 1)}\n`;

function unwritten(file, error) {
  if (error.code === 'ENOSPC')
    return new SuiteError(
      `The disk is full: ${file} could not be written`,
      'Free some space and run the same command again: it goes on where it stopped.',
    );
  return new SuiteError(
    `${file} cannot be written (${error.code ?? error.message})`,
    'Choose a folder that can be written to.',
  );
}

export function write(file, bytes) {
  // whole or not at all
  const partial = `${file}.partial`;
  try {
    writeFileSync(partial, bytes);
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    throw unwritten(file, error);
  }
}

function makeFolder(folder) {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw unwritten(folder, error);
  }
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new SuiteError(`${file} is damaged: it is not JSON`, 'Move the folder away, or choose another --out.');
  }
}

const sameSettings = (a, b) =>
  a.seed === b.seed && a.count === b.count && a.version === b.version && a.compress === b.compress;
const settingsSaid = (s) =>
  `count ${s.count}, seed ${s.seed}${s.compress === undefined ? '' : `, compress ${s.compress}`}, compiler ${s.version ?? 'of an unknown version'}`;

/** What DIR holds already: nothing, a part of this very suite, or all of it. Anything else is refused. */
function existing(folder, settings) {
  if (!existsSync(folder)) return { entries: [], next: 0 };
  if (!statSync(folder).isDirectory()) throw new SuiteError(`${folder} is a file`, 'Choose a folder for --out.');
  const manifest = path.join(folder, 'manifest.json'),
    state = path.join(folder, stateFile);
  if (existsSync(manifest)) {
    const made = readJson(manifest);
    if (made?.format !== format)
      throw new SuiteError(
        `${folder} holds a suite of another format (${JSON.stringify(made?.format) ?? 'it does not say which'})`,
        'Choose another --out, or use the version that made it.',
      );
    if (!made.settings || !Array.isArray(made.models) || !made.models.every(isModel))
      throw new SuiteError(
        `${manifest} is damaged: it lacks what a manifest has`,
        'Move the folder away, or choose another --out.',
      );
    if (!sameSettings(made.settings, settings))
      throw new SuiteError(`${folder} holds another suite (${settingsSaid(made.settings)})`, 'Choose another --out.');
    return { complete: made };
  }
  if (existsSync(state)) {
    const made = readJson(state);
    if (!made?.settings || !Array.isArray(made.entries) || !Number.isSafeInteger(made.next))
      throw new SuiteError(
        `${state} is damaged: it does not say how far the suite is`,
        'Move the folder away, or choose another --out.',
      );
    if (!sameSettings(made.settings, settings))
      throw new SuiteError(
        `${folder} holds the beginning of another suite (${settingsSaid(made.settings)})`,
        'Choose another --out, or finish that one first.',
      );
    return made;
  }
  if (readdirSync(folder).length > 0)
    throw new SuiteError(
      `${folder} is not empty and holds no suite`,
      'Choose a new folder for --out: nothing is overwritten.',
    );
  return { entries: [], next: 0 };
}

const isModel = (m) =>
  typeof m?.id === 'string' &&
  /^[A-Za-z0-9][\w-]*$/.test(m.id) &&
  typeof m.fingerprint === 'string' &&
  typeof m.family === 'string' &&
  typeof m.difficulty?.level === 'string' &&
  m.files !== null &&
  typeof m.files === 'object' &&
  Object.entries(m.files).every(([name, file]) => /^\w[\w.-]*$/.test(name) && typeof file?.sha256 === 'string');

/** The manifest of a finished suite whose files are all what it says, and its own SHA-256; a SuiteError names what is wrong. */
export function openSuite(folder) {
  if (!existsSync(folder))
    throw new SuiteError(
      `${folder}: there is no such folder`,
      'Check the path, or make a suite: suite --count 100 --out DIR.',
    );
  if (!statSync(folder).isDirectory())
    throw new SuiteError(`${folder} is a file, not a suite's folder`, 'Give the folder that holds manifest.json.');
  const file = path.join(folder, 'manifest.json');
  if (!existsSync(file)) {
    if (existsSync(path.join(folder, stateFile)))
      throw new SuiteError(
        `${folder} holds a suite that is not finished`,
        'Run its suite command again: it goes on where it stopped.',
      );
    throw new SuiteError(
      `${folder} holds no suite: it has no manifest.json`,
      'Give the folder that suite --out wrote.',
    );
  }
  const manifest = readJson(file);
  if (manifest?.format !== format)
    throw new SuiteError(
      `${folder} holds no suite that this version reads: its format is ${JSON.stringify(manifest?.format) ?? 'not said'}, not "${format}"`,
      'Use the version that made it.',
    );
  const { models } = manifest;
  if (!Array.isArray(models) || !models.length)
    throw new SuiteError(`${file} lists no models`, 'Make the suite again in a new folder.');
  const bad = models.findIndex((m) => !isModel(m) || !('program.rasp' in m.files) || !('truth.json' in m.files));
  if (bad >= 0)
    throw new SuiteError(
      `${file} is damaged: model ${bad + 1} lacks what an entry has`,
      'Make the suite again in a new folder: the same seed gives the same bytes.',
    );
  const wrong = damaged(folder, manifest);
  if (wrong.length)
    throw new SuiteError(
      `${folder}: ${wrong.length === 1 ? `${wrong[0]} is` : `${wrong.length} files are (first ${wrong[0]})`} missing or changed`,
      'Make the suite again in a new folder: the same seed gives the same bytes.',
    );
  return { manifest, sha256: sha256(readFileSync(file)) };
}

/** The files of a finished suite that are missing or are not what the manifest says. */
export function damaged(folder, manifest) {
  const wrong = [];
  for (const model of manifest.models)
    for (const [name, { sha256: expected }] of Object.entries(model.files)) {
      const file = path.join(folder, 'models', model.id, name);
      if (!statSync(file, { throwIfNoEntry: false })?.isFile() || sha256(readFileSync(file)) !== expected)
        wrong.push(path.join('models', model.id, name));
    }
  return wrong;
}

/** A bar on a terminal, a line every five seconds elsewhere: how much is done, and `more(done)` about it. */
export function progress(total) {
  const began = Date.now(),
    tty = process.stderr.isTTY;
  let shown = 0,
    first;
  return (done, more) => {
    const now = Date.now();
    first ??= done; // what an earlier run has done says nothing about the time that is left
    if (done < total && now - shown < (tty ? 100 : 5000)) return;
    shown = now;
    const left = done > first ? Math.round((((now - began) / (done - first)) * (total - done)) / 1000) : '?';
    const bar = '█'.repeat(Math.round((24 * done) / total)).padEnd(24, '░');
    process.stderr.write(
      tty ? `\r${bar} ${done}/${total} models, ${more}, ${left} s left ` : `${done}/${total} models, ${more}\n`,
    );
    if (done === total && tty) process.stderr.write('\n');
  };
}

const originals = (entries) => entries.filter((entry) => !entry.compressed).length;

/** A model and, where there is one, its compressed variant, which is in the same split: their programs are one. */
function accept(folder, seed, entries, made) {
  const { name, variant, files, ...facts } = made;
  const number = String(originals(entries) + 1).padStart(4, '0');
  const id = `${number}-${name}`;
  const part = randomFrom(`suite ${seed} split ${number}`).below(10);
  const entry = { id, ...facts, split: part < 8 ? 'train' : part === 8 ? 'validation' : 'test', licence };
  keep(folder, entries, entry, files);
  if (!variant) return;
  const { d_model: d } = variant.difficulty,
    { d_model: D } = variant.compressed;
  const { files: own, fingerprint, difficulty, compressed } = variant;
  const said = d === D ? `another basis of ${d} dimensions` : `${d} dimensions instead of ${D}`;
  keep(
    folder,
    entries,
    {
      ...entry,
      id: `${id}-d${d}`,
      fingerprint,
      difficulty,
      compressed: { of: id, ...compressed },
      description: `${entry.description} The residual stream is in ${said}.`,
    },
    own,
  );
}

function keep(folder, entries, facts, files) {
  const { id } = facts,
    entry = { ...facts, files: {} };
  makeFolder(path.join(folder, 'models', id));
  for (const [file, bytes] of Object.entries(files)) {
    write(path.join(folder, 'models', id, file), bytes);
    entry.files[file] = { bytes: bytes.length, sha256: sha256(bytes) };
  }
  entries.push(entry);
}

/** How many models there are of each level, and of the variants how many are narrower and how many only turned. */
function counted(entries) {
  const levels = {},
    own = entries.filter((entry) => !entry.compressed);
  for (const { difficulty } of own) levels[difficulty.level] = (levels[difficulty.level] ?? 0) + 1;
  const narrower = entries.filter(
    ({ compressed, difficulty }) => compressed && difficulty.d_model < compressed.d_model,
  ).length;
  return {
    models: own.length,
    levels,
    ...(entries.length > own.length ? { compressed: narrower, turned: entries.length - own.length - narrower } : {}),
  };
}

function finish(folder, manifest) {
  const reader = readFileSync(new URL('./rasp_models.py', import.meta.url));
  write(path.join(folder, 'rasp_models.py'), reader);
  write(path.join(folder, 'README.md'), readFileSync(new URL('./README.suite.md', import.meta.url)));
  write(path.join(folder, 'index.html'), indexPage(manifest));
  write(path.join(folder, 'manifest.json'), json(manifest));
  rmSync(path.join(folder, stateFile), { force: true });
}

/**
 * @param {{count: number, seed: number, out: string, jobs?: number, compress?: number}} options compress: the share of
 * its dimensions, 0 < share ≤ 1,
 *   that a compressed variant of every model is to have at least
 * @returns {Promise<object>} a document for standard output
 */
export async function makeSuite({ count, seed, out, jobs = Math.max(1, os.cpus().length), compress }) {
  const engine = await loadEngine();
  const { version } = await engine.request({ command: 'library' });
  const settings = { count, seed, version, ...(compress === undefined ? {} : { compress }) };
  const found = existing(out, settings);
  if (found.complete) {
    const wrong = damaged(out, found.complete);
    if (wrong.length)
      throw new SuiteError(
        `${out} is complete, but ${wrong.length === 1 ? `${wrong[0]} is` : `${wrong.length} files are (first ${wrong[0]})`} missing or changed`,
        'Make it again in a new folder: the same seed gives the same bytes.',
      );
    return { ok: true, out, ...counted(found.complete.models), rejected: found.complete.rejected, complete: true };
  }
  const { entries, next } = found;
  const rejected = found.rejected ?? {};
  const broken = found.broken ?? [];
  const prints = new Set(entries.map((entry) => entry.fingerprint));
  const show = progress(count);
  const save = (index) => write(path.join(out, stateFile), json({ settings, entries, rejected, broken, next: index }));
  const reject = (code) => {
    rejected[code] = (rejected[code] ?? 0) + 1;
  };
  makeFolder(path.join(out, 'models'));
  save(next);
  let have = originals(entries);
  if (have < count)
    await inOrder(
      { worker: new URL('./worker.mjs', import.meta.url), workerData: { seed, compress }, jobs, first: next },
      (index, made) => {
        if (index >= mostTries * count + 1000)
          throw new SuiteError(
            `Only ${have} of ${count} models were found among ${index} programs`,
            'Ask for fewer with --count.',
          );
        if (made.rejected) {
          reject(made.rejected);
          if (['broken', 'differs', 'limit-time'].includes(made.rejected))
            broken.push({ index, why: made.why ?? made.rejected });
        } else if (prints.has(made.fingerprint)) reject('duplicate');
        else {
          prints.add(made.fingerprint);
          accept(out, seed, entries, made);
          ++have;
          if (compress !== undefined || have % savedEvery === 0) save(index + 1);
        }
        show(have, `${index + 1} programs tried`);
        return have < count;
      },
    );
  const manifest = { format, settings, families, licence, metrics, rejected, broken, models: entries };
  finish(out, manifest);
  return { ok: true, out, ...counted(entries), rejected, broken };
}
