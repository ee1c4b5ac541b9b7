// What of the examples is computed while the page is built: a small picture of each model, for the gallery and the
// first paint.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'vite';
import type { Band, Small } from './src/shell/small.ts';
import { showAll } from './src/values.ts';

type Engine = { request(document: object): Promise<any> };

async function smallOf(engine: Engine, program: string): Promise<Small> {
  const refused = (what: string, r: { diagnostics?: { message: string }[] }) =>
    new Error(`an example cannot be ${what}: ${r.diagnostics?.[0]?.message}\n${program}`);
  const compiled = await engine.request({ command: 'compile', program, keep: true, details: true });
  if (!compiled.ok) throw refused('compiled', compiled);
  const input = compiled.settings.input;
  const trace = await engine.request({ command: 'trace', handle: compiled.handle, input: input.values });
  if (!trace.ok) throw refused('run', trace);
  await engine.request({ command: 'release', handle: compiled.handle });
  const node = (id: number) => trace.nodes.find((n: { id: number }) => n.id === id);
  const row = (id: number) => (node(id)?.value ? { row: showAll(node(id).value) } : {});
  const label = (id: number) => compiled.nodes[id].name || compiled.nodes[id].label;
  const number = (s: any) =>
    s.encoding === 'numerical' && compiled.subspaces.some((o: any) => o.node === s.node && o !== s)
      ? ' as a number'
      : '';
  const embedded: Band[] = compiled.subspaces
    .filter((s: any) => s.written === 0 && s.label !== 'tokens')
    .map((s: any) => ({ kind: 'embedding', layer: 0, label: s.label + number(s), ...row(s.node) }));
  const bands: Band[] = compiled.layers.flatMap((l: any, layer: number) => [
    ...l.heads.map((h: any, number: number) => ({
      kind: 'head',
      layer,
      number,
      label: label(h.nodes[0]),
      matrix: node(h.selector)?.matrix,
      ...row(h.nodes[0]),
    })),
    ...l.neurons
      .filter((g: any) => g.how === 'lookup' || g.how === 'steps')
      .map((g: any) => ({ kind: 'mlp', layer, label: label(g.node), ...row(g.node) })),
  ]);
  const verdict =
    compiled.exactness === 'proved'
      ? `✓ proved exact for every input up to length ${compiled.model.max_length}${compiled.model.causal ? ', causal' : ''}`
      : '';
  return { verdict, input: showAll(input), output: showAll(trace.model), bands: [...embedded, ...bands] };
}

/** By file name. */
export async function picturesOf(root: string, only?: (file: string) => boolean): Promise<Record<string, Small>> {
  const { loadEngine } = await import(pathToFileURL(path.join(root, 'wasm/engine.mjs')).href);
  const engine: Engine = await loadEngine();
  const out: Record<string, Small> = {};
  for (const file of readdirSync(path.join(root, 'examples'))
    .filter((f) => f.endsWith('.rasp') && (only?.(f) ?? true))
    .sort()) {
    out[file] = await smallOf(engine, readFileSync(path.join(root, 'examples', file), 'utf8'));
  }
  return out;
}

/** Their texts, by file name. */
const textsOf = (root: string): Record<string, string> => {
  const folder = path.join(root, 'examples');
  return Object.fromEntries(
    readdirSync(folder)
      .filter((f) => /\.(rasp|py)$/.test(f))
      .sort()
      .map((f) => [f, readFileSync(path.join(folder, f), 'utf8')]),
  );
};

/**
 * The modules `virtual:examples` and `virtual:pictures`: their default exports fetch the texts of all examples and what
 * `picturesOf` gives. Both are data, in files of their own, and no code.
 */
export function examples(root: string): Plugin {
  let pictures: Promise<Record<string, Small>> | null = null;
  const makes: Record<string, () => unknown> = {
    'virtual:examples': () => textsOf(root),
    'virtual:pictures': () => (pictures ??= picturesOf(root)),
  };
  return {
    name: 'rasp-examples',
    resolveId: (name) => (name in makes ? `\0${name}` : null),
    async load(name) {
      const make = name.startsWith('\0') ? makes[name.slice(1)] : undefined;
      if (!make) return null;
      const source = JSON.stringify(await make());
      if (this.meta.watchMode) return `export default async () => (${source});`;
      const file = this.emitFile({ type: 'asset', name: `${name.slice('\0virtual:'.length)}.json`, source });
      return `export default () => fetch(import.meta.ROLLUP_FILE_URL_${file}).then((r) => { if (!r.ok) throw new Error(r.statusText); return r.json(); });`;
    },
  };
}
