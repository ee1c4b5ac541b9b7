// `suite --count N --seed S --out DIR`: a library of proved ground-truth models, the same bytes for the same seed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { loadEngine } from '../engine.mjs';
import { families } from './compose.mjs';
import { indexPage } from './index_page.mjs';
import { randomFrom } from './random.mjs';

export const format = 'rasp-suite/1';
const licence = 'CC0-1.0';
const stateFile = '.suite.json';
const savedEvery = 20;          // accepted models between two saves of the state
const ahead = 64;               // candidates that may be finished before their turn
const mostTries = 30;           // candidates per wanted model before it is said that no more are found

/** What ends a suite with a sentence for people; nothing is overwritten. */
export class SuiteError extends Error {
  constructor(message, hint) {
    super(message);
    this.hint = hint;
  }
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const json = (value) => `${JSON.stringify(value, null, 1)}\n`;

function write(file, bytes) {  // whole or not at all
  const partial = `${file}.partial`;
  try {
    writeFileSync(partial, bytes);
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    if (error.code === 'ENOSPC') throw new SuiteError(`The disk is full: ${file} could not be written`, 'Free some space and run the same command again: it goes on where it stopped.');
    throw new SuiteError(`${file} cannot be written (${error.code ?? error.message})`, 'Choose a folder that can be written to.');
  }
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new SuiteError(`${file} is damaged: it is not JSON`, 'Move the folder away, or choose another --out.');
  }
}

const sameSettings = (a, b) => a.seed === b.seed && a.count === b.count && a.version === b.version;
const settingsSaid = (s) => `count ${s.count}, seed ${s.seed}, compiler ${s.version}`;

/** What DIR holds already: nothing, a part of this very suite, or all of it. Anything else is refused. */
function existing(folder, settings) {
  if (!existsSync(folder)) return { entries: [], next: 0 };
  if (!statSync(folder).isDirectory()) throw new SuiteError(`${folder} is a file`, 'Choose a folder for --out.');
  const manifest = path.join(folder, 'manifest.json'), state = path.join(folder, stateFile);
  if (existsSync(manifest)) {
    const made = readJson(manifest);
    if (made.format !== format) throw new SuiteError(`${folder} holds a suite of another format (${made.format})`, 'Choose another --out.');
    if (!sameSettings(made.settings, settings)) throw new SuiteError(`${folder} holds another suite (${settingsSaid(made.settings)})`, 'Choose another --out.');
    return { complete: made };
  }
  if (existsSync(state)) {
    const made = readJson(state);
    if (!sameSettings(made.settings, settings)) throw new SuiteError(`${folder} holds the beginning of another suite (${settingsSaid(made.settings)})`, 'Choose another --out, or finish that one first.');
    return made;
  }
  if (readdirSync(folder).length > 0) throw new SuiteError(`${folder} is not empty and holds no suite`, 'Choose a new folder for --out: nothing is overwritten.');
  return { entries: [], next: 0 };
}

/** The files of a finished suite that are missing or are not what the manifest says. */
export function damaged(folder, manifest) {
  const wrong = [];
  for (const model of manifest.models)
    for (const [name, { sha256: expected }] of Object.entries(model.files)) {
      const file = path.join(folder, 'models', model.id, name);
      if (!existsSync(file) || sha256(readFileSync(file)) !== expected) wrong.push(path.join('models', model.id, name));
    }
  return wrong;
}

function progress(total) {
  const began = Date.now(), tty = process.stderr.isTTY;
  let shown = 0;
  return (done, tried) => {
    const now = Date.now();
    if (done < total && now - shown < (tty ? 100 : 5000)) return;
    shown = now;
    const left = done > 0 ? Math.round(((now - began) / done) * (total - done) / 1000) : '?';
    const bar = '█'.repeat(Math.round((24 * done) / total)).padEnd(24, '░');
    process.stderr.write(tty ? `\r${bar} ${done}/${total} models, ${tried} programs tried, ${left} s left ` : `${done}/${total} models, ${tried} programs tried\n`);
    if (done === total && tty) process.stderr.write('\n');
  };
}

/** Candidates in the order of their index, made by `jobs` workers. `take(index, made)` returns false to stop. */
function inOrder(first, seed, jobs, take) {
  return new Promise((resolve, reject) => {
    const waiting = new Map(), workers = [];
    let next = first, due = first, ended = false;
    const end = (error) => {
      if (ended) return;
      ended = true;
      for (const worker of workers) void worker.terminate();
      if (error) reject(error);
      else resolve();
    };
    const give = (worker) => {
      if (next - due < ahead) worker.postMessage(next++);
      else setTimeout(() => !ended && give(worker), 5);
    };
    for (let i = 0; i < jobs; ++i) {
      const worker = new Worker(new URL('./worker.mjs', import.meta.url), { workerData: { seed } });
      workers.push(worker);
      worker.on('error', end);
      worker.on('message', (message) => {
        if (ended) return;
        if (!message.ready) waiting.set(message.index, message.made);
        try {
          for (; waiting.has(due); ++due) {
            const made = waiting.get(due);
            waiting.delete(due);
            if (take(due, made) === false) return end();
          }
        } catch (error) {
          return end(error);
        }
        give(worker);
      });
    }
  });
}

function accept(folder, seed, entries, made) {
  const { files, name, ...facts } = made;
  const number = String(entries.length + 1).padStart(4, '0');
  const id = `${number}-${name}`;
  const part = randomFrom(`suite ${seed} split ${number}`).below(10);
  const entry = { id, ...facts, split: part < 8 ? 'train' : part === 8 ? 'validation' : 'test', licence, files: {} };
  mkdirSync(path.join(folder, 'models', id), { recursive: true });
  for (const [file, bytes] of Object.entries(files)) {
    write(path.join(folder, 'models', id, file), bytes);
    entry.files[file] = { bytes: bytes.length, sha256: sha256(bytes) };
  }
  entries.push(entry);
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
 * @param {{count: number, seed: number, out: string, jobs?: number}} options
 * @returns {Promise<object>} a document for standard output
 */
export async function makeSuite({ count, seed, out, jobs = Math.max(1, os.cpus().length) }) {
  const engine = await loadEngine();
  const { version } = await engine.request({ command: 'compile', program: '#@ vocabulary "a"\nx = tokens;' });
  const settings = { count, seed, version };
  const found = existing(out, settings);
  if (found.complete) {
    const wrong = damaged(out, found.complete);
    if (wrong.length) throw new SuiteError(`${out} is complete, but ${wrong.length === 1 ? `${wrong[0]} is` : `${wrong.length} files are (first ${wrong[0]})`} missing or changed`, 'Make it again in a new folder: the same seed gives the same bytes.');
    return { ok: true, out, models: found.complete.models.length, rejected: found.complete.rejected, complete: true };
  }
  const { entries, next } = found;
  const rejected = found.rejected ?? {};
  const broken = found.broken ?? [];
  const prints = new Set(entries.map((entry) => entry.fingerprint));
  const show = progress(count);
  const save = (index) => write(path.join(out, stateFile), json({ settings, entries, rejected, broken, next: index }));
  const reject = (code) => { rejected[code] = (rejected[code] ?? 0) + 1; };
  mkdirSync(path.join(out, 'models'), { recursive: true });
  save(next);
  if (entries.length < count)
    await inOrder(next, seed, jobs, (index, made) => {
      if (index >= mostTries * count + 1000) throw new SuiteError(`Only ${entries.length} of ${count} models were found among ${index} programs`, 'Ask for fewer with --count.');
      if (made.rejected) {
        reject(made.rejected);
        if (['broken', 'differs', 'limit-time'].includes(made.rejected)) broken.push({ index, why: made.why ?? made.rejected });
      } else if (prints.has(made.fingerprint)) reject('duplicate');
      else {
        prints.add(made.fingerprint);
        accept(out, seed, entries, made);
        if (entries.length % savedEvery === 0) save(index + 1);
      }
      show(entries.length, index + 1);
      return entries.length < count;
    });
  const manifest = { format, settings, families, licence, rejected, broken, models: entries };
  finish(out, manifest);
  const levels = {};
  for (const { difficulty } of entries) levels[difficulty.level] = (levels[difficulty.level] ?? 0) + 1;
  return { ok: true, out, models: entries.length, levels, rejected, broken };
}
