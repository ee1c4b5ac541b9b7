// Circuit discovery on the page: one request, scored against the known circuit.
import { signal } from '@preact/signals';
import type { Diagnostic } from '../engine/protocol';

export interface Edge {
  from: number;
  to: number;
  structural: boolean;
  semantic: boolean;
  causal: boolean;
  scores: Record<string, number>;
  witness?: { clean: { values: unknown[] }; corrupted: { values: unknown[] } };
}
export interface Found {
  method: string;
  seconds: number;
  auc: Record<Truth, number | null>;
  recall: number;
  faithfulness: number;
}
export interface Discovered {
  ok: true;
  circuit: { nodes: { name: string; label?: string }[]; readers: string[]; edges: Edge[] };
  pairs: number;
  witnesses: number;
  methods: Found[];
  faithfulness: Record<Truth, number>;
  diagnostics: Diagnostic[];
}
export const truths = ['causal', 'semantic', 'structural'] as const;
export type Truth = (typeof truths)[number];

export const names: Record<string, [string, string]> = {
  edge_patching: ['Edge patching', 'reads one edge from the corrupted run'],
  zero_ablation: ['Zero ablation', 'reads nothing along one edge'],
  mean_ablation: ['Mean ablation', 'reads along one edge what is written on average'],
  node_patching: ['Node patching', 'takes a whole node’s output from the corrupted run'],
  eap: ['Attribution patching (EAP)', 'difference times gradient: all edges at once'],
  eap_ig: ['EAP, integrated gradients', 'the gradient averaged on the way from clean to corrupted'],
  acdc: ['ACDC', 'greedy: an edge goes if the output hardly notices'],
};

export const discovered = signal<Discovered | null>(null);
export const discoveredOf = signal('');
export const method = signal('eap_ig');
export const truth = signal<Truth>('causal');

/** Points of the ROC curve: for every threshold, the share of wrong edges and of true edges that are found. */
export function roc(edges: Edge[], by: string, against: Truth): [number, number][] {
  const sorted = [...edges].sort((a, b) => (b.scores[by] ?? 0) - (a.scores[by] ?? 0));
  const right = edges.filter((e) => e[against]).length,
    wrong = edges.length - right;
  const out: [number, number][] = [[0, 0]];
  let t = 0,
    f = 0;
  sorted.forEach((e, i) => {
    if (e[against]) ++t;
    else ++f;
    if ((sorted[i + 1]?.scores[by] ?? -1) !== e.scores[by]) out.push([wrong ? f / wrong : 0, right ? t / right : 0]);
  });
  return out;
}
