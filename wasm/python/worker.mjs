// A Node worker that holds Python, and an engine that it asks.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parentPort } from 'node:worker_threads';
import { engineFolder } from '../engine.mjs';
import { giveUpAuthority, loadPython } from './confined.mjs';
import { createHost } from './host.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

/** The project's own packages, by their paths. */
function sources() {
  const root = [path.join(here, '../../python'), path.join(here, '../dist/python')].find((f) =>
      existsSync(path.join(f, 'rasp_host')),
    ),
    files = {};
  const walk = (folder) => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = path.posix.join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== '__pycache__') walk(name);
      else if (entry.name.endsWith('.py')) files[name] = readFileSync(path.join(root, name), 'utf8');
    }
  };
  for (const name of ['tracr', 'rasp_host']) walk(name);
  return files;
}

async function engine() {
  const folder = engineFolder();
  const { default: createEngine } = await import(pathToFileURL(path.join(folder, 'engine.mjs')).href);
  return createEngine({
    wasmBinary: readFileSync(path.join(folder, 'engine.wasm')),
    print: () => {},
    printErr: () => {},
  });
}

/** From here on this thread is like a browser's worker: Pyodide finds no Node, and files neither. */
async function python() {
  const folder = path.dirname(createRequire(import.meta.url).resolve('pyodide/package.json')),
    bytes = (name) => readFileSync(path.join(folder, name));
  const compiled = await WebAssembly.compile(bytes('pyodide.asm.wasm')),
    library = bytes('python_stdlib.zip'),
    address = `${pathToFileURL(folder).href}/`;
  globalThis.self = globalThis;
  globalThis.WorkerGlobalScope = Object.defineProperty(() => {}, Symbol.hasInstance, {
    value: (one) => one === globalThis,
  });
  globalThis.location = { href: address, toString: () => address };
  globalThis.console = Object.fromEntries(['log', 'info', 'warn', 'error', 'debug'].map((name) => [name, () => {}]));
  for (const name of ['process', 'Buffer', 'navigator', 'global']) delete globalThis[name];
  return loadPython({ folder: address, python: compiled, library });
}

const rasp = await engine(),
  own = sources();
const host = createHost({
  pyodide: await python(),
  sources: own,
  engine: (text) => rasp.request(text),
  say: (line) => parentPort.postMessage({ line }),
});
giveUpAuthority();
parentPort.on('message', ({ text }) => parentPort.postMessage(host.graph(text)));
parentPort.postMessage({ ready: true });
