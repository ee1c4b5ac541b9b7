// Loads the engine in Node. Where it is built to can be told by RASP_ENGINE (a folder).
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

export function engineFolder() {
  const candidates = [process.env.RASP_ENGINE, path.join(here, 'dist'), path.join(here, '..', 'build', 'wasm', 'wasm')].filter(Boolean);
  const found = candidates.find((folder) => existsSync(path.join(folder, 'engine.wasm')));
  if (!found) throw new Error('The engine is not built. Run ./dev build first.');
  return found;
}

export async function loadEngine() {
  const folder = engineFolder();
  const { default: createEngine } = await import(pathToFileURL(path.join(folder, 'engine.mjs')).href);
  const wasmBinary = readFileSync(path.join(folder, 'engine.wasm'));
  const silent = () => {};
  let module = await createEngine({ wasmBinary, print: silent, printErr: silent });
  return {
    // A trap (out of stack or memory) ends this instance; the next request gets a new one.
    request(document) {
      return this.requestText(JSON.stringify(document), document.id);
    },
    async requestText(text, id) {
      try {
        return JSON.parse(module.request(text));
      } catch {
        module = await createEngine({ wasmBinary, print: silent, printErr: silent });
        return {
          ok: false,
          ...(id === undefined ? {} : { id }),
          diagnostics: [{ severity: 'error', code: 'limit-memory', class: 'limit', message: 'This takes more memory or stack than there is', line: 1, column: 1, end_line: 1, end_column: 1, hint: 'Make the program or its settings smaller.' }],
        };
      }
    },
    bytes: () => module.bytes().slice(),
    arena: () => module.arena().slice(),
  };
}
