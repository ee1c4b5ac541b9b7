// Decoded residual stream → cells of a strip, with what an experiment changed and where model and interpreter part.
import type { TraceResult, Values } from '../engine/protocol';
import type { Run } from '../state/live';
import { show, showAll } from '../values';

/** One value of a strip. */
export interface Cell {
  text: string;
  full?: string;
  wrong?: boolean;
  changed?: boolean;
  absent?: boolean;
}

/** Values that nothing tells apart. */
export const isAny = (text: string) => /^[^|]+\|.+$/.test(text);

/** Texts that mean the same number or value: the engine writes True, 0.5; a student reads T, 0.5. */
function short(text: string): string {
  if (isAny(text)) return '∗';
  if (text === 'True') return 'T';
  if (text === 'False') return 'F';
  if (/^\([^"\\]*\)$/.test(text)) return text.replaceAll(/'([^']+)'/g, '$1').replaceAll(', ', ','); // a tuple
  const n = Number(text);
  return text.trim() !== '' && !Number.isInteger(n) && Number.isFinite(n) ? show(n, 'f') : text;
}

/** What a subspace holds after a half-layer, a text a position with BOS first; "" where it holds nothing. */
export function readAfter(trace: TraceResult, subspace: number, half: number): string[] {
  const row = trace.decoded[subspace]?.rows.findLast((r) => r.half_layer <= half);
  return row?.values.length ? row.values : Array<string>(trace.T).fill('');
}

export function subspaceCells(p: Run, subspace: number, half: number): Cell[] {
  const now = readAfter(p.trace, subspace, half);
  const before = p.baseline ? readAfter(p.baseline, subspace, half) : undefined;
  return now.slice(1).map((text, i) => ({
    text: short(text),
    full: text.replaceAll('|', ' or '),
    absent: text === '',
    changed: before !== undefined && before[i + 1] !== text,
  }));
}

export const valueCells = (v: Values): Cell[] => showAll(v).map((text, i) => ({ text, absent: v.types[i] === '-' }));

export function outputCells(p: Run): { input: Cell[]; interpreter: Cell[]; model: Cell[] } {
  const { trace, baseline } = p;
  return {
    input: trace.tokens.slice(1).map((text) => ({ text })),
    interpreter: valueCells(trace.interpreter),
    model: showAll(trace.model).map((text, i) => ({
      text: trace.defined[i] ? text : '?',
      absent: !trace.defined[i],
      wrong: !trace.agrees[i],
      changed:
        baseline !== null &&
        (baseline.model.values[i] !== trace.model.values[i] || baseline.model.types[i] !== trace.model.types[i]),
    })),
  };
}
