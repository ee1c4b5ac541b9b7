// What the laboratory answers: core/lab/schema/laboratory.schema.json says what the members mean.
import type { Diagnostic } from '../engine/protocol';

export interface Point {
  step: number;
  trained: number;
  held_out: number;
  inputs: number;
  output_loss?: number;
  layers_loss?: number;
}
export interface Started {
  ok: true;
  run: number;
  experiment: { kind: string; d?: number; recipe?: string; layers?: number; heads?: number };
  training: { steps: number; batch: number; rate: number; seed: number };
  model: { d_model: number; heads: number[]; labels: string[]; encoding: string };
  inputs: {
    trained: number;
    held_out: number;
    all: boolean;
    seen: number;
    valueless: number;
    promise_breaking: number;
  };
  estimate: { flops: number; megabytes: number };
  diagnostics: Diagnostic[];
}
export interface Advanced {
  ok: true;
  step: number;
  steps: number;
  done: boolean;
  diverged: boolean;
  milliseconds: number;
  points: Point[];
}
type Pattern = number[][];
export interface Shown {
  ok: true;
  step: number;
  W?: number[][];
  overlaps?: number[][];
  blocks?: { layer: number; part: 'attention' | 'mlp'; cosine: number | null }[];
  s_ops?: { label: string; node: number; dimensions: number[]; written: number; right: number }[];
  heads: {
    layer: number;
    head: number;
    closest?: { layer: number; head: number; label: string };
    similarity?: number;
  }[];
  input: { values: unknown[] };
  patterns: { run: Pattern[][]; exact: Pattern[][] };
  answers: { run: { values: unknown[]; types?: string }; exact: { values: unknown[]; types?: string } };
}
export interface Exchanged {
  ok: true;
  s_ops: { node: number; accuracy: number | null }[];
}
export interface Refused {
  ok: false;
  diagnostics: Diagnostic[];
}
