// Which box reads which: the program's dataflow, pinned to the rows of the transformer.
import type { CompileResult } from '../engine/protocol';
import { writer } from './pattern';

export interface Edge { from: string; to: string; node: number }

export function edgesOf(compiled: CompileResult): Edge[] {
  const edges: Edge[] = [];
  const seen = new Set<string>();
  const read = (subspaces: number[], to: string) => {
    for (const s of subspaces) {
      const from = writer(compiled, s);
      if (seen.has(`${from} ${to}`) || from === to) continue;
      seen.add(`${from} ${to}`);
      edges.push({ from, to, node: compiled.subspaces[s]!.node });
    }
  };
  compiled.layers.forEach((layer, l) => {
    layer.heads.forEach((h, i) => read([...h.query_subspaces, ...h.key_subspaces, ...h.value_subspaces], `h${l}.${i}`));
    layer.neurons.forEach((g, i) => read(g.subspaces, `g${l}.${i}`));
  });
  read(compiled.output_subspaces, 'out');
  return edges;
}

/** Orders the boxes of each row by the mean place of what they read (one sweep down: rows are given, only the order is free). */
export function orderRows(rows: string[][], edges: Edge[]): string[][] {
  const place = new Map<string, number>();
  return rows.map((row) => {
    const keyed = row.map((item, i) => {
      const from = edges.filter((e) => e.to === item).map((e) => place.get(e.from)).filter((x) => x !== undefined);
      return { item, i, key: from.length ? from.reduce((a, b) => a + b, 0) / from.length : (i + 0.5) / row.length };
    }).sort((a, b) => a.key - b.key || a.i - b.i);
    keyed.forEach((k, i) => place.set(k.item, (i + 0.5) / keyed.length));
    return keyed.map((k) => k.item);
  });
}
