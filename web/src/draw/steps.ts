/**
 * The steps of the player: one a half-layer, and three where attention works: scores, weights, what is fetched. A step
 * is a place in the score and a sentence; `null` half-layers stand for the end, where everything is filled.
 */
import type { CompileResult, HeadDoc } from '../engine/protocol';
import { headName } from './pattern';
import { trueName } from './score';

export type Phase = 1 | 2 | 3;
export interface Step {
  half: number;
  phase: Phase;
  title: string;
  caption: string;
  nodes: number[];
}

const list = (items: string[]) =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
const most = 4;
const some = (items: string[]) =>
  items.length > most ? `${items.slice(0, most).join(', ')} and ${items.length - most} more` : list(items);

const question = (h: HeadDoc, layer: number, head: number) => `${headName(layer, head)} asks ${h.label || 'nothing'}`;
const answer = (h: HeadDoc, layer: number, head: number) =>
  `${headName(layer, head)} ${h.role === 'aggregate' ? 'fetches what is seen there' : 'counts the keys that are selected'}`;

function attention(compiled: CompileResult, l: number): Step[] {
  const { heads } = compiled.layers[l]!,
    half = 2 * l + 1,
    title = `Layer ${l + 1} · attention`;
  if (!heads.length) return [];
  const nodes = [...new Set(heads.flatMap((h) => [...h.nodes, h.selector]))].filter((n) => n >= 0);
  return [
    {
      half,
      phase: 1,
      title,
      nodes,
      caption: `Scores: each position (the query) compares itself with each position (the key). ${some(heads.map((h, i) => question(h, l, i)))}.`,
    },
    {
      half,
      phase: 2,
      title,
      nodes,
      caption: 'Weights: softmax turns each query’s scores into shares; the arcs run from key to query.',
    },
    {
      half,
      phase: 3,
      title,
      nodes,
      caption: `Values: ${some(heads.map((h, i) => answer(h, l, i)))}; the row below is filled.`,
    },
  ];
}

export function stepsOf(compiled: CompileResult): Step[] {
  const embedded = compiled.subspaces.flatMap((s, i) => (s.written === 0 ? [i] : []));
  const steps: Step[] = [
    {
      half: 0,
      phase: 3,
      title: 'Embedding',
      nodes: embedded.map((s) => compiled.subspaces[s]!.node),
      caption: `Each position starts with ${some(embedded.map((s) => trueName(compiled, s).name)) || 'nothing but its token'}. Nothing has been computed yet.`,
    },
  ];
  compiled.layers.forEach((layer, l) => {
    steps.push(...attention(compiled, l));
    const made = layer.neurons.filter((g) => g.how !== 'clear' && g.how !== 'clean');
    if (!layer.neurons.length) return;
    const nodes = [...new Set((made.length ? made : layer.neurons).map((g) => g.node))];
    steps.push({
      half: 2 * l + 2,
      phase: 3,
      title: `Layer ${l + 1} · MLP`,
      nodes,
      caption: made.length
        ? `Every position by itself, in its own lane, computes ${some([...new Set(made.map((g) => compiled.nodes[g.node]?.name || compiled.nodes[g.node]?.label || g.label))])}.`
        : 'Every position tidies up its own lane: what nothing reads any more is cleared.',
    });
  });
  steps.push({
    half: 2 * compiled.layers.length,
    phase: 3,
    title: 'Output',
    nodes: [compiled.output],
    caption: 'The unembedding reads the answer off the lanes.',
  });
  return steps;
}

/** The step that a kept place means: the last one where there is none, or the first at or after it. */
export function stepAt(steps: Step[], half: number | null, phase: number | null): number {
  if (half === null) return steps.length - 1;
  const found = steps.findIndex((s) => s.half > half || (s.half === half && s.phase >= (phase ?? 3)));
  return found < 0 ? steps.length - 1 : found;
}
