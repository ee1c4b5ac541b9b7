// A Node worker that holds Python, and an engine that it asks.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parentPort } from 'node:worker_threads';
import { engineFolder } from '../engine.mjs';
import { capMemory, createHost } from './host.mjs';

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

capMemory();
const rasp = await engine();
const { loadPyodide } = await import('pyodide');
const pyodide = await loadPyodide({
  env: { HOME: '/home/rasp', PYTHONHASHSEED: '0' },
  stdout: () => {},
  stderr: () => {},
});
const host = createHost({ pyodide, sources: sources(), engine: (text) => rasp.request(text) });
parentPort.on('message', ({ text }) => {
  try {
    parentPort.postMessage({ graph: host.graph(text) });
  } catch (error) {
    parentPort.postMessage({ failed: String(error) });
  }
});
parentPort.postMessage({ ready: true });
