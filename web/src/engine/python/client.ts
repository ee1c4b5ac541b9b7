/**
 * Python programs in the page: Python is loaded for the first of them, with a progress that counts bytes, and kept for
 * later visits without a network. A worker runs them (pythonHost.ts); one that does not answer in time, or is brought
 * down, is replaced from what is loaded already.
 */
import { type Cause, causeOf, endedGraph } from '../../../../wasm/python/ended.mjs';
import { refusal } from '../client';
import type { Failure } from '../protocol';
import { workerUrl } from '../trusted';
import { pythonLoading } from './loading';
import PythonHost from './pythonHost?worker&url';

declare const __PYTHON__: { folder: string; files: Record<string, number> };

const startMs = 120_000,
  limitMs = 8_000,
  graceMs = 3_000;

interface Answer {
  graph?: string;
  ended?: true; // and Python with it
  crashed?: string;
  stopped?: true;
}
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
  #waiting: ((answer: Answer) => void) | null = null;
  #line: number | undefined; // of the program, the last one that the worker told
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
      const answer = new Promise<Answer>((resolve) => {
        this.#waiting = resolve;
      });
      const started = await Promise.race([this.#start().then(() => null), answer, late(startMs)]);
      clearTimeout(clock);
      if (started === null) {
        this.#line = undefined;
        this.#worker!.postMessage({ id: this.#next++, text });
      }
      const got = started ?? (await Promise.race([answer, late(limitMs + graceMs)]));
      if (!('graph' in got) || got.ended) this.#lose();
      if ('graph' in got && got.graph !== undefined) return { graph: got.graph };
      const cause: Cause = 'late' in got ? 'time' : 'stopped' in got ? 'stopped' : causeOf(got.crashed);
      return { graph: endedGraph(text, cause, this.#line) };
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
          else if ('line' in data) this.#line = data.line;
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
