/**
 * Talks to an engine worker. Requests are answered in order. A request that passes its deadline, and `stop()`, end the worker;
 * the next request starts another one from the same compiled module. Whoever waits then gets a refusal, never silence.
 */
import type { Asked, Failure, Result } from './protocol';

/** `arena` comes with `trace`, `bytes` with `export`. */
export interface Answer<R> { result: R; arena?: Float32Array; bytes?: Uint8Array<ArrayBuffer> }
interface Waiting { resolve: (a: Answer<never>) => void; timer: ReturnType<typeof setTimeout> }

/** The worker gets a little longer than the engine's own limit, which gives the better message. */
export const engineLimitMs = 10_000;
const deadlineMs = engineLimitMs + 2_000;

export function refusal(code: string, message: string, hint: string): Failure {
  return { ok: false, diagnostics: [{ severity: 'error', code, class: 'limit', message, line: 1, column: 1, end_line: 1, end_column: 1, hint }] };
}

const unavailable = () => refusal('engine', 'The engine could not be started', 'This browser may lack WebAssembly or workers, or a file of the page could not be loaded: reload it.');

export class Engine {
  #worker: Worker | null = null;
  #next = 1;
  #waiting = new Map<number, Waiting>();

  /** Grows whenever a worker is lost: handles of models that it held are void. */
  generation = 0;

  constructor(private readonly start: () => Worker, private readonly deadline = deadlineMs) {}

  get busy() { return this.#waiting.size > 0; }

  request<Q extends Asked>(request: Q): Promise<Answer<Result<Q['command']>>> {
    const id = this.#next++;
    return new Promise((resolve) => {
      const smaller = 'Make the program, its vocabulary or its maximal length smaller.';
      const timer = setTimeout(() => this.#lose(refusal('limit-time', 'This took too long and was stopped', smaller)), this.deadline);
      this.#waiting.set(id, { resolve, timer });
      try {
        (this.#worker ?? this.#open()).postMessage({ id, request });
      } catch {
        this.#lose(unavailable());  // a browser without workers
      }
    });
  }

  /** Ends the work under way. */
  stop() {
    if (this.busy) this.#lose(refusal('stopped', 'Stopped', 'Edit the program or its settings to start again.'));
  }

  #open(): Worker {
    const worker = this.start();
    worker.onmessage = ({ data }) => {
      if (data.crashed) {
        return this.#lose(refusal('limit-memory', 'The engine ran out of memory or stack and was started again', 'Make the program or its settings smaller.'));
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
    this.#worker?.terminate();
    this.#worker = null;
    ++this.generation;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { resolve, timer } of waiting) {
      clearTimeout(timer);
      resolve({ result: result as never });  // every command may fail so
    }
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
        console.error(error);  // a bug of the page: the next job must still run
      }
    }
    running = false;
  };
  return (job) => {
    pending = { job };
    void pump();
  };
}
