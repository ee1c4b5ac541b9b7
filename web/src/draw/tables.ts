// Attention patterns and the residual stream as comma-separated tables.
import type { Picture } from '../state/live';
import { readAfter } from './cells';
import { headName, headValues } from './pattern';
import { residualAt } from './residual';

const field = (x: string | number) => {
  const s = String(x);
  return /[",\n\r]/.test(s) ? `"${s.replaceAll('"', '""')}"` : s;
};
const csv = (rows: (string | number)[][]) => `${rows.map((r) => r.map(field).join(',')).join('\r\n')}\r\n`;

export function attentionCsv(p: Picture): string {
  const rows: (string | number)[][] = [
    ['head', 's-op', 'selector', 'query', 'query token', 'key', 'key token', 'score', 'weight'],
  ];
  const { T, tokens } = p.trace;
  p.compiled.layers.forEach((l, layer) =>
    l.heads.forEach((h, head) => {
      const scores = headValues(p, layer, head, 'scores'),
        weights = headValues(p, layer, head);
      const names = [...new Set(h.nodes)]
        .map((n) => p.compiled.nodes[n]?.name || p.compiled.nodes[n]?.label || '')
        .join(' ');
      for (let q = 0; q < T; ++q)
        for (let k = 0; k < T; ++k)
          rows.push([
            headName(layer, head),
            names,
            h.label,
            q === 0 ? 'BOS' : q - 1,
            tokens[q]!,
            k === 0 ? 'BOS' : k - 1,
            tokens[k]!,
            scores[q * T + k]!,
            weights[q * T + k]!,
          ]);
    }),
  );
  return csv(rows);
}

export function residualCsv(p: Picture): string {
  const { T, tokens } = p.trace;
  const { layers, d_model: width } = p.compiled.model;
  const rows: (string | number)[][] = [
    ['half-layer', 'dimension', 'label', ...tokens.map((t, i) => (i === 0 ? 'BOS' : `${i - 1} ${t}`))],
  ];
  for (let half = 0; half <= 2 * layers; ++half) {
    const data = residualAt(p, half)!.data;
    for (let d = 0; d < width; ++d)
      rows.push([
        half,
        d,
        p.compiled.residual_labels[d] ?? '',
        ...Array.from({ length: T }, (_, t) => data[t * width + d]!),
      ]);
  }
  return csv(rows);
}

/** The residual stream as read by s-op, after the last half-layer. */
export function decodedCsv(p: Picture): string {
  const { tokens } = p.trace;
  const last = 2 * p.compiled.model.layers;
  return csv([
    ['s-op', 'written after half-layer', ...tokens.slice(1).map((t, i) => `${i} ${t}`)],
    ...p.trace.decoded.map((d) => {
      const s = p.compiled.subspaces[d.subspace]!;
      return [s.label, s.written, ...readAfter(p.trace, d.subspace, last).slice(1)];
    }),
  ]);
}
