// What a head's numbers mean, in words and as numbers to draw.
import type { HeadDoc } from '../engine/protocol';
import type { Run } from '../state/live';
import { token } from '../values';

export function tensor(p: Run, name: string) {
  const info = p.trace.tensors.find((t) => t.name === name);
  return info && { ...info, data: p.arena.subarray(info.offset, info.offset + info.shape.reduce((a, b) => a * b, 1)) };
}

export function headValues(p: Run, layer: number, head: number, what: 'pattern' | 'scores' = 'pattern'): Float32Array {
  const { T } = p.trace;
  return tensor(p, `blocks.${layer}.attn.${what}`)!.data.subarray(head * T * T, (head + 1) * T * T);
}

/**
 * For the picture: a head that counts gives BOS nearly all of the weight and each selected key the same small share;
 * shares are drawn as 1, or nothing would be seen.
 */
export function drawnPattern(p: Run, layer: number, head: number): Float32Array {
  const info = p.compiled.layers[layer]!.heads[head]!;
  const values = headValues(p, layer, head);
  if (info.role !== 'counting_width') return values;
  const { T } = p.trace;
  return values.map((w, i) => (i % T === 0 ? 0 : Math.min(1, w * info.count_scale)));
}

/** A head's scores between 0 (the least) and 1 (the largest on this input), to be drawn; what is masked is 0. */
export function drawnScores(p: Run, layer: number, head: number): Float32Array {
  const scores = headValues(p, layer, head, 'scores'),
    real = scores.filter((s) => s > -1e29);
  const low = Math.min(...real),
    high = Math.max(...real);
  return scores.map((s) => (s > -1e29 && high > low ? (s - low) / (high - low) : 0));
}

/** The interpreter's 0/1 matrix for the same picture; null where it has none. */
export function selectorPattern(p: Run, selector: number): Float32Array | null {
  const matrix = p.trace.nodes.find((n) => n.id === selector)?.matrix;
  if (!matrix) return null;
  const { T } = p.trace;
  const out = new Float32Array(T * T);
  matrix.forEach((row, q) => {
    for (let k = 0; k < row.length; ++k) out[(q + 1) * T + k + 1] = row[k] === '1' ? 1 : 0;
  });
  return out;
}

export const place = (tokens: string[], position: number) =>
  position === 0 ? 'BOS' : `position ${position - 1} ‘${token(tokens[position] ?? '')}’`;

const list = (items: string[]) =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

/** "position 3 ‘a’ looks at positions 0 and 3 because same" */
export function rowSentence(p: Run, layer: number, head: number, query: number): string {
  const info = p.compiled.layers[layer]!.heads[head]!;
  const { T, tokens } = p.trace;
  const values = drawnPattern(p, layer, head);
  const row = [...values.subarray(query * T, (query + 1) * T)];
  const strong = row.flatMap((w, k) => (k > 0 && w > 0.5 / T ? [k - 1] : []));
  if (query === 0) return 'BOS, the mark before the first token, looks at itself';
  const who = place(tokens, query);
  if (strong.length === 0) return `${who} selects nothing, so it rests on BOS`;
  if (strong.length === T - 1 && T > 2) return `${who} looks at every position`;
  const where =
    strong.length > 8
      ? `${strong.length} positions`
      : `${strong.length === 1 ? 'position' : 'positions'} ${list(strong.map(String))}`;
  return `${who} looks at ${where} because ${info.label}`;
}

export const headName = (layer: number, head: number) => `head ${layer + 1}.${head + 1}`;

/** What a head does for its row, in two words: "fetches tokens". */
export function headDoes(h: HeadDoc, nameOf: (subspace: number) => string): string {
  if (h.role !== 'aggregate') return h.label === 'full_s' ? 'counts all positions' : 'counts the selected';
  const read = [...new Set(h.value_subspaces.map(nameOf))];
  return `fetches ${read.length ? list(read) : 'what is seen'}`;
}

export const headWords = (h: HeadDoc) => (h.role === 'aggregate' ? 'fetches values' : 'counts the selected keys');
