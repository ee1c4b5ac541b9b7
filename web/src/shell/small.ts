/**
 * A small picture of a program's model on one input: positions are columns, each head's arcs run from the keys (above) to the
 * queries (below), each MLP's row stands under it. Made when the page is built, for the gallery, the first paint and link previews.
 */
export interface Band {
  kind: 'head' | 'mlp';
  layer: number;
  label: string;          // of what the band writes
  matrix?: string[];      // head: row q, character k is "1" where query q selects key k; positions without BOS
  row?: string[];         // the values that it writes, as text
}
export interface Small { verdict: string; input: string[]; output: string[]; bands: Band[] }

export type Role = 'arc' | 'token' | 'value' | 'name' | 'line';
export interface Shape { tag: 'path' | 'text' | 'line'; role: Role; at: Record<string, string | number>; text?: string }
export interface Drawn { width: number; height: number; shapes: Shape[] }

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

interface Layout { lane: number; left: number; head: number; row: number; named: boolean }

/** Without names and rows, in a box of about 200 × 120: what a card of the gallery shows. */
export function thumbnail(s: Small): Drawn {
  const heads = s.bands.filter((b) => b.kind === 'head');
  const layout = { lane: Math.min(26, 196 / Math.max(1, s.input.length)), left: 2, head: Math.max(4, Math.min(34, 78 / Math.max(1, heads.length))), row: 0, named: false };
  return draw({ ...s, bands: heads }, layout);
}

/** With the names and values of every band: what the page shows first. */
export const whole = (s: Small): Drawn => draw(s, { lane: 40, left: 132, head: 46, row: 24, named: true });

function draw(s: Small, { lane, left, head, row, named }: Layout): Drawn {
  const shapes: Shape[] = [];
  const x = (i: number) => Math.round((left + lane * (i + 0.5)) * 10) / 10;
  const width = left + lane * Math.max(s.input.length, s.output.length) + 2;
  const values = (list: string[], y: number, role: Role) => list.forEach((text, i) => shapes.push({ tag: 'text', role, at: { x: x(i), y, 'text-anchor': 'middle' }, text: cut(text, named ? 5 : Math.max(1, Math.floor(lane / 7))) }));
  const name = (text: string, y: number) => { if (named) shapes.push({ tag: 'text', role: 'name', at: { x: 0, y }, text: cut(text, 17) }); };
  let y = 14;
  name('tokens', y);
  values(s.input, y, 'token');
  y += 6;
  for (const b of s.bands) {
    if (b.matrix) {
      const mid = y + head / 2, end = y + head;
      const d = b.matrix.flatMap((keys, q) => [...keys].flatMap((c, k) => (c === '1' ? [`M${x(k)} ${y}C${x(k)} ${mid} ${x(q)} ${mid} ${x(q)} ${end}`] : []))).join('');
      if (d) shapes.push({ tag: 'path', role: 'arc', at: { d } });
      if (named) shapes.push({ tag: 'text', role: 'name', at: { x: 0, y: mid + 4 }, text: `layer ${b.layer + 1}, head` });
      y = end;
    }
    if (named && b.row) {
      y += row - 8;
      name(b.label, y);
      values(b.row, y, 'value');
      y += 8;
    }
  }
  if (!named) { y += 12; values(s.output, y, 'value'); }
  return { width: Math.ceil(width), height: Math.ceil(y + 6), shapes };
}
