/**
 * The score of a model: its lines from the embedding to the output, as data. Time runs down, positions run across; a
 * head is a band, what it writes is a row below it. Nothing here is drawn: `views/Score.tsx` shows it on the page,
 * `scoreSvg.ts` as a picture.
 */
import type { CompileResult, NeuronGroupDoc } from '../engine/protocol';

export interface Heading {
  kind: 'heading';
  key: string;
  text: string;
  half: number;
  layer: number;
  mlp: boolean;
}
/** A head: `reads` and `writes` are indices into the document's subspaces. */
export interface Band {
  kind: 'band';
  key: string;
  half: number;
  layer: number;
  head: number;
  nodes: number[];
  selector: number;
  label: string;
  reads: number[];
  writes: number[];
}
/** What was written: one subspace; `by` says who wrote it, `reads` what an MLP read for it. */
export interface Row {
  kind: 'row';
  key: string;
  half: number;
  layer: number;
  subspace: number;
  node: number;
  name: string;
  part: boolean;
  note: string;
  mlp: boolean;
  reads: number[];
}
/** Neurons that make nothing new: they clear subspaces of these s-ops, or set their codes to 0 and 1 again. */
export interface Note {
  kind: 'note';
  key: string;
  half: number;
  layer: number;
  nodes: number[];
  names: string[];
  clears: boolean;
  reads: number[];
}
export type Line = Heading | Band | Row | Note;

const nodeName = (compiled: CompileResult, node: number) =>
  compiled.nodes[node]?.name || compiled.nodes[node]?.label || '';

/** `selector_width(smaller)` as it is said: `width of smaller`. */
export const spoken = (label: string): string => label.replace(/^selector_width\((.*?)\)?$/, 'width of $1');

const isMaker = (g: NeuronGroupDoc) => g.how !== 'clear' && g.how !== 'clean';

/**
 * The true name of a subspace: its s-op's name only where it holds the whole s-op. An s-op that is a sum is held in
 * parts, one a head; an MLP of the same s-op reads them and writes the whole.
 */
export function trueName(compiled: CompileResult, subspace: number): { name: string; part: boolean } {
  const s = compiled.subspaces[subspace]!;
  const whole = nodeName(compiled, s.node);
  if (!whole || s.label === whole || s.label === compiled.nodes[s.node]!.label)
    return { name: spoken(whole || s.label), part: false };
  const siblings = compiled.subspaces.filter((x) => x.node === s.node);
  const collected = compiled.layers.some((l) =>
    l.neurons.some((g) => g.node === s.node && isMaker(g) && g.subspaces.includes(subspace)),
  );
  const summed = compiled.output_subspaces.length > 1 && compiled.output_subspaces.includes(subspace);
  const part =
    collected ||
    summed ||
    (siblings.length > 1 && s.written % 2 === 1 && new Set(siblings.map((x) => x.label)).size > 1);
  return part ? { name: spoken(s.label), part } : { name: spoken(whole), part: false };
}

/** Which head of a layer writes a subspace: of several for one s-op, the one whose selector its label names, else in order. */
function headOf(compiled: CompileResult, layer: number, subspace: number): number {
  const s = compiled.subspaces[subspace]!,
    heads = compiled.layers[layer]!.heads;
  const able = heads.flatMap((h, i) => (h.nodes.includes(s.node) ? [i] : []));
  if (able.length < 2) return able[0] ?? -1;
  const named = able.filter((i) => s.label === `selector_width(${heads[i]!.label})`);
  if (named.length === 1) return named[0]!;
  const alike = compiled.subspaces.flatMap((x, i) => (x.written === s.written && x.node === s.node ? [i] : []));
  return able[Math.min(alike.indexOf(subspace), able.length - 1)]!;
}

const size = (n: number) => `${n} ${n === 1 ? 'dimension' : 'dimensions'}`;
const neurons = (g: NeuronGroupDoc) => `${g.end - g.begin} ${g.end - g.begin === 1 ? 'neuron' : 'neurons'}`;

function rowOf(compiled: CompileResult, subspace: number, note: string, extra: Partial<Row> = {}): Row {
  const s = compiled.subspaces[subspace]!,
    { name, part } = trueName(compiled, subspace);
  const twin = compiled.subspaces.some(
    (x, i) => i !== subspace && x.node === s.node && x.encoding !== s.encoding && trueName(compiled, i).name === name,
  );
  return {
    kind: 'row',
    key: `s${subspace}`,
    half: s.written,
    layer: Math.ceil(s.written / 2) - 1,
    subspace,
    node: s.node,
    name: twin && s.encoding === 'numerical' ? `${name} as a number` : name,
    part,
    note,
    mlp: false,
    reads: [],
    ...extra,
  };
}

/** All lines of a model, embedding first; those of the output are the page's own. */
export function scoreOf(compiled: CompileResult): Line[] {
  const lines: Line[] = [{ kind: 'heading', key: 'e', text: 'Embedding', half: 0, layer: -1, mlp: false }];
  const written = (half: number) => compiled.subspaces.flatMap((s, i) => (s.written === half ? [i] : []));
  for (const s of written(0))
    lines.push(
      rowOf(
        compiled,
        s,
        compiled.subspaces[s]!.encoding === 'numerical' ? 'one number' : size(compiled.subspaces[s]!.dimensions.length),
      ),
    );
  compiled.layers.forEach((layer, l) => {
    const half = 2 * l + 1,
      mine = written(half),
      next = written(half + 1);
    if (layer.heads.length)
      lines.push({ kind: 'heading', key: `a${l}`, text: `Layer ${l + 1} · attention`, half, layer: l, mlp: false });
    const left = new Set(mine);
    layer.heads.forEach((h, i) => {
      const writes = mine.filter((s) => headOf(compiled, l, s) === i);
      const reads = [...new Set([...h.query_subspaces, ...h.key_subspaces, ...h.value_subspaces])];
      lines.push({
        kind: 'band',
        key: `h${l}.${i}`,
        half,
        layer: l,
        head: i,
        nodes: [...new Set(h.nodes)],
        selector: h.selector,
        label: h.label,
        reads,
        writes,
      });
      for (const s of writes) {
        left.delete(s);
        lines.push(rowOf(compiled, s, '')); // the band above says who wrote it
      }
    });
    for (const s of left) lines.push(rowOf(compiled, s, 'attention'));
    if (layer.neurons.length)
      lines.push({ kind: 'heading', key: `m${l}`, text: `Layer ${l + 1} · MLP`, half: half + 1, layer: l, mlp: true });
    const rest = new Set(next);
    layer.neurons.forEach((g, i) => {
      const writes = [...rest].filter((s) => isMaker(g) && compiled.subspaces[s]!.node === g.node);
      for (const s of writes) {
        rest.delete(s);
        lines.push(rowOf(compiled, s, `${neurons(g)} · ${g.how}`, { mlp: true, reads: g.subspaces }));
      }
      if (isMaker(g)) return;
      const clears = g.how === 'clear',
        name = nodeName(compiled, g.node),
        before = lines.at(-1);
      if (before?.kind === 'note' && before.clears === clears) {
        before.nodes.push(g.node);
        before.names.push(name);
      } else
        lines.push({
          kind: 'note',
          key: `g${l}.${i}`,
          half: half + 1,
          layer: l,
          nodes: [g.node],
          names: [name],
          clears,
          reads: [],
        });
    });
    for (const s of rest) lines.push(rowOf(compiled, s, 'MLP', { mlp: true }));
  });
  return lines;
}

/** The band or row that an s-op's or selector's place stands for, and the lines it is joined with. */
export function joined(lines: Line[], chosen: string): { reads: Set<string>; writes: Set<string> } {
  const line = lines.find((l) => l.key === chosen);
  const keys = (list: number[]) => new Set(list.map((s) => `s${s}`));
  if (!line || line.kind === 'heading') return { reads: new Set(), writes: new Set() };
  return { reads: keys(line.reads), writes: line.kind === 'band' ? keys(line.writes) : new Set() };
}

/** Arcs of a pattern by strength, weakest first: pairs [query, key] without BOS, positions from 0. */
export function arcsOf(values: ArrayLike<number>, T: number): [number, number][][] {
  const levels: [number, number][][] = [[], [], [], []];
  for (let q = 1; q < T; ++q)
    for (let k = 1; k < T; ++k) {
      const w = values[q * T + k]!;
      if (w > 0.02) levels[Math.min(3, Math.floor(4 * w))]!.push([q - 1, k - 1]);
    }
  return levels;
}

const fixed = (x: number) => String(Math.round(10 * x) / 10);

/** Arcs as one SVG path: from the lane of the key (above) to the lane of the query (below). */
export function arcPath(pairs: [number, number][], lane: number, height: number): string {
  let d = '';
  for (const [q, k] of pairs) {
    const from = fixed((k + 0.5) * lane),
      to = fixed((q + 0.5) * lane);
    d +=
      from === to
        ? `M${from} 0V${height}`
        : `M${from} 0C${from} ${fixed(0.55 * height)} ${to} ${fixed(0.45 * height)} ${to} ${height}`;
  }
  return d;
}

export const widestLane = 56;
/** Width of a lane in pixels: wide where there is room, never below 14. */
export const laneWidth = (room: number, lanes: number): number =>
  Math.max(14, Math.min(widestLane, Math.floor(room / Math.max(1, lanes))));

/** What the names take, in pixels: a letter of the bold 13 px monospace is 7.83 wide; the rest is marks and margins. */
export const namesWidth = (names: string[]): number =>
  Math.max(116, Math.min(300, Math.ceil(7.83 * Math.max(0, ...names.map((n) => n.length))) + 38));

/** How tall a band is: where there are few, arcs have room. */
export const bandHeight = (heads: number): number => (heads <= 6 ? 44 : heads <= fewHeads ? 34 : 18);
export const fewHeads = 12; // beyond, bands are drawn closer together and an overview stands at the edge

/** What a note says of its s-ops: a verb before their names, and the reason behind them. */
export const noteWords = ({ clears }: Note): [string, string] =>
  clears ? ['clears', 'no longer read'] : ['sharpens', 'exactly 0 and 1 again'];

export const howToRead = 'Time runs down. An arc runs from who is looked at to who looks. ▶ plays it step by step.';
