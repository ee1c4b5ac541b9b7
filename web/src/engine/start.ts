// One compiled module, any number of workers.
import wasmUrl from '@engine/engine.wasm?url';
import { isPython } from '../../../wasm/python/host.mjs';
import type { Asked, Failure } from './protocol';
import type { Python } from './python/client';
import { type Raw, serialise } from './raw';
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
compiled.catch(() => {}); // whoever starts a worker is told

// Names of locks are shared by all tabs of a site.
const page = [...crypto.getRandomValues(new Uint8Array(8))].map((b) => b.toString(16).padStart(2, '0')).join('');
let threads = 0;

function startWorker(): Worker {
  const worker = new Worker(workerUrl(EngineWorker), { type: 'module' });
  const lock = (navigator.locks as LockManager | undefined) ? `rasp-thread-${page}-${++threads}` : undefined;
  compiled.then(
    (module) => worker.postMessage({ module, lock }),
    () => worker.dispatchEvent(new ErrorEvent('error')),
  );
  return worker;
}

let python: Promise<Python> | null = null;

/** Programs in Python go by their host, which is loaded for the first of them. */
export function tabulate(request: Asked): Promise<{ graph: Raw } | { refused: Failure }> | null {
  if (!isPython(request)) return null;
  python ??= import('./python/client').then((m) => new m.Python(compiled));
  return python.then(async (host) => {
    const answer = await host.graph(serialise(request));
    return 'graph' in answer ? { graph: { raw: answer.graph } } : answer;
  });
}
export const stopPython = () => {
  void python?.then((host) => host.stop());
};

function start(): Engine {
  const engine = new Engine(startWorker);
  engine.tabulate = tabulate;
  return engine;
}

/** Two threads, so that diagnostics and values never wait for a model that is being compiled. */
export const interpreter = start();
export const compiler = start();

/** A third for what takes its time: checking assignments. Started when it is first asked for. */
let third: Engine | null = null;
export const grader = () => (third ??= start());
