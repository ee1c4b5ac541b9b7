/** Gives a student's work to the course system that the page was opened from: soon after a change, at once when asked, and when the page is left. */
import { signal } from '@preact/signals';
import { type Assignment, buildSubmission, decodeLink, parseSubmission } from '../../../wasm/course/index.mjs';
import { readSuspended, suspended } from '../../../wasm/course/scorm.mjs';
import type { Lms } from './lms';
import { type Progress, emptyProgress } from './progress';

const restMs = 1500;

export class Handing {
  /** What went wrong, for people. */
  readonly problem = signal('');
  readonly done;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #latest: Progress | null = null;

  constructor(
    private readonly lms: Lms,
    private readonly assignment: Assignment,
    private readonly fingerprint: string,
    private readonly engine: string,
  ) {
    this.done = signal(lms.done);
    addEventListener('visibilitychange', () => {
      if (document.hidden) this.#flush();
    });
    addEventListener('pagehide', (e) => {
      this.#flush();
      if (!e.persisted) lms.end();
    });
  }

  /** The work as the course system kept it. */
  async begin(): Promise<Progress> {
    const { assignment, lms } = this,
      fresh = emptyProgress(assignment, lms.student);
    if (!lms.suspended) return fresh;
    const kept = readSuspended(lms.suspended);
    const link = kept && (await decodeLink(kept.fragment).catch(() => null));
    const read = link && parseSubmission(link.text, { assignment, fingerprint: this.fingerprint }).submission;
    if (!kept || !read) {
      this.problem.value =
        'What the course system kept of your earlier work cannot be read. Ask for help before you begin again.';
      return fresh;
    }
    const known = <T>(from: Record<string, T>) =>
      Object.fromEntries(assignment.tasks.flatMap((t) => (Object.hasOwn(from, t.id) ? [[t.id, from[t.id]!]] : [])));
    const best = known(kept.points);
    for (const t of assignment.tasks) if (best[t.id] !== undefined) best[t.id] = Math.min(best[t.id]!, t.points);
    const task = assignment.tasks.some((t) => t.id === kept.task) ? kept.task : fresh.task;
    return { ...fresh, task, programs: known(read.programs), best };
  }

  later(progress: Progress) {
    this.#latest = progress;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#flush(), restMs);
  }

  now(progress: Progress) {
    this.#latest = progress;
    this.#flush();
  }

  handIn(progress: Progress) {
    this.done.value = true;
    this.now(progress);
  }

  #flush() {
    clearTimeout(this.#timer);
    const p = this.#latest;
    if (!p) return;
    this.#latest = null;
    const { assignment, fingerprint, engine } = this;
    const submission = buildSubmission({ assignment, fingerprint, engine, student: p.student, programs: p.programs });
    const tasks = assignment.tasks.map((t) => ({ id: t.id, points: p.best[t.id] ?? 0, of: t.points }));
    this.problem.value = this.lms.save(suspended(submission, p.task, p.best), tasks, this.done.value);
  }
}
