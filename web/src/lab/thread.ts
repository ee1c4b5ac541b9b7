// One worker for experiments; ended and begun again by stop(). It never stands in the editor's way.
import { workerUrl } from '../engine/trusted';
import LabWorker from './worker?worker&url';

export interface Answer { result: unknown; bytes?: Uint8Array<ArrayBuffer> }

let worker: Worker | null = null;
let next = 1;
const waiting = new Map<number, { resolve: (a: Answer) => void; reject: (e: Error) => void }>();

function fail(message: string) {
  worker?.terminate();
  worker = null;
  const all = [...waiting.values()];
  waiting.clear();
  for (const { reject } of all) reject(new Error(message));
}

function open(): Worker {
  const w = new Worker(workerUrl(LabWorker), { type: 'module' });
  w.onmessage = ({ data }) => {
    if (data.failed) return fail('The laboratory ran out of memory and was started again. Choose a smaller program, fewer examples or a smaller model.');
    waiting.get(data.id)?.resolve(data);
    waiting.delete(data.id);
    return undefined;
  };
  w.onerror = () => fail('The laboratory could not be loaded. Without a network it needs one first visit.');
  return w;
}

/** Rejects where the thread is lost, with a sentence for people. */
export function ask(request: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const id = next++;
    waiting.set(id, { resolve, reject });
    try {
      (worker ??= open()).postMessage({ id, request });
    } catch {
      fail('This browser cannot start the laboratory’s thread.');
    }
  });
}

export const stopped = 'Stopped.';
/** Ends what runs, whatever it is. */
export const end = () => fail(stopped);
