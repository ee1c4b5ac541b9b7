/**
 * A course system's own interface (SCORM 1.2 or 2004): where the page was opened from a SCORM package, the student's
 * work and points are handed to it, and read from it when the work is opened again. The interface is an object that the
 * course system puts into a window around the page's, or into the one that opened it.
 */
export interface LmsTask {
  id: string;
  points: number;
  of: number;
}
export interface Lms {
  student: { name: string; id: string };
  /** What `save` kept last; '' at the first time. */
  suspended: string;
  /** Whether it has been handed in. */
  done: boolean;
  /** Hands over points and work, and asks for both to be stored. What went wrong, for people; '' where nothing did. */
  save(work: string, tasks: LmsTask[], done: boolean): string;
  /** The last word, when the page is closed. */
  end(): void;
}

type Api = Record<string, (...values: string[]) => unknown>;
type Names = { [K in 'begin' | 'get' | 'set' | 'store' | 'end' | 'error']: string };

const dialects = {
  2004: {
    object: 'API_1484_11',
    name: 'cmi.learner_name',
    id: 'cmi.learner_id',
    score: 'cmi.score',
    scaled: true,
    result: 'cmi.interactions',
    kind: 'other',
    status: 'cmi.completion_status',
    exit: 'cmi.exit',
    call: {
      begin: 'Initialize',
      get: 'GetValue',
      set: 'SetValue',
      store: 'Commit',
      end: 'Terminate',
      error: 'GetLastError',
    } satisfies Names,
  },
  1.2: {
    object: 'API',
    name: 'cmi.core.student_name',
    id: 'cmi.core.student_id',
    score: 'cmi.core.score',
    scaled: false,
    result: 'cmi.interactions',
    kind: 'performance',
    status: 'cmi.core.lesson_status',
    exit: 'cmi.core.exit',
    call: {
      begin: 'LMSInitialize',
      get: 'LMSGetValue',
      set: 'LMSSetValue',
      store: 'LMSCommit',
      end: 'LMSFinish',
      error: 'LMSGetLastError',
    } satisfies Names,
  },
};
type Dialect = (typeof dialects)['1.2' | '2004'];

const mostWindows = 100;

/** Looks in the window and those around it. Windows of other sites refuse to be looked into. */
function around(start: Window | null, object: string): Api | null {
  let w = start;
  for (let i = 0; w && i < mostWindows; ++i) {
    try {
      const api = (w as unknown as Record<string, Api | undefined>)[object];
      if (api) return api;
    } catch {
      /* another site's */
    }
    if (w.parent === w) return null;
    w = w.parent;
  }
  return null;
}

const find = (w: Window, object: string): Api | null => around(w, object) ?? around(w.opener as Window | null, object);

class Connection implements Lms {
  readonly student: { name: string; id: string };
  readonly suspended: string;
  readonly done: boolean;
  #open = true;

  constructor(
    private readonly api: Api,
    private readonly d: Dialect,
  ) {
    this.student = { name: this.#get(d.name), id: this.#get(d.id) };
    this.suspended = this.#get('cmi.suspend_data');
    this.done = ['completed', 'passed'].includes(this.#get(d.status));
  }

  #call(what: keyof Names, ...values: string[]): string {
    return String(this.api[this.d.call[what]]!(...values) ?? '');
  }
  #get(element: string): string {
    return this.#call('get', element);
  }
  #set(element: string, value: string): boolean {
    return this.#call('set', element, value) === 'true';
  }

  save(work: string, tasks: LmsTask[], done: boolean): string {
    if (!this.#open) return 'The course system has closed this work: open it there again.';
    try {
      this.#setPoints(tasks);
      this.#set(this.d.status, done ? 'completed' : 'incomplete');
      this.#set(this.d.exit, 'suspend');
      // Some systems cut what is too long without a word.
      const kept = this.#set('cmi.suspend_data', work) && this.#get('cmi.suspend_data') === work;
      if (!kept)
        return `Your programs are too long for this course system (${work.length} characters, packed): export the submission, and hand in the file.`;
      return this.#call('store', '') === 'true'
        ? ''
        : 'The course system did not store this: export the submission, and hand in the file.';
    } catch {
      return 'The course system did not answer: export the submission, and hand in the file.';
    }
  }

  #setPoints(tasks: LmsTask[]) {
    const { score, scaled, result, kind } = this.d;
    const all = tasks.reduce((n, t) => n + t.of, 0),
      share = all ? tasks.reduce((n, t) => n + t.points, 0) / all : 0;
    this.#set(`${score}.min`, '0');
    this.#set(`${score}.max`, '100');
    this.#set(`${score}.raw`, String(Math.round(share * 10_000) / 100));
    if (scaled) this.#set(`${score}.scaled`, String(Math.round(share * 10_000) / 10_000));
    for (const [i, t] of tasks.entries()) {
      this.#set(`${result}.${i}.id`, t.id);
      this.#set(`${result}.${i}.type`, kind);
      this.#set(`${result}.${i}.weighting`, String(t.of));
      this.#set(`${result}.${i}.result`, String(t.points));
    }
  }

  end() {
    if (!this.#open) return;
    this.#open = false;
    try {
      this.#call('store', '');
      this.#call('end', '');
    } catch {
      /* it has gone */
    }
  }
}

/** Null where no course system is around this page, or it refuses. */
export function connect(w: Window): Lms | null {
  for (const d of [dialects[2004], dialects['1.2']]) {
    try {
      const api = find(w, d.object);
      if (api && String(api[d.call.begin]!('')) === 'true') return new Connection(api, d);
    } catch {
      /* the next */
    }
  }
  return null;
}
