// Loads the engine in Node. Where it is built to can be told by RASP_ENGINE (a folder).
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { refusal } from './output.mjs';
import { isPython, withGraph } from './python/host.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

export class NoEngine extends Error {}

/** Bytes of one request: what every file of a project at its limit would need, and far from what fills the memory. */
export const largestRequest = 16 << 20;
export const tooLarge = (bytes) =>
  refusal(
    'limit-request',
    'limit',
    `The request has ${bytes} bytes; the limit is ${largestRequest}`,
    'Make it smaller, or send several.',
  );

export function engineFolder() {
  const candidates = [
    process.env.RASP_ENGINE,
    path.join(here, 'dist'),
    path.join(here, '..', 'build', 'wasm', 'wasm'),
  ].filter(Boolean);
  const found = candidates.find((folder) => existsSync(path.join(folder, 'engine.wasm')));
  if (!found) throw new NoEngine('The engine, engine.wasm, is not beside this program');
  return found;
}

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** @param {'engine' | 'laboratory'} name the laboratory is the engine with experiments */
export async function loadEngine(name = 'engine') {
  const folder = engineFolder();
  if (!existsSync(path.join(folder, `${name}.wasm`)))
    throw new NoEngine(`The engine, ${name}.wasm, is not beside this program`);
  const { default: createEngine } = await import(pathToFileURL(path.join(folder, `${name}.mjs`)).href);
  const wasmBinary = readFileSync(path.join(folder, `${name}.wasm`));
  const silent = () => {};
  let module = await createEngine({ wasmBinary, print: silent, printErr: silent });
  let python;
  return {
    // A trap (out of stack or memory) ends this instance; the next request gets a new one.
    request(document) {
      return this.requestText(JSON.stringify(document), document.id);
    },
    async requestText(text, id) {
      const bytes = Buffer.byteLength(text);
      if (bytes > largestRequest) return { ...tooLarge(bytes), ...(id === undefined ? {} : { id }) };
      if (/\bpy/.test(text)) {
        const request = parsed(text);
        if (isPython(request)) {
          python ??= (await import('./python/client.mjs')).pythonClient();
          const { graph, refused } = await python.graph(text, request);
          if (refused) return refused;
          text = withGraph(text, graph);
        }
      }
      try {
        return JSON.parse(module.request(text));
      } catch {
        module = await createEngine({ wasmBinary, print: silent, printErr: silent });
        const lost = refusal(
          'limit-memory',
          'limit',
          'This takes more memory or stack than there is',
          'Make the program or its settings smaller.',
        );
        return { ...lost, ...(id === undefined ? {} : { id }) };
      }
    },
    bytes: () => module.bytes().slice(),
    arena: () => module.arena().slice(),
  };
}
