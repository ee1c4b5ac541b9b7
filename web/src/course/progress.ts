/**
 * What a student has done on one assignment, kept in this browser: one record for each assignment (by fingerprint) and
 * student. Pure but for the store that it is given.
 */
import type { Assignment, Task } from '../../../wasm/course/index.mjs';

export interface Progress {
  student: { name: string; id: string };
  task: string; // the open one
  programs: Record<string, string>; // by task
  attempts: Record<string, string[]>; // different programs that were checked and failed, newest last, as short hashes
  best: Record<string, number>; // best checked score
}

export type Store = Pick<Storage, 'getItem' | 'setItem'>;

const mostAttempts = 100;
const currentKey = (fingerprint: string) => `rasp-course-student:${fingerprint}`;
const recordKey = (fingerprint: string, student: string) => `rasp-course:${fingerprint}:${student}`;

export function emptyProgress(assignment: Assignment, student = { name: '', id: '' }): Progress {
  return { student, task: assignment.tasks[0]!.id, programs: {}, attempts: {}, best: {} };
}

const text = (v: unknown, most: number): string => (typeof v === 'string' ? v.slice(0, most) : '');
const record = <T>(v: unknown, accept: (x: unknown) => T | undefined, known: Set<string>): Record<string, T> => {
  if (!v || typeof v !== 'object') return {};
  return Object.fromEntries(
    Object.entries(v).flatMap(([k, x]) => {
      const a = known.has(k) ? accept(x) : undefined;
      return a === undefined ? [] : [[k, a]];
    }),
  );
};

/** What the store holds, or a fresh record: nothing in it is trusted. */
export function readProgress(store: Store, assignment: Assignment, fingerprint: string, student?: string): Progress {
  try {
    const who = student ?? store.getItem(currentKey(fingerprint)) ?? '';
    const raw = JSON.parse(store.getItem(recordKey(fingerprint, who)) ?? 'null');
    if (!raw || typeof raw !== 'object') return emptyProgress(assignment, { name: student ?? '', id: '' });
    const known = new Set(assignment.tasks.map((t) => t.id));
    return {
      student: { name: text(raw.student?.name, 200), id: text(raw.student?.id, 200) },
      task: known.has(raw.task) ? raw.task : assignment.tasks[0]!.id,
      programs: record(raw.programs, (x) => (typeof x === 'string' ? x : undefined), known),
      attempts: record(
        raw.attempts,
        (x) =>
          Array.isArray(x) ? x.filter((h): h is string => typeof h === 'string').slice(-mostAttempts) : undefined,
        known,
      ),
      best: record(raw.best, (x) => (typeof x === 'number' && Number.isFinite(x) ? x : undefined), known),
    };
  } catch {
    return emptyProgress(assignment);
  }
}

export function hasProgress(store: Store, fingerprint: string, student: string): boolean {
  try {
    const raw = JSON.parse(store.getItem(recordKey(fingerprint, student)) ?? 'null');
    return Boolean(raw?.programs && Object.keys(raw.programs).length);
  } catch {
    return false;
  }
}

/** False where the browser keeps nothing. */
export function writeProgress(store: Store, fingerprint: string, progress: Progress): boolean {
  try {
    store.setItem(recordKey(fingerprint, progress.student.name), JSON.stringify(progress));
    store.setItem(currentKey(fingerprint), progress.student.name);
    return true;
  } catch {
    return false;
  }
}

// FNV-1a, 32 bits: only tells programs of one student apart.
export function shortHash(program: string): string {
  let h = 0x811c9dc5;
  for (let i = 0; i < program.length; ++i) h = Math.imul(h ^ program.charCodeAt(i), 0x01000193);
  return (h >>> 0).toString(16).padStart(8, '0');
}

/** A checked program: its score, and an attempt more where it failed and is another program than before. */
export function afterCheck(progress: Progress, task: string, program: string, score: number, right: boolean): Progress {
  const before = progress.attempts[task] ?? [],
    hash = shortHash(program.trim());
  return {
    ...progress,
    best: { ...progress.best, [task]: Math.max(progress.best[task] ?? 0, score) },
    attempts:
      right || before.includes(hash)
        ? progress.attempts
        : { ...progress.attempts, [task]: [...before, hash].slice(-mostAttempts) },
  };
}

/** Hints in order, those that are locked with how many failed checks are still to go. */
export function hintsOf(task: Task, failed: number): { text: string; missing: number }[] {
  return (task.hints ?? []).map((h, i) => ({ text: h.text, missing: Math.max(0, (h.after ?? i + 1) - failed) }));
}
