// Python programs from Node: a worker that is started at the first of them, and replaced when a program brings it down.
import { Worker } from 'node:worker_threads';
import { causeOf, endedGraph } from './ended.mjs';

const grace = 2_000; // ms beyond a request's limit, for what Python cannot interrupt
const start = 60_000;

const refused = (code, message, hint, id) => ({
  refused: {
    ok: false,
    ...(id === undefined ? {} : { id }),
    diagnostics: [
      { severity: 'error', code, class: 'limit', message, line: 1, column: 1, end_line: 1, end_column: 1, hint },
    ],
  },
});

export function pythonClient() {
  let worker, ready, waiting, line;

  function begin() {
    worker = new Worker(new URL('./worker.mjs', import.meta.url));
    worker.unref();
    ready = new Promise((resolve, reject) => {
      worker.on('message', (message) => {
        if (message.ready) resolve();
        else if ('line' in message) line = message.line;
        else waiting?.(message);
      });
      worker.on('error', (error) => {
        waiting?.({ failed: String(error) });
        reject(error);
      });
      worker.on('exit', () => waiting?.({ failed: 'it has come to an end' }));
    });
    ready.catch(() => {});
  }

  async function end() {
    const last = worker;
    worker = undefined;
    await last?.terminate();
  }

  /** One request at a time. */
  async function ask(text, limit) {
    if (!worker) begin();
    worker.ref();
    let clock;
    const late = (ms) =>
      new Promise((resolve) => {
        clock = setTimeout(resolve, ms, { late: true });
      });
    try {
      const started = await Promise.race([ready.then(() => ({})), late(start)]);
      clearTimeout(clock);
      if (started.late) return { failed: 'it did not start' };
      line = undefined;
      const answer = new Promise((resolve) => {
        waiting = resolve;
      });
      worker.postMessage({ text });
      return await Promise.race([answer, late(limit + grace)]);
    } finally {
      clearTimeout(clock);
      waiting = undefined;
      worker?.unref();
    }
  }

  return {
    /** {graph}, or {refused}: a document, for a request whose program is Python. */
    async graph(text, { limit_ms, id } = {}) {
      const limit = limit_ms > 0 ? limit_ms : 10_000;
      let answer;
      try {
        answer = await ask(text, limit);
      } catch (error) {
        answer = { failed: String(error) };
      }
      if (answer.graph === undefined || answer.ended) await end();
      if (answer.graph !== undefined) return { graph: answer.graph };
      if (/Cannot find (package|module)|MODULE_NOT_FOUND/.test(answer.failed))
        return refused(
          'python-not-loaded',
          'Python is not installed',
          'It comes as the npm package pyodide: npm install pyodide@314.0.7',
          id,
        );
      return { graph: endedGraph(text, answer.late ? 'time' : causeOf(answer.failed), line) };
    },
    end,
  };
}
