/**
 * Python programs in the page: Python is loaded for the first of them, with a progress that counts bytes, and kept for
 * later visits without a network. A worker runs them (pythonHost.ts); one that does not answer in time, or is brought
 * down, is replaced from what is loaded already.
 */
import { refusal } from '../client';
import type { Failure } from '../protocol';
import { workerUrl } from '../trusted';
import { pythonLoading } from './loading';
import PythonHost from './pythonHost?worker&url';

declare const __PYTHON__: { folder: string; files: Record<string, number> };

const startMs = 120_000,
  limitMs = 8_000,
  graceMs = 3_000;

interface Loaded {
  folder: string;
  python: WebAssembly.Module;
  library: ArrayBuffer;
}

async function bytesOf(address: string, came: (n: number) => void): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(address);
  if (!response.ok || !response.body) throw new Error(`${address}: ${response.status}`);
  const parts: Uint8Array[] = [];
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    came(value.length);
  }
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}

async function load(): Promise<Loaded> {
  const folder = new URL(`${__PYTHON__.folder}/`, document.baseURI).href;
  const names = Object.keys(__PYTHON__.files),
    total = Object.values(__PYTHON__.files).reduce((a, b) => a + b, 0);
  let loaded = 0;
  pythonLoading.value = { loaded, total };
  const came = (n: number) => {
    loaded += n;
    pythonLoading.value = { loaded: Math.min(loaded, total), total };
  };
  const files = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await bytesOf(folder + name, came)] as const)),
  );
  pythonLoading.value = 'starting';
  const python = await WebAssembly.compile(files['pyodide.asm.wasm']!);
  await keep(folder, files);
  return { folder, python, library: files['python_stdlib.zip']!.buffer };
}

/** For visits without a network, in a cache of its own: a new release of the page does not load Python again. sw.js serves from it. */
async function keep(folder: string, files: Record<string, Uint8Array<ArrayBuffer>>) {
  try {
    const cache = await caches.open(__PYTHON__.folder);
    for (const [name, bytes] of Object.entries(files)) {
      if (await cache.match(folder + name)) continue;
      const type = name.endsWith('.mjs')
        ? 'text/javascript'
        : name.endsWith('.wasm')
          ? 'application/wasm'
          : 'application/zip';
      await cache.put(
        folder + name,
        new Response(bytes, { headers: { 'content-type': type, 'content-length': String(bytes.length) } }),
      );
    }
  } catch {
    /* no room, or a browser that keeps nothing here */
  }
}

export class Python {
  #loaded: Promise<Loaded> | null = null;
  #worker: Worker | null = null;
  #ready: Promise<void> | null = null;
  #waiting: ((answer: { graph?: string; crashed?: string; stopped?: true }) => void) | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #next = 1;

  constructor(private readonly engine: Promise<WebAssembly.Module>) {}

  get busy() {
    return this.#waiting !== null;
  }

  /** The graph of a request's program, as JSON; or why there is none. One after the other. */
  graph(text: string): Promise<{ graph: string } | { refused: Failure }> {
    const mine = this.#queue.then(() => this.#ask(text));
    this.#queue = mine.catch(() => {});
    return mine;
  }

  stop() {
    this.#waiting?.({ stopped: true });
  }

  async #ask(text: string): Promise<{ graph: string } | { refused: Failure }> {
    let clock: ReturnType<typeof setTimeout> | undefined;
    const late = (ms: number) =>
      new Promise<{ late: true }>((resolve) => {
        clock = setTimeout(() => resolve({ late: true }), ms);
      });
    try {
      const answer = new Promise<{ graph?: string; crashed?: string; stopped?: true }>((resolve) => {
        this.#waiting = resolve;
      });
      const started = await Promise.race([this.#start().then(() => null), answer, late(startMs)]);
      clearTimeout(clock);
      if (started === null) this.#worker!.postMessage({ id: this.#next++, text });
      const got = started ?? (await Promise.race([answer, late(limitMs + graceMs)]));
      if ('graph' in got && got.graph !== undefined) return { graph: got.graph };
      this.#lose();
      if ('late' in got || /KeyboardInterrupt/.test('crashed' in got ? (got.crashed ?? '') : ''))
        return {
          refused: refusal(
            'limit-time',
            'This took too long and was stopped',
            'Look for a call that takes very long, such as the sum of a huge range.',
          ),
        };
      if ('stopped' in got)
        return { refused: refusal('stopped', 'Stopped', 'Edit the program or its settings to start again.') };
      return {
        refused: refusal(
          'limit-memory',
          'Python came to an end on this program and was started again',
          'Build smaller lists, and less deeply nested ones.',
        ),
      };
    } catch {
      this.#lose();
      return {
        refused: refusal(
          'python-not-loaded',
          'Python could not be loaded',
          'It is loaded once, for the first Python program: check the network and edit the program, or reload the page.',
        ),
      };
    } finally {
      clearTimeout(clock);
      this.#waiting = null;
      pythonLoading.value = null;
    }
  }

  #start(): Promise<void> {
    this.#loaded ??= load();
    this.#loaded.catch(() => {
      this.#loaded = null;
    });
    this.#ready ??= this.#loaded.then(async ({ folder, python, library }) => {
      pythonLoading.value = 'starting';
      const engine = await this.engine;
      const worker = new Worker(workerUrl(PythonHost), { type: 'module' });
      this.#worker = worker;
      await new Promise<void>((resolve, reject) => {
        worker.onmessage = ({ data }) => {
          if (data.ready) resolve();
          else if (data.crashed) {
            reject(new Error(data.crashed));
            this.#waiting?.(data);
          } else this.#waiting?.(data);
        };
        worker.onerror = (e) => {
          reject(new Error(e.message));
          this.#waiting?.({ crashed: e.message });
        };
        worker.postMessage({ start: { folder, python, library, engine } });
      });
      pythonLoading.value = null;
    });
    return this.#ready;
  }

  #lose() {
    this.#worker?.terminate();
    this.#worker = null;
    this.#ready = null;
  }
}
