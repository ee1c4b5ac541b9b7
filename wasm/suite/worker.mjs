// Makes candidates one at a time for the main thread.
import { parentPort, workerData } from 'node:worker_threads';
import { loadEngine } from '../engine.mjs';
import { candidate } from './build.mjs';

const options = { share: workerData.compress, known: new Set() };
const engine = await loadEngine('laboratory');
parentPort.on('message', async (index) => {
  try {
    parentPort.postMessage({ index, made: await candidate(engine, workerData.seed, index, options) });
  } catch (error) {
    parentPort.postMessage({
      index,
      made: { rejected: 'broken', why: String(error?.message ?? error).split('\n')[0] },
    });
  }
});
parentPort.postMessage({ ready: true });
