/** Talks to the worker. A request that does not answer by its deadline ends the worker; the next one starts another. */
export interface Answer { result: any; arena?: Float32Array; bytes?: Uint8Array }

const deadline = 15_000;

export class Engine {
  #worker: Worker | null = null;
  #next = 1;
  #waiting = new Map<number, { resolve: (a: Answer) => void; timer: ReturnType<typeof setTimeout> }>();

  /** Grows whenever a worker is lost: handles of models that it held are void. */
  generation = 0;

  constructor(private readonly start: () => Worker) {}

  request(request: object): Promise<Answer> {
    const worker = this.#worker ?? this.#open();
    const id = this.#next++;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#lose('limit-time', 'This took too long and was stopped'), deadline);
      this.#waiting.set(id, { resolve, timer });
      worker.postMessage({ id, request });
    });
  }

  #open(): Worker {
    const worker = this.start();
    worker.onmessage = ({ data }) => {
      if (data.crashed) return this.#lose('limit-memory', 'The engine ran out of memory or stack and was started again');
      const entry = this.#waiting.get(data.id);
      if (!entry) return;
      clearTimeout(entry.timer);
      this.#waiting.delete(data.id);
      entry.resolve(data);
    };
    worker.onerror = () => this.#lose('engine', 'The engine could not be started: this browser may lack WebAssembly');
    this.#worker = worker;
    return worker;
  }

  #lose(code: string, message: string) {
    this.#worker?.terminate();
    this.#worker = null;
    ++this.generation;
    const diagnostics = [{ severity: 'error', code, class: 'limit', message, line: 1, column: 1, end_line: 1, end_column: 1, hint: 'Make the program, its vocabulary or its maximal length smaller.' }];
    for (const { resolve, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      resolve({ result: { ok: false, diagnostics } });
    }
    this.#waiting.clear();
  }
}

/** Runs the latest of the jobs it is given: one at a time, those in between are dropped. */
export function latestWins<T>(run: (job: T) => Promise<void>): (job: T) => void {
  let running = false;
  let pending: { job: T } | null = null;
  const pump = async () => {
    if (running) return;
    running = true;
    while (pending) {
      const { job } = pending;
      pending = null;
      await run(job);
    }
    running = false;
  };
  return (job) => {
    pending = { job };
    void pump();
  };
}
