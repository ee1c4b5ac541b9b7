/**
 * A small picture of a program's model on one input: positions are columns, each head's arcs run from the keys (above)
 * to the queries (below), each MLP's row stands under it. Made when the page is built, for the gallery, the first paint
 * and link previews.
 */
export interface Band {
  kind: 'embedding' | 'head' | 'mlp';
  layer: number;
  number?: number; // of the head in its layer, from 0
  label: string; // of what the band writes
  matrix?: string[]; // head: row q, character k is "1" where query q selects key k; positions without BOS
  row?: string[]; // the values that it writes, as text
}
export interface Small {
  verdict: string;
  input: string[];
  output: string[];
  bands: Band[];
}

export type Role = 'arc' | 'token' | 'value';
export interface Shape {
  tag: 'path' | 'text';
  role: Role;
  at: Record<string, string | number>;
  text?: string;
}
export interface Drawn {
  width: number;
  height: number;
  shapes: Shape[];
}

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** In a box of about 200 × 120: what a card of the gallery shows. */
export function thumbnail(s: Small): Drawn {
  const heads = s.bands.filter((b) => b.kind === 'head');
  const lane = Math.min(26, 196 / Math.max(1, s.input.length)),
    head = Math.max(4, Math.min(34, 78 / Math.max(1, heads.length)));
  const shapes: Shape[] = [];
  const x = (i: number) => Math.round((2 + lane * (i + 0.5)) * 10) / 10;
  const values = (list: string[], y: number, role: Role) =>
    list.forEach((text, i) =>
      shapes.push({
        tag: 'text',
        role,
        at: { x: x(i), y, 'text-anchor': 'middle' },
        text: cut(text, Math.max(1, Math.floor(lane / 7))),
      }),
    );
  values(s.input, 14, 'token');
  let y = 20;
  for (const b of heads) {
    if (b.matrix) shapes.push({ tag: 'path', role: 'arc', at: { d: arcs(b.matrix, x, y, head) } });
    y += b.matrix ? head : 0;
  }
  values(s.output, y + 12, 'value');
  return { width: Math.ceil(4 + lane * s.input.length), height: Math.ceil(y + 18), shapes };
}

/** From each key that is selected, above, to the query that selects it, `height` below. */
export function arcs(matrix: string[], x: (i: number) => number, y: number, height: number): string {
  const mid = y + height / 2,
    end = y + height;
  return matrix
    .flatMap((keys, q) =>
      [...keys].flatMap((c, k) => (c === '1' ? [`M${x(k)} ${y}C${x(k)} ${mid} ${x(q)} ${mid} ${x(q)} ${end}`] : [])),
    )
    .join('');
}
