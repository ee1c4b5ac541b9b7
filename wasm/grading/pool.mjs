// A few workers over a list of submissions. Each submission has a deadline and a worker of its own to lose: nothing it
// does ends the class.
import { Worker } from 'node:worker_threads';

const heapMb = 384; // JavaScript heap of one worker; the engine's own memory is bounded to 1 GiB when it is built
// resident bytes of the whole process above which a worker that has finished is replaced
const recycleAbove = 1.5 * 2 ** 30;

/**
 * @param {{files: object[]}[]} submissions
 * @param {object} data workerData
 * @param {{jobs: number, limitMs: number, progress: (done: number) => void}} options
 * @returns {Promise<object[]>} by submission: what the worker answered, or {failed}
 */
export function gradeAll(submissions, data, { jobs, limitMs, progress }) {
  const answers = new Array(submissions.length);
  let next = 0,
    done = 0,
    running = 0,
    lost = 0;
  return new Promise((resolve, reject) => {
    const finish = (index, answer) => {
      answers[index] = answer;
      progress(++done);
    };
    const start = () => {
      if (next >= submissions.length) {
        if (running === 0) resolve(answers);
        return;
      }
      ++running;
      const worker = new Worker(new URL('./worker.mjs', import.meta.url), {
        workerData: data,
        resourceLimits: { maxOldGenerationSizeMb: heapMb },
        stdout: true,
        stderr: true,
      });
      let index = -1,
        timer = null,
        ended = false;
      const end = () => {
        if (ended) return;
        ended = true;
        clearTimeout(timer);
        void worker.terminate();
        --running;
        start();
      };
      const give = () => {
        if (next >= submissions.length) return end();
        index = next++;
        timer = setTimeout(() => {
          finish(index, {
            failed: `Grading it took more than ${limitMs / 1000} s and was stopped`,
            code: 'limit-time',
          });
          end();
        }, limitMs);
        worker.postMessage({ index, files: submissions[index].files });
        submissions[index].files = null;
      };
      worker.on('message', (answer) => {
        if (ended) return;
        if (answer.ready) return give();
        clearTimeout(timer);
        finish(index, answer);
        index = -1;
        if (process.memoryUsage.rss() > recycleAbove) end();
        else give();
      });
      worker.on('error', (error) => {
        if (ended) return;
        if (index >= 0)
          finish(index, {
            failed:
              error.code === 'ERR_WORKER_OUT_OF_MEMORY'
                ? 'Grading it took too much memory and was stopped'
                : 'Grading it failed',
            code: 'limit-memory',
          });
        else if (++lost > 3) return reject(error); // the worker cannot even start
        end();
      });
    };
    for (let i = 0; i < Math.max(1, Math.min(jobs, submissions.length)); ++i) start();
    if (submissions.length === 0) resolve(answers);
  });
}
