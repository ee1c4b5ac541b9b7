/**
 * The Python host's thread. Programs come from anyone's link, and Python reaches what JavaScript reaches: everything
 * that gives this thread authority (network, storage, caches, other workers, evaluation of text) is taken away before
 * the first program runs.
 */
import createEngine from '@engine/engine.mjs';
import { capMemory, createHost } from '../../../../wasm/python/host.mjs';
import { sources } from './sources';

interface Start {
  folder: string;
  python: WebAssembly.Module;
  library: ArrayBuffer;
  engine: WebAssembly.Module;
}
type Incoming = { start: Start } | { id: number; text: string };

const answer = self.postMessage.bind(self) as (message: unknown) => void;

/** Names of the global object that stay: the language itself, and what Pyodide uses while it runs. */
const harmless = new Set([
  'Object',
  'Function',
  'Array',
  'Number',
  'parseFloat',
  'parseInt',
  'Infinity',
  'NaN',
  'undefined',
  'Boolean',
  'String',
  'Symbol',
  'Date',
  'Promise',
  'RegExp',
  'Error',
  'AggregateError',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
  'globalThis',
  'JSON',
  'Math',
  'Intl',
  'ArrayBuffer',
  'Atomics',
  'Uint8Array',
  'Int8Array',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
  'Uint8ClampedArray',
  'BigUint64Array',
  'BigInt64Array',
  'DataView',
  'Map',
  'BigInt',
  'Set',
  'WeakMap',
  'WeakSet',
  'WeakRef',
  'Proxy',
  'Reflect',
  'FinalizationRegistry',
  'decodeURI',
  'decodeURIComponent',
  'encodeURI',
  'encodeURIComponent',
  'escape',
  'unescape',
  'isFinite',
  'isNaN',
  'console',
  'WebAssembly',
  'Iterator',
  'SharedArrayBuffer',
  'DisposableStack',
  'SuppressedError',
  'performance',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'queueMicrotask',
  'TextDecoder',
  'TextEncoder',
  'DOMException',
  'crypto',
  'constructor',
  'self',
  'AbortController',
  'AbortSignal',
  'Event',
  'EventTarget',
]);

/** Timers take functions here, not text that they would evaluate. */
function closeTimers() {
  for (const name of ['setTimeout', 'setInterval'] as const) {
    const timer = self[name].bind(self) as (f: () => void, ms?: number) => number;
    const safe = (f: unknown, ms?: number) => {
      if (typeof f !== 'function') throw new TypeError('Text is not evaluated here');
      return timer(f as () => void, ms);
    };
    Object.defineProperty(self, name, { value: safe, writable: false, configurable: false });
  }
}

/** What makes functions of text: the global one, and those that no name of the global object shows. Pyodide looks at their prototypes. */
function closeConstructors() {
  const inert = {
    Function() {
      throw new TypeError('Text is not evaluated here');
    },
  }.Function;
  Object.defineProperty(inert, 'prototype', { value: Function.prototype });
  Object.defineProperty(self, 'Function', { value: inert, writable: false, configurable: false });
  for (const f of [function () {}, async function () {}, function* () {}, async function* () {}]) {
    Object.defineProperty(Object.getPrototypeOf(f), 'constructor', {
      value: inert,
      writable: false,
      configurable: false,
    });
  }
}

/** What reaches outside of this thread ends here. */
function giveUpAuthority() {
  const left: string[] = [];
  for (let at: object | null = self; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) {
      if (harmless.has(name)) continue;
      if (!Reflect.deleteProperty(at, name) && !Reflect.defineProperty(at, name, { value: undefined })) left.push(name);
    }
  }
  closeConstructors();
  const dangerous = left.filter((name) =>
    /object|function/.test(typeof (self as unknown as Record<string, unknown>)[name]),
  ); // constants do nothing
  if (dangerous.length) throw new Error(`${dangerous.join(', ')} cannot be taken away`);
}

async function begin({ folder, python, library, engine }: Start) {
  closeTimers();
  capMemory();
  // Pyodide probes it with a data: address, which the page's policy reports
  (self as { importScripts?: unknown }).importScripts = undefined;
  const streaming = WebAssembly.instantiateStreaming;
  WebAssembly.instantiateStreaming = async (_, imports) => ({
    module: python,
    instance: await WebAssembly.instantiate(python, imports),
  });
  const load = self.fetch;
  self.fetch = async (address) => {
    const file = String(address instanceof Request ? address.url : address)
      .split('/')
      .at(-1);
    return new Response(file === 'python_stdlib.zip' ? library : new Uint8Array());
  };
  const { loadPyodide } = await import(/* @vite-ignore */ `${folder}pyodide.mjs`);
  const pyodide = await loadPyodide({
    indexURL: folder,
    packageBaseUrl: folder,
    stdLibURL: `${folder}python_stdlib.zip`,
    env: { HOME: '/home/rasp', PYTHONHASHSEED: '0' },
    stdout: () => {},
    stderr: () => {},
    lockFileContents: {
      info: { abi_version: '2026_0', arch: 'wasm32', platform: 'emscripten_5_0_3', python: '3.14.2' },
      packages: {},
    },
    jsglobals: { Object, Array, setTimeout: self.setTimeout, clearTimeout: self.clearTimeout.bind(self) },
  });
  WebAssembly.instantiateStreaming = streaming;
  self.fetch = load;
  const rasp = await createEngine({
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      void WebAssembly.instantiate(engine, imports).then(done);
      return {};
    },
    print: () => {},
    printErr: () => {},
  });
  const host = createHost({ pyodide, sources, engine: (text: string) => rasp.request(text) });
  giveUpAuthority();
  return host;
}

let host: Promise<{ graph(text: string): string }>;
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
    .then((h) => answer({ id: data.id, graph: h.graph(data.text) }))
    .catch((error) => answer({ crashed: String(error) }));
});
