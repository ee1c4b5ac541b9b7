/** The program's own tests: what each `#@ expect` gets from the interpreter. */
import { effect, signal } from '@preact/signals';
import { canonicalExpected, canonicalResult } from '../../../wasm/course/values.mjs';
import type { AnalyzeResult, Values } from '../engine/protocol';
import { type Tokens, rawText, rawValues } from '../engine/raw';
import { active, files, settings } from './project';
import { analysis, analyzedSource, askInterpreter } from './live';

export interface Outcome { line: number; ok: boolean; input: Values; expected: string; got: string }

/** Of the program that `analysis` belongs to; null until they have run. */
export const outcomes = signal<Outcome[] | null>(null);

const pauseMs = 120;
let timer: ReturnType<typeof setTimeout> | undefined;
let latest: AnalyzeResult | null = null;

interface Result { values?: Values['values']; types?: string; error?: string; undefined?: string }

function outcome(x: AnalyzeResult['expects'][number], result: Result | undefined): Outcome {
  const got = result?.values === undefined ? result?.undefined ?? result?.error ?? 'no value' : rawText({ values: result.values, types: result.types ?? '' });
  return { line: x.span[0], ok: result !== undefined && canonicalResult(result) === canonicalExpected(x.output.values, 's-op'), input: x.input, expected: rawText(x.output), got };
}

async function run(a: AnalyzeResult) {
  const list: { raw: string } = { raw: `[${a.expects.map((x) => rawValues(x.input).raw).join(',')}]` };
  const request: { inputs: Tokens; [key: string]: unknown } = {
    command: 'eval_many', program: analyzedSource.peek(), files: files.peek(), name: active.peek(), output: settings.peek().output?.trim() || undefined,
    causal: settings.peek().causal, inputs: list, limit_ms: 2000,
  };
  const reply = await askInterpreter(request) as { ok: boolean; results?: Result[] };
  if (latest !== a) return;
  outcomes.value = reply.ok ? a.expects.map((x, i) => outcome(x, reply.results?.[i])) : null;
}

effect(() => {
  const a = analysis.value;
  clearTimeout(timer);
  latest = a;
  outcomes.value = null;
  if (a?.expects.length && a.output) timer = setTimeout(() => void run(a), pauseMs);
});
