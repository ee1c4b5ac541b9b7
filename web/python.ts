import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';
import { libraryName, pythonLibrary, runtime, runtimeFile, version } from '../wasm/python/library.mjs';

const here = import.meta.dirname;
export const pythonFolder = `python-${version}`;

/** The compiled library, made once for each version of Python and of what makes it. */
async function library(): Promise<Buffer> {
  const maker = createHash('sha256')
    .update(version)
    .update(readFileSync(path.join(here, '../wasm/python/library.mjs')))
    .digest('hex')
    .slice(0, 16);
  const kept = path.join(here, 'node_modules/.python', `${maker}.zip`);
  if (!existsSync(kept)) {
    mkdirSync(path.dirname(kept), { recursive: true });
    writeFileSync(kept, await pythonLibrary());
  }
  return readFileSync(kept);
}

/** Python's files in a folder of their own with their own names, which the page loads for the first .py program and no earlier. */
export function python(): Plugin {
  let files: Record<string, Buffer> = {};
  return {
    name: 'rasp-python',
    async config(_, { command }) {
      if (command === 'build' && !process.env.VITEST)
        files = {
          ...Object.fromEntries(runtime.map((name) => [name, runtimeFile(name)])),
          [libraryName]: await library(),
        };
      const sizes = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, bytes.length]));
      return { define: { __PYTHON__: JSON.stringify({ folder: pythonFolder, files: sizes }) } };
    },
    generateBundle() {
      for (const [name, source] of Object.entries(files))
        this.emitFile({ type: 'asset', fileName: `${pythonFolder}/${name}`, source });
    },
  };
}
