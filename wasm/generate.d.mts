import type { ExtendResult, Failure, Values } from './contract.mjs';

export interface GenerateStep {
  tokens: Values;
  model: ExtendResult['model'];
  interpreter: ExtendResult['interpreter'];
  defined: boolean[];
  agree: boolean;
  computed: number; // positions, with BOS: one a step of a causal model, but for the first
  appended?: Values;
}
export interface Generated {
  ok: true;
  input: Values;
  output: Values; // the input and what was appended
  generated: Values; // what was appended
  steps: GenerateStep[];
  stopped: { why: 'until' | 'steps' | 'length' | 'no-token' | 'no-value'; message: string };
}
export function generate(
  run: (tokens: Values) => Promise<ExtendResult | Failure>,
  about: { input: Values; vocabulary: Values; maxLength: number; steps: number; until?: Values },
): Promise<Generated | Failure>;
export function typedToken(text: string, vocabulary: Values): Values | null;
export function indexIn(list: Values, value: Values['values'][number], type: string): number;
