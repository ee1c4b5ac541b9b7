// Python in a thread that can reach nothing. Programs come from anyone, and Python reaches what JavaScript reaches:
// everything that gives the thread authority (network, storage, files, processes, other threads, evaluation of text) is
// taken away before the first program runs. The same in the page's worker and in Node's, which is dressed up as one: in
// Node itself Pyodide reaches files and processes of its own.
import { capMemory } from './host.mjs';

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

/** Timers take functions here, not text that they would evaluate, and give numbers. */
export function closeTimers() {
  for (const name of ['setTimeout', 'setInterval']) {
    const timer = globalThis[name].bind(globalThis);
    const safe = (f, ms) => {
      if (typeof f !== 'function') throw new TypeError('Text is not evaluated here');
      return Number(timer(f, ms));
    };
    Object.defineProperty(globalThis, name, { value: safe, writable: false, configurable: false });
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
  Object.defineProperty(globalThis, 'Function', { value: inert, writable: false, configurable: false });
  for (const f of [function () {}, async function () {}, function* () {}, async function* () {}]) {
    Object.defineProperty(Object.getPrototypeOf(f), 'constructor', {
      value: inert,
      writable: false,
      configurable: false,
    });
  }
}

/** What reaches outside of this thread ends here. Nor does it write to the console, where Pyodide would report what a program did to it. */
export function giveUpAuthority() {
  globalThis.console = Object.fromEntries(
    ['log', 'info', 'warn', 'error', 'debug', 'trace'].map((name) => [name, () => {}]),
  );
  const left = [];
  for (let at = globalThis; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Reflect.ownKeys(at)) {
      if (harmless.has(name)) continue;
      if (!Reflect.deleteProperty(at, name) && !Reflect.defineProperty(at, name, { value: undefined })) left.push(name);
    }
  }
  closeConstructors();
  const dangerous = left.filter((name) => /object|function/.test(typeof globalThis[name])); // constants do nothing
  if (dangerous.length) throw new Error(`${dangerous.map(String).join(', ')} cannot be taken away`);
}

/**
 * Pyodide, from `folder` (an address that ends in "/"), which fetches nothing: `python` is its compiled module,
 * `library` the bytes of Python's own library.
 */
export async function loadPython({ folder, python, library }) {
  closeTimers();
  capMemory();
  // Pyodide probes it with a data: address, which the page's policy reports
  globalThis.importScripts = undefined;
  const streaming = WebAssembly.instantiateStreaming,
    load = globalThis.fetch;
  WebAssembly.instantiateStreaming = async (_, imports) => ({
    module: python,
    instance: await WebAssembly.instantiate(python, imports),
  });
  globalThis.fetch = async (address) => ({
    ok: true,
    arrayBuffer: async () => (String(address).endsWith('python_stdlib.zip') ? library : new ArrayBuffer(0)),
  });
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
    jsglobals: {
      Object,
      Array,
      setTimeout: globalThis.setTimeout,
      clearTimeout: globalThis.clearTimeout.bind(globalThis),
    },
  });
  WebAssembly.instantiateStreaming = streaming;
  globalThis.fetch = load;
  return pyodide;
}
