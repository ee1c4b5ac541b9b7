// Workers for what the laboratory's engine alone can do. Each is ended and begun again by end(). None stands in the
// editor's way.
import { workerUrl } from '../engine/trusted';
import LabWorker from './labWorker?worker&url';

export interface Answer {
  result: unknown;
  bytes?: Uint8Array<ArrayBuffer>;
}

export const stopped = 'Stopped.';

/** what: the words of its failures. */
function thread(what: string, smaller: string) {
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
      if (data.failed) return fail(`${what} ran out of memory and was started again. ${smaller}`);
      waiting.get(data.id)?.resolve(data);
      waiting.delete(data.id);
      return undefined;
    };
    w.onerror = () => fail(`${what} could not be loaded. Without a network it needs one first visit.`);
    return w;
  }

  return {
    /** Rejects where the thread is lost, with a sentence for people. */
    ask: (request: object): Promise<Answer> =>
      new Promise((resolve, reject) => {
        const id = next++;
        waiting.set(id, { resolve, reject });
        try {
          (worker ??= open()).postMessage({ id, request });
        } catch {
          fail(`This browser cannot start the thread of ${what.toLowerCase()}.`);
        }
      }),
    /** Ends what runs, whatever it is. */
    end: () => fail(stopped),
  };
}

export const { ask, end } = thread('The laboratory', 'Choose a smaller program, fewer examples or a smaller model.');
/** Writes listings of craft while a run of the laboratory goes on. */
export const lister = thread('The writer of listings', 'Choose a smaller program.');
