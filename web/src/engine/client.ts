/**
 * Talks to an engine worker. Requests are answered in order. A request that passes its deadline, and `stop()`, end the
 * worker; the next request starts another one from the same compiled module. Whoever waits then gets a refusal, never
 * silence. A worker that the browser ends is noticed at once, where the browser has locks, else at the deadline: what
 * waited is asked again, once, unless it is about a model that went with the worker.
 */
import type { Asked, Failure, Result, Results } from './protocol';
import type { Raw, Tokens } from './raw';

/** `arena` comes with `trace`, `bytes` with `export`; `traced` with a `compile` whose model was to be run at once. */
export interface Answer<R> {
  result: R;
  arena?: Float32Array;
  bytes?: Uint8Array<ArrayBuffer>;
  traced?: Answer<Results['trace']>;
}
interface Waiting {
  request: Asked;
  input: Tokens | undefined;
  again: boolean;
  resolve: (a: Answer<never>) => void;
  timer: ReturnType<typeof setTimeout>;
}

/** The worker gets a little longer than the engine's own limit, which gives the better message. */
export const engineLimitMs = 10_000;
const deadlineMs = engineLimitMs + 2_000;

export function refusal(code: string, message: string, hint: string): Failure {
  return {
    ok: false,
    diagnostics: [
      { severity: 'error', code, class: 'limit', message, line: 1, column: 1, end_line: 1, end_column: 1, hint },
    ],
  };
}

const unavailable = () =>
  refusal(
    'engine',
    'The engine could not be started',
    'This browser may lack WebAssembly or workers, or a file of the page could not be loaded: reload it.',
  );

const smaller = 'Make the program, its vocabulary or its maximal length smaller.';
const ended = () => refusal('stopped', 'The browser ended the engine’s thread; it was started again', 'Do this again.');

/** Resolves when the worker that holds this lock is gone. */
const released = (lock: string): Promise<void> => navigator.locks.request(lock, () => {});

export class Engine {
  #worker: Worker | null = null;
  #next = 1;
  #waiting = new Map<number, Waiting>();

  /** Grows whenever a worker is lost: handles of models that it held are void. */
  generation = 0;

  /** Called when the browser has ended the worker: its models have to be made again. */
  onEnded: () => void = () => {};

  /** Of a request whose program is in another language, its graph or a refusal; null where the engine reads the program itself. */
  tabulate: (request: Asked) => Promise<{ graph: Raw } | { refused: Failure }> | null = () => null;

  constructor(
    private readonly start: () => Worker,
    private readonly deadline = deadlineMs,
    private readonly whenGone = released,
  ) {}

  get busy() {
    return this.#waiting.size > 0;
  }

  /** input: what the model of a `compile` is run on at once, so that nobody waits for a second answer. */
  request<Q extends Asked>(request: Q, input?: Tokens): Promise<Answer<Result<Q['command']>>> {
    const tabulated = this.tabulate(request);
    return new Promise((resolve) => {
      if (!tabulated) this.#ask(request, input, false, resolve);
      else
        void tabulated.then((t) =>
          'graph' in t
            ? this.#ask({ ...request, graph: t.graph } as Asked, input, false, resolve)
            : resolve({ result: t.refused as never }),
        );
    });
  }

  #ask(request: Asked, input: Tokens | undefined, again: boolean, resolve: Waiting['resolve']) {
    const id = this.#next++;
    const timer = setTimeout(
      () => this.#lose(refusal('limit-time', 'This took too long and was stopped', smaller)),
      this.deadline,
    );
    this.#waiting.set(id, { request, input, again, resolve, timer });
    try {
      (this.#worker ?? this.#open()).postMessage({ id, request, input });
    } catch {
      this.#lose(unavailable()); // a browser without workers
    }
  }

  /** Ends the work under way. */
  stop() {
    if (this.busy) this.#lose(refusal('stopped', 'Stopped', 'Edit the program or its settings to start again.'));
  }

  #open(): Worker {
    const worker = this.start();
    worker.onmessage = ({ data }) => {
      if (data.lock) {
        void this.whenGone(data.lock).then(() => {
          if (this.#worker === worker) this.#endedByBrowser();
        });
        return undefined;
      }
      if (data.crashed) {
        return this.#lose(
          refusal(
            'limit-memory',
            'The engine ran out of memory or stack and was started again',
            'Make the program or its settings smaller.',
          ),
        );
      }
      const entry = this.#waiting.get(data.id);
      if (!entry) return undefined;
      clearTimeout(entry.timer);
      this.#waiting.delete(data.id);
      return entry.resolve(data);
    };
    worker.onerror = () => this.#lose(unavailable());
    this.#worker = worker;
    return worker;
  }

  #lose(result: Failure) {
    for (const { resolve } of this.#end()) resolve({ result: result as never }); // every command may fail so
  }

  #endedByBrowser() {
    for (const { request, input, again, resolve } of this.#end()) {
      if (again || 'handle' in request) resolve({ result: ended() as never });
      else this.#ask(request, input, true, resolve);
    }
    this.onEnded();
  }

  /** Ends the worker; who waited for it is the caller's to answer. */
  #end(): Waiting[] {
    this.#worker?.terminate();
    this.#worker = null;
    ++this.generation;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { timer } of waiting) clearTimeout(timer);
    return waiting;
  }
}

/** Runs the latest of the jobs it is given: one at a time, those in between are dropped. */
export function latestWins<T>(run: (job: T, superseded: () => boolean) => Promise<void>): (job: T) => void {
  let running = false;
  let pending: { job: T } | null = null;
  const pump = async () => {
    if (running) return;
    running = true;
    while (pending) {
      const { job } = pending;
      pending = null;
      try {
        await run(job, () => pending !== null);
      } catch (error) {
        console.error(error); // a bug of the page: the next job must still run
      }
    }
    running = false;
  };
  return (job) => {
    pending = { job };
    void pump();
  };
}
