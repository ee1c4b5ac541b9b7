// The engine's thread: one request after the other; `trace` and `export` bring a copy of their numbers or bytes. A
// `compile` with an input is followed by its trace, in the same answer.
// The page compiles the WebAssembly module once and sends it, so that a worker that had to be ended is back in
// milliseconds.
import createEngine from '@engine/engine.mjs';
import { type Tokens, serialise } from './raw';

type Incoming =
  | { module: WebAssembly.Module; lock?: string }
  | { id: number; request: { command: string }; input?: Tokens };

let start: (module: WebAssembly.Module) => void;
const engine = new Promise<WebAssembly.Module>((resolve) => {
  start = resolve;
}).then((module) =>
  createEngine({
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      void WebAssembly.instantiate(module, imports).then(done);
      return {};
    },
    print: () => {},
    printErr: () => {},
  }),
);

self.onmessage = async ({ data }: MessageEvent<Incoming>) => {
  if ('module' in data) {
    // Held as long as this thread lives: the page waits for the lock, and so learns that the thread is gone.
    const { lock } = data;
    if (lock)
      void navigator.locks
        .request(lock, () => {
          self.postMessage({ lock });
          return new Promise(() => {});
        })
        .catch(() => {});
    return start(data.module);
  }
  try {
    const e = await engine;
    const ask = (request: object) => JSON.parse(e.request(serialise(request)));
    const result = ask(data.request);
    if (result.ok && data.request.command === 'trace') {
      const arena = e.arena().slice();
      self.postMessage({ id: data.id, result, arena }, { transfer: [arena.buffer] });
    } else if (result.ok && data.request.command === 'compile' && data.input !== undefined) {
      const traced = ask({ command: 'trace', handle: result.handle, input: data.input }),
        arena = traced.ok ? e.arena().slice() : undefined;
      self.postMessage(
        { id: data.id, result, traced: { result: traced, arena } },
        { transfer: arena ? [arena.buffer] : [] },
      );
    } else if (result.ok && data.request.command === 'export') {
      const bytes = e.bytes().slice();
      self.postMessage({ id: data.id, result, bytes }, { transfer: [bytes.buffer] });
    } else {
      self.postMessage({ id: data.id, result });
    }
  } catch (error) {
    self.postMessage({ id: data.id, crashed: String(error) });
  }
};
