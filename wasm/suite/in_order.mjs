// Work for several threads whose results are wanted in order: what is done with them does not depend on which thread
// was faster.
import { Worker } from 'node:worker_threads';

const ahead = 64; // results that may be finished before their turn

/**
 * Asks workers for first, first + 1, … (below `end`). A worker posts {ready: true} once and then {index, made} for
 * every index that it is sent.
 * @param {{worker: URL, workerData: object, jobs: number, first: number, end?: number}} work
 * @param {(index: number, made: object) => boolean | void} take called in the order of the indices; returns false to
 * stop
 */
export function inOrder({ worker: url, workerData, jobs, first, end: last = Infinity }, take) {
  return new Promise((resolve, reject) => {
    const waiting = new Map(),
      workers = [];
    let next = first,
      due = first,
      ended = false;
    const end = (error) => {
      if (ended) return;
      ended = true;
      for (const worker of workers) void worker.terminate();
      if (error) reject(error);
      else resolve();
    };
    if (first >= last) return end();
    const give = (worker) => {
      if (next >= last) return;
      if (next - due < ahead) worker.postMessage(next++);
      else setTimeout(() => !ended && give(worker), 5);
    };
    for (let i = 0; i < Math.min(jobs, last - first); ++i) {
      const worker = new Worker(url, { workerData });
      workers.push(worker);
      worker.on('error', end);
      worker.on('message', (message) => {
        if (ended) return;
        if (!message.ready) waiting.set(message.index, message.made);
        try {
          for (; waiting.has(due); ++due) {
            const made = waiting.get(due);
            waiting.delete(due);
            if (take(due, made) === false || due + 1 >= last) return end();
          }
        } catch (error) {
          return end(error);
        }
        give(worker);
      });
    }
  });
}
