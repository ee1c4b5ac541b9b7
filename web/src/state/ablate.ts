// What each head and each MLP is needed for: switched off one by one, on inputs drawn from the vocabulary.
import type { CompileResult, Intervention, Values } from '../engine/protocol';

/** How many inputs are drawn, beside the one that is shown. */
export const drawnInputs = 24;

export interface Part {
  off: Extract<Intervention, { kind: 'zero_head' | 'zero_mlp' }>;
  nodes: number[];
}
export interface Ablated {
  part: Part;
  inputs: number;
  positions: number;
  witness?: Values;
}
export interface Ablation {
  of: { inputs: number; positions: number };
  parts: Ablated[];
}

/** Every head, and every MLP that has neurons. */
export const partsOf = (compiled: CompileResult): Part[] =>
  compiled.layers.flatMap((l, layer) => [
    ...l.heads.map((h, head): Part => ({ off: { kind: 'zero_head', layer, head }, nodes: [...new Set(h.nodes)] })),
    ...(l.neurons.length
      ? [{ off: { kind: 'zero_mlp', layer } as const, nodes: [...new Set(l.neurons.map((g) => g.node))] }]
      : []),
  ]);

/** Inputs of all lengths up to `longest`, none twice; the same for the same vocabulary. */
export function drawInputs(vocabulary: Values, longest: number, count: number): Values[] {
  const out = new Map<string, Values>(),
    words = vocabulary.values.length;
  let state = 1;
  const below = (n: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  if (words === 0) return [];
  for (let i = 0; i < 20 * count && out.size < count; ++i) {
    // longer ones more often: they use more of the model
    const length = 1 + (longest > 1 ? longest - 1 - Math.min(below(longest), below(longest)) : 0);
    const picks = Array.from({ length }, () => below(words));
    out.set(picks.join(), {
      values: picks.map((k) => vocabulary.values[k]!),
      types: picks.map((k) => vocabulary.types[k]).join(''),
    });
  }
  return [...out.values()];
}

/** Positions whose value or type is another one; of those where the whole model is right. */
export const changedAt = (whole: Values, without: Values, counted: boolean[]): number[] =>
  whole.values.flatMap((v, i) =>
    counted[i] && (v !== without.values[i] || whole.types[i] !== without.types[i]) ? [i] : [],
  );

interface Run {
  model: Values;
  agrees: boolean[];
  defined: boolean[];
}

/**
 * Runs it. `trace` gives null where the model is gone; then, and where `live` says so, the result is null. An input
 * counts where the whole model gives the interpreter's values: not where a promise is broken, or where there is no
 * value at all.
 */
export async function ablate(
  compiled: CompileResult,
  inputs: Values[],
  trace: (input: Values, off?: Intervention) => Promise<Run | null>,
  live: () => boolean,
  tell: (done: number, all: number) => void,
): Promise<Ablation | null> {
  const parts = partsOf(compiled).map((part): Ablated => ({ part, inputs: 0, positions: 0 })),
    of = { inputs: 0, positions: 0 };
  let done = 0;
  for (const input of inputs) {
    const whole = await trace(input);
    if (!whole || !live()) return null;
    const counted = whole.agrees.map((a, i) => a && whole.defined[i] !== false),
      places = counted.filter(Boolean).length;
    if (places) {
      ++of.inputs;
      of.positions += places;
    }
    for (const row of places ? parts : []) {
      const without = await trace(input, row.part.off);
      if (!without || !live()) return null;
      const changed = changedAt(whole.model, without.model, counted).length;
      if (changed) {
        ++row.inputs;
        row.positions += changed;
        row.witness ??= input;
      }
    }
    tell(++done, inputs.length);
  }
  return { of, parts };
}
