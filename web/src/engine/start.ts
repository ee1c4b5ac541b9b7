// One compiled module, any number of workers.
import wasmUrl from '@engine/engine.wasm?url';
import { workerUrl } from './trusted';
import { Engine } from './client';
import EngineWorker from './worker?worker&url';

/** Servers that do not name the type of .wasm files make streaming fail; a browser without WebAssembly rejects here, not while the page loads. */
async function compile(): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compileStreaming(fetch(wasmUrl));
  } catch {
    return WebAssembly.compile(await (await fetch(wasmUrl)).arrayBuffer());
  }
}
const compiled = compile();
compiled.catch(() => {});  // whoever starts a worker is told

// Names of locks are shared by all tabs of a site.
const page = [...crypto.getRandomValues(new Uint8Array(8))].map((b) => b.toString(16).padStart(2, '0')).join('');
let threads = 0;

function startWorker(): Worker {
  const worker = new Worker(workerUrl(EngineWorker), { type: 'module' });
  const lock = (navigator.locks as LockManager | undefined) ? `rasp-thread-${page}-${++threads}` : undefined;
  compiled.then((module) => worker.postMessage({ module, lock }), () => worker.dispatchEvent(new ErrorEvent('error')));
  return worker;
}

/** Two threads, so that diagnostics and values never wait for a model that is being compiled. */
export const interpreter = new Engine(startWorker);
export const compiler = new Engine(startWorker);

/** A third for what takes its time: checking assignments. Started when it is first asked for. */
let third: Engine | null = null;
export const grader = () => (third ??= new Engine(startWorker));
