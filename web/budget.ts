import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/**
 * What every visitor's browser loads before anything is clicked, what all of the page's own code takes without what
 * only Python programs load (editor mode, host and package, named python…), and that, in gzipped bytes of JavaScript
 * and CSS. A build over a budget fails and says which files take the bytes. The engine has its own budget
 * (wasm/CMakeLists.txt).
 */
export const budgets = { first: 200_000, all: 392_000, python: 70_500 };

export interface Part {
  name: string;
  gzip: number;
  first: boolean;
}
type Chunk = {
  type: 'chunk';
  fileName: string;
  code: string;
  isEntry: boolean;
  imports: string[];
  dynamicImports: string[];
};
type Asset = { type: 'asset'; fileName: string; source: string | Uint8Array };
export type Bundle = Record<string, Chunk | Asset>;

/** What of a build counts, largest first. `begins` names modules that are fetched at once though they are imported later: the editor. */
export function parts(bundle: Bundle, begins: string[] = []): Part[] {
  const first = new Set<string>(),
    queue = Object.values(bundle)
      .filter((f) => f.type === 'chunk' && (f.isEntry || begins.some((b) => f.fileName.includes(b))))
      .map((f) => f.fileName);
  for (const name of queue) {
    if (first.has(name)) continue;
    first.add(name);
    const file = bundle[name];
    if (file?.type === 'chunk') queue.push(...file.imports);
  }
  // The engine's worker and the style sheet of the document are assets to the bundler; both are fetched at once.
  const isFirst = (name: string) => first.has(name) || /\/(worker|index)-[^/]*\.(js|css)$/.test(name);
  return Object.values(bundle)
    .filter((f) => /\.(js|css)$/.test(f.fileName))
    .map((f) => ({
      name: f.fileName,
      gzip: gzipSync(f.type === 'chunk' ? f.code : f.source, { level: 9 }).length,
      first: isFirst(f.fileName),
    }))
    .sort((a, b) => b.gzip - a.gzip);
}

/** A table of the parts, and what is over its budget ('' where nothing is). */
export function judge(list: Part[], limits = budgets): { report: string; over: string } {
  const sum = (l: Part[]) => l.reduce((n, p) => n + p.gzip, 0);
  const forPython = (p: Part) => /(^|\/)python/.test(p.name) && !p.first;
  const sizes = {
    first: sum(list.filter((p) => p.first)),
    all: sum(list.filter((p) => !forPython(p))),
    python: sum(list.filter(forPython)),
  };
  const rows = list.map((p) => `${String(p.gzip).padStart(8)}  ${p.name}${p.first ? '  (first load)' : ''}`);
  const totals = `first load ${sizes.first} of ${limits.first}, all ${sizes.all} of ${limits.all}, for Python ${sizes.python} of ${limits.python} bytes gzipped`;
  const over = (['first', 'all', 'python'] as const)
    .filter((k) => sizes[k] > limits[k])
    .map(
      (k) =>
        `${{ first: 'The first load', all: 'All code', python: 'What Python programs load' }[k]} takes ${sizes[k]} bytes gzipped; its budget is ${limits[k]}`,
    )
    .join('. ');
  return { report: [...rows, totals].join('\n'), over };
}

/** Fails the build that is over a budget; with RASP_SIZES set, also tells what takes the bytes of one that is not. */
export function budget(): Plugin {
  return {
    name: 'rasp-budget',
    apply: 'build',
    generateBundle(_, bundle) {
      const { report, over } = judge(parts(bundle as unknown as Bundle, ['Editor']));
      if (over) this.error(`${over}\n${report}`);
      console.log(process.env.RASP_SIZES ? report : `JavaScript and CSS: ${report.split('\n').at(-1)}`);
    },
  };
}
