/**
 * One selection drives every panel. Pointing previews (`hover`), clicking or Enter locks (`selection`), Esc clears. The
 * currency is the graph node: expressions, heads, neurons and residual rows all know theirs.
 */
import { computed, signal } from '@preact/signals';
import type { CompileResult, NodeDoc } from '../engine/protocol';
import { analysis, picture } from './live';
import { type Selection, half, selection } from './project';

/** The value before, where the new one says the same: what depends on it is not drawn again for each key. */
function steady<T>(make: () => T, same: (a: T, b: T) => boolean) {
  let held: T | undefined;
  return computed<T>(() => {
    const now = make();
    return (held = held !== undefined && same(held, now) ? held : now);
  });
}

export const hover = signal<Selection | null>(null);
export const focus = computed<Selection>(() => hover.value ?? selection.value);

export interface Place {
  half: number;
  layer: number;
  head?: number;
  group?: number;
} // group: index into the layer's neuron groups

/** Where each s-op or selector is computed. */
const places = computed<Map<number, Place[]>>(() => {
  const map = new Map<number, Place[]>();
  const add = (node: number, place: Place) => {
    if (node >= 0) map.set(node, [...(map.get(node) ?? []), place]);
  };
  const compiled = picture.value?.compiled;
  compiled?.layers.forEach((l, layer) => {
    l.heads.forEach((h, head) => {
      for (const n of new Set([...h.nodes, h.selector])) add(n, { half: 2 * layer + 1, layer, head });
    });
    l.neurons.forEach((g, group) => {
      if (g.how !== 'clear') add(g.node, { half: 2 * layer + 2, layer, group });
    }); // what clears it does not compute it
  });
  return map;
});

const users = computed<Map<number, number[]>>(() => {
  const map = new Map<number, number[]>();
  for (const n of picture.value?.compiled.nodes ?? [])
    for (const a of n.args) map.set(a, [...(map.get(a) ?? []), n.id]);
  return map;
});

const homes = computed<Set<number>>(() => new Set(picture.value?.compiled.subspaces.map((s) => s.node)));

/** The nodes whose place in the model stands for this one: itself, or, where it was fused into them, the nearest that use it. */
export function owners(node: number): number[] {
  const own = (n: number) => places.value.has(n) || homes.value.has(n);
  if (own(node)) return [node];
  let frontier = [node];
  const seen = new Set(frontier);
  for (let depth = 0; depth < 40 && frontier.length; ++depth) {
    const next: number[] = [];
    for (const n of frontier)
      for (const u of users.value.get(n) ?? [])
        if (!seen.has(u)) {
          seen.add(u);
          next.push(u);
        }
    const found = next.filter(own);
    if (found.length) return found;
    frontier = next;
  }
  return [];
}

export const placesOf = (node: number): Place[] => owners(node).flatMap((n) => places.value.get(n) ?? []);

/** Nodes that light up everywhere. */
export const lit = steady<Set<number>>(
  () => {
    const f = focus.value;
    const compiled = picture.value?.compiled;
    const out = new Set<number>();
    if (f.node !== undefined) {
      out.add(f.node);
      for (const n of owners(f.node)) out.add(n);
    }
    if (compiled && f.layer !== undefined) {
      const layer = compiled.layers[f.layer];
      const head = f.head === undefined ? undefined : layer?.heads[f.head];
      if (head && f.node === undefined) for (const n of [...head.nodes, head.selector]) out.add(n);
      if (f.head === undefined && f.node === undefined) for (const g of layer?.neurons ?? []) out.add(g.node);
    }
    if (compiled && half.value !== null && Object.keys(f).length === 0) {
      // the player's step
      for (const s of compiled.subspaces) if (s.written === half.value) out.add(s.node);
      if (half.value % 2) for (const h of compiled.layers[(half.value - 1) / 2]?.heads ?? []) out.add(h.selector);
    }
    if (compiled && f.subspace !== undefined) {
      const s = compiled.subspaces[f.subspace];
      if (s) out.add(s.node);
    }
    return out;
  },
  (a, b) => a.size === b.size && [...a].every((n) => b.has(n)),
);

const equal = <T>(a: T[], b: T[]) => a.length === b.length && a.every((x, i) => x === b[i]);

/** What the program asks to draw. */
export const drawn = steady<number[]>(() => [...new Set(analysis.value?.drawn)], equal);

export const nodeDoc = (id: number): NodeDoc | undefined =>
  analysis.value?.nodes[id] ?? picture.value?.compiled.nodes[id];

/** The words for a node: its variable, else its expression. */
const labels = steady<string[]>(() => {
  const analyzed = analysis.value?.nodes ?? [],
    compiled = picture.value?.compiled.nodes ?? [];
  return Array.from({ length: Math.max(analyzed.length, compiled.length) }, (_, id) => {
    const n = analyzed[id] ?? compiled[id]!;
    return n.name || n.label;
  });
}, equal);
export const nodeLabel = (id: number): string => labels.value[id] ?? '';

const sameSelection = (a: Selection, b: Selection) => JSON.stringify(a) === JSON.stringify(b);

/** Handlers for anything that stands for a part of the program or the model. */
export function pointing(target: Selection) {
  return {
    onMouseEnter: () => {
      hover.value = target;
    },
    onMouseLeave: () => {
      if (hover.value && sameSelection(hover.value, target)) hover.value = null;
    },
    onClick: (event: Event) => {
      event.stopPropagation();
      hover.value = null;
      selection.value = sameSelection(selection.value, target) ? {} : target;
    },
  };
}

export function clearSelection() {
  hover.value = null;
  selection.value = {};
}

/** Neighbours in the list are far apart on the colour circle; after 24 names the hues come round again. */
export const hueCircle = Array.from({ length: 24 }, (_, i) => Math.round((250 + i * 137.508) % 360));

/** One hue a named s-op, the same everywhere; null for what has no name. */
const hues = steady<Map<number, number>>(
  () => {
    const map = new Map<number, number>();
    for (const d of analysis.value?.definitions ?? []) {
      const node = d.display?.node;
      if (node !== undefined && d.display?.kind === 's-op' && !map.has(node))
        map.set(node, hueCircle[map.size % hueCircle.length]!);
    }
    for (const n of analysis.value?.nodes ?? []) // named within a function
      if (n.name && n.span && !n.selector && !map.has(n.id)) map.set(n.id, hueCircle[map.size % hueCircle.length]!);
    return map;
  },
  (a, b) => a.size === b.size && [...a].every(([k, v]) => b.get(k) === v),
);
export const hue = (node: number): number | null => hues.value.get(node) ?? null;
export const colour = (node: number): string => {
  const h = hue(node);
  return h === null ? 'var(--muted)' : `oklch(var(--named-l) var(--named-c) ${h})`;
};

export const halfName = (half: number): string =>
  half === 0 ? 'the embedding' : `layer ${Math.ceil(half / 2)}’s ${half % 2 ? 'attention' : 'MLP'}`;

export function subspacesOf(compiled: CompileResult, node: number, half?: number): number[] {
  const out: number[] = [];
  compiled.subspaces.forEach((s, i) => {
    if (s.node === node && (half === undefined || s.written === half)) out.push(i);
  });
  return out;
}
