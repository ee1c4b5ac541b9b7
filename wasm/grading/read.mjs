// The programs of one submission's files. Runs in a worker: the bytes are a student's.
import path from 'node:path';
import { decodeLink } from '../course/link.mjs';
import { parseSubmission } from '../course/submission.mjs';
import { unzip } from './collect.mjs';

function decode(file) {
  if (file.problem) throw new Error(file.problem);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file.bytes);
  } catch {
    // The first byte at which decoding fails, by bisection over prefixes.
    let low = 0,
      high = file.bytes.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      try {
        new TextDecoder('utf-8', { fatal: true }).decode(file.bytes.subarray(0, middle), { stream: true });
        low = middle;
      } catch {
        high = middle;
      }
    }
    throw new Error(`${file.path} is not UTF-8 text: byte ${low + 1}`);
  }
}

/**
 * @returns {Promise<{programs: Object<string, string>, student: object, notes: string[], problem: string}>} problem:
 * nothing can be graded, and why
 */
export async function readSubmission(files, assignment, fingerprint) {
  const notes = [],
    programs = new Map();
  let student = {},
    problem = '';
  try {
    const all = files
      .flatMap((f) => {
        if (!/\.zip$/i.test(f.path)) return [f];
        if (f.problem) throw new Error(f.problem);
        const inner = unzip(f.bytes);
        if (inner.problem) throw new Error(`${f.path}: ${inner.problem}`);
        if (!inner.files.length) throw new Error(`${f.path}: there is nothing to grade in this zip`);
        return inner.files;
      })
      .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    const documents = all.filter((f) => /\.(json|link)$/i.test(f.path)),
      texts = all.filter((f) => /\.rasp$/i.test(f.path));
    const zips = all.filter((f) => /\.zip$/i.test(f.path));
    if (zips.length) notes.push(`${zips[0].path}: a zip in a zip is not opened`);

    const read = [];
    for (const f of documents) {
      try {
        const plain = decode(f),
          text = f.path.endsWith('.link') ? ((await decodeLink(plain))?.text ?? '') : plain,
          { submission, diagnostics } = parseSubmission(text, { assignment, fingerprint });
        const first = diagnostics.find((d) => d.severity === 'error');
        if (!submission) throw new Error(`${f.path}, line ${first.line}, column ${first.column}: ${first.message}`);
        notes.push(...diagnostics.map((d) => d.message));
        read.push({ f, submission });
      } catch (error) {
        problem ||= error.message;
      }
    }
    if (read.length) {
      const { f, submission } = read.at(-1);
      if (read.length > 1) notes.push(`of ${read.length} submission files, ${f.path} was taken`);
      if (problem) notes.push(problem);
      problem = '';
      student = submission.student ?? {};
      for (const [id, text] of Object.entries(submission.programs)) programs.set(id, text);
    }
    for (const f of texts) {
      const id = path.posix.basename(f.path).slice(0, -5).toLowerCase();
      const task =
        assignment.tasks.find((t) => t.id === id) ??
        (assignment.tasks.length === 1 && texts.length === 1 ? assignment.tasks[0] : null);
      if (!task) {
        notes.push(`${f.path}: the assignment has no task of this name`);
        continue;
      }
      try {
        const text = decode(f);
        if (programs.has(task.id)) notes.push(`${f.path} was left out: there is another program for this task`);
        else programs.set(task.id, text);
        problem = '';
      } catch (error) {
        notes.push(error.message);
      }
    }
    if (!programs.size && !problem && !read.length)
      problem = notes[0] ?? 'No submission file and no task’s program was found';
  } catch (error) {
    problem = error.message;
  }
  return { programs: Object.fromEntries(programs), student, notes, problem };
}
