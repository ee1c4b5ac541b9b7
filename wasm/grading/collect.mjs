// From what is named on the command line (folders, zips, files) to one entry a submission: {key, source, files: [{path,
// bytes}], problem}. Nothing is unpacked to disk and no path of an archive is ever opened; what students sent is read
// here but interpreted in a worker.
import { lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { Unzip, UnzipInflate, UnzipPassThrough } from 'fflate';

export const limits = {
  file: 1 << 20, // bytes of one program or submission file
  innerZip: 4 << 20, // bytes of a student's zip
  zip: 256 << 20, // bytes of a class's zip
  inflated: 256 << 20, // bytes of all that is taken out of one zip
  entries: 20_000, // of one zip or folder
};

const junk = (p) =>
  p.split('/').some((s) => s === '__MACOSX' || s.startsWith('.') || s === 'Thumbs.db' || s === 'desktop.ini');
const gradeable = (p) => /\.(json|rasp|zip)$/i.test(p);
const extension = (p) => path.posix.extname(p).toLowerCase();
const kilo = (n) => (n >= 1 << 20 ? `${n >> 20} MiB` : `${n >> 10} KiB`);

// The files of a zip, as [{path, bytes, problem}]. Sizes are counted while inflating: what the archive says of itself
// proves nothing.
export function unzip(bytes, largest = limits.file) {
  const files = [];
  let total = 0,
    entries = 0,
    failure = null;
  const archive = new Unzip((file) => {
    if (++entries > limits.entries) throw new Error(`The zip has more than ${limits.entries} entries`);
    if (file.name.endsWith('/')) return;
    const name = file.name.replaceAll('\\', '/').replace(/[\u0000-\u001f\u007f]/g, '?');
    if (junk(name) || !gradeable(name)) return;
    const entry = { path: name, bytes: new Uint8Array(0), problem: '' },
      parts = [];
    const most = extension(name) === '.zip' ? Math.max(largest, limits.innerZip) : largest;
    let size = 0;
    files.push(entry);
    file.ondata = (error, data, final) => {
      if (entry.problem) return;
      if (error) {
        entry.problem = `${name} is damaged`;
        return;
      }
      size += data.length;
      total += data.length;
      if (total > limits.inflated) throw new Error(`The zip inflates to more than ${kilo(limits.inflated)}`);
      if (size > most) {
        entry.problem = `${name} has more than ${kilo(most)}`;
        parts.length = 0;
        file.terminate();
        return;
      }
      parts.push(data.slice());
      if (final) (entry.bytes = Buffer.concat(parts)), (entry.whole = true);
    };
    file.start();
  });
  archive.register(UnzipInflate);
  archive.register(UnzipPassThrough);
  // A central directory is what makes it a zip; its absence means a truncated upload.
  if (bytes.length < 22 || !hasEnd(bytes)) return { files: [], problem: 'This is not a zip, or it was cut off' };
  try {
    const step = 1 << 15;
    for (let at = 0; at < bytes.length; at += step)
      archive.push(bytes.subarray(at, at + step), at + step >= bytes.length);
  } catch (error) {
    failure = error instanceof Error && error.message.startsWith('The zip ') ? error.message : 'The zip is damaged';
  }
  for (const f of files) {
    if (!f.whole && !f.problem) f.problem = `${f.path} is damaged`;
    delete f.whole;
  }
  return { files, problem: failure ?? '' };
}

function hasEnd(bytes) {
  for (let i = bytes.length - 22; i >= 0 && i > bytes.length - 22 - 65_536; --i) {
    if (bytes[i] === 0x50 && bytes[i + 1] === 0x4b && bytes[i + 2] === 5 && bytes[i + 3] === 6) return true;
  }
  return false;
}

// The files below a folder. Links are not followed: they could show what is not the student's.
function readFolder(folder) {
  const files = [];
  const walk = (at, prefix, depth) => {
    for (const name of readdirSync(at).sort()) {
      const full = path.join(at, name),
        relative = prefix + name;
      if (junk(name) || files.length >= limits.entries) continue;
      const stat = lstatSync(full);
      if (stat.isDirectory() && depth < 8) walk(full, `${relative}/`, depth + 1);
      else if (stat.isSymbolicLink() && gradeable(name))
        files.push({ path: relative, bytes: new Uint8Array(0), problem: `${name} is a link, which is not followed` });
      else if (stat.isFile() && gradeable(name)) files.push(readOne(full, relative, stat.size));
    }
  };
  walk(folder, '', 0);
  return files;
}

function readOne(full, name, size) {
  const most = extension(name) === '.zip' ? limits.innerZip : limits.file;
  if (size > most) return { path: name, bytes: new Uint8Array(0), problem: `${name} has more than ${kilo(most)}` };
  try {
    return { path: name, bytes: readFileSync(full), problem: '' };
  } catch {
    return { path: name, bytes: new Uint8Array(0), problem: `${name} cannot be read` };
  }
}

// A list of submission links, one a line, with a name before each: "Ada Lovelace, https://…#submission=…".
function linksOf(text) {
  return text.split('\n').flatMap((line) => {
    const match = /^(.*?)(?:https?:\/\/[^\s"',;]*)?#(submission=[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)/.exec(line);
    return match ? [{ key: match[1].replace(/[\s,;"']+/g, ' ').trim(), link: match[2] }] : [];
  });
}

const stem = (name) => name.replace(/\.(json|rasp|zip)$/i, '');
export const isTaskFile = (p, assignment) =>
  extension(p) === '.rasp' && assignment.tasks.some((t) => t.id === stem(path.posix.basename(p)).toLowerCase());

// One submission a top-level file or folder; all of it one, where task files lie at the top.
function group(files, container, source, assignment) {
  if (files.some((f) => !f.path.includes('/') && isTaskFile(f.path, assignment)))
    return [{ key: container, source, files }];
  const groups = new Map();
  for (const f of files) {
    const [top, ...below] = f.path.split('/');
    const id = below.length ? `${top}/` : top;
    if (!groups.has(id))
      groups.set(id, { key: below.length ? top : stem(top), source: source ? `${source}/${top}` : top, files: [] });
    groups.get(id).files.push(below.length ? { ...f, path: below.join('/') } : f);
  }
  return [...groups.values()];
}

// A zip often holds one folder that holds everything.
function withoutWrapper(files, assignment) {
  const tops = new Set(files.map((f) => f.path.split('/')[0]));
  if (tops.size !== 1 || !files.every((f) => f.path.includes('/'))) return files;
  const inner = files.map((f) => ({ ...f, path: f.path.split('/').slice(1).join('/') }));
  const several = new Set(inner.map((f) => f.path.split('/')[0])).size > 1;
  return several && !inner.some((f) => !f.path.includes('/') && isTaskFile(f.path, assignment))
    ? withoutWrapper(inner, assignment)
    : files;
}

/**
 * @param {boolean} [one] all that is named is one submission
 * @returns {{submissions: {key: string, source: string, files: object[], problem: string, note: string}[], problems:
 * string[]}}
 */
export function collect(paths, assignment, one = false) {
  let found = [];
  const problems = [];
  for (const given of paths) {
    const name = path.basename(path.resolve(given));
    let stat;
    try {
      stat = lstatSync(given);
      if (stat.isSymbolicLink()) stat = lstatSync(path.resolve(path.dirname(given), readlinkSync(given)));
    } catch {
      problems.push(`${given}: there is no such file or folder`);
      continue;
    }
    try {
      if (stat.isDirectory()) {
        const files = readFolder(given);
        if (!files.length) problems.push(`${given}: there is nothing to grade in this folder`);
        found.push(...group(files, name, name, assignment));
      } else if (extension(given) === '.zip') {
        if (stat.size > limits.zip) {
          problems.push(`${given} has more than ${kilo(limits.zip)}`);
          continue;
        }
        const { files, problem } = unzip(readFileSync(given));
        if (problem) problems.push(`${given}: ${problem}`);
        else if (!files.length) problems.push(`${given}: there is nothing to grade in this zip`);
        found.push(...group(withoutWrapper(files, assignment), stem(name), name, assignment));
      } else if (/\.(txt|csv)$/i.test(given)) {
        const links = stat.size > limits.innerZip ? [] : linksOf(readFileSync(given, 'utf8'));
        if (!links.length) problems.push(`${given}: there is no submission link in this file`);
        links.forEach(({ key, link }, i) =>
          found.push({
            key: key || `link-${i + 1}`,
            source: `${name}, link ${i + 1}`,
            files: [{ path: 'submission.link', bytes: Buffer.from(link), problem: '' }],
          }),
        );
      } else {
        found.push({ key: stem(name), source: name, files: [readOne(given, name, stat.size)] });
      }
    } catch {
      problems.push(`${given}: it cannot be read`);
    }
  }
  if (one && found.length)
    found = [
      { key: stem(path.basename(path.resolve(paths[0]))), source: paths[0], files: found.flatMap((s) => s.files) },
    ];
  found.sort((a, b) =>
    a.key < b.key ? -1 : a.key > b.key ? 1 : a.source < b.source ? -1 : a.source > b.source ? 1 : 0,
  );
  const taken = new Map();
  const submissions = found.map((s) => {
    let key = safe(s.key),
      note = '';
    const k = key.toLowerCase(),
      n = (taken.get(k) ?? 0) + 1;
    taken.set(k, n);
    if (n > 1) {
      note = `another submission is called "${key}" too`;
      do key = `${safe(s.key)}-${taken.get(k)}`;
      while (taken.has(key.toLowerCase()) && taken.set(k, taken.get(k) + 1));
      taken.set(key.toLowerCase(), 1);
    }
    return { ...s, key, problem: '', note };
  });
  return { submissions, problems };
}

// A key that is a file name on every system.
function safe(key) {
  const cleaned = key
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._ -]/gu, '_')
    .replace(/^[. -]+/, '_')
    .trim()
    .slice(0, 100);
  return /^(con|prn|aux|nul|com\d|lpt\d)?$/i.test(cleaned.split('.')[0]) ? `_${cleaned}` : cleaned;
}
