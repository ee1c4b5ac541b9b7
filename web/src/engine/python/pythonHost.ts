/**
 * The Python host's thread. Programs come from anyone's link, and Python reaches what JavaScript reaches: everything
 * that gives this thread authority (network, storage, caches, other workers, evaluation of text) is taken away before
 * the first program runs.
 */
import createEngine from '@engine/engine.mjs';
import { giveUpAuthority, loadPython } from '../../../../wasm/python/confined.mjs';
import { createHost } from '../../../../wasm/python/host.mjs';
import { sources } from './sources';

interface Start {
  folder: string;
  python: WebAssembly.Module;
  library: ArrayBuffer;
  engine: WebAssembly.Module;
}
type Incoming = { start: Start } | { id: number; text: string };

const answer = self.postMessage.bind(self) as (message: unknown) => void;

async function begin({ folder, python, library, engine }: Start) {
  const pyodide = await loadPython({ folder, python, library });
  const rasp = await createEngine({
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      void WebAssembly.instantiate(engine, imports).then(done);
      return {};
    },
    print: () => {},
    printErr: () => {},
  });
  const host = createHost({
    pyodide,
    sources,
    engine: (text: string) => rasp.request(text),
    say: (line: number) => answer({ line }),
  });
  giveUpAuthority();
  return host;
}

let host: Promise<ReturnType<typeof createHost>>;
self.addEventListener('message', ({ data }: MessageEvent<Incoming>) => {
  if ('start' in data) {
    host = begin(data.start);
    host.then(
      () => answer({ ready: true }),
      (error) => answer({ crashed: String(error) }),
    );
    return;
  }
  void host
    .then((h) => answer({ id: data.id, ...h.graph(data.text) }))
    .catch((error) => answer({ crashed: String(error) }));
});
