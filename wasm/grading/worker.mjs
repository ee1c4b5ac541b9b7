// Grades one submission at a time. The main thread ends this worker where a submission takes too long or too much
// memory.
import { parentPort, workerData } from 'node:worker_threads';
import { evaluateSubmission } from '../course/evaluate.mjs';
import { loadEngine } from '../engine.mjs';
import { readSubmission } from './read.mjs';

// `reading`: the whole assignment, of which one task may be graded
const { prepared, reading, fingerprint } = workerData;
const engine = await loadEngine();

parentPort.on('message', async ({ index, files }) => {
  try {
    const read = await readSubmission(files, reading, fingerprint);
    const result = await evaluateSubmission(engine, prepared, read.problem ? {} : read.programs);
    parentPort.postMessage({ index, ...read, programs: undefined, result });
  } catch (error) {
    parentPort.postMessage({ index, failed: String(error?.message ?? error).split('\n')[0] });
  }
});
parentPort.postMessage({ ready: true });
