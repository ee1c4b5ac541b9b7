/** The program's own tests: what each `#@ expect` gets from the interpreter. */
import { effect, signal } from '@preact/signals';
import { expectedResult } from '../../../wasm/course/equal.mjs';
import type { AnalyzeResult, Results, Values } from '../engine/protocol';
import { rawText } from '../engine/raw';
import { active, files, settings } from './project';
import { analysis, analyzedSource, askInterpreter, loadable } from './live';

export interface Outcome {
  line: number;
  ok: boolean;
  input: Values;
  expected: string;
  got: string;
}

/** Of the program that `analysis` belongs to; null until they have run. */
export const outcomes = signal<Outcome[] | null>(null);

const pauseMs = 120;
let timer: ReturnType<typeof setTimeout> | undefined;
let latest: AnalyzeResult | null = null;

type Result = Extract<Results['eval_many'], { ok: true }>['results'][number];

function outcome(x: AnalyzeResult['expects'][number], line: number, result: Result | undefined): Outcome {
  const got =
    result?.values === undefined
      ? (result?.undefined ?? result?.error ?? 'no value')
      : rawText({ values: result.values, types: result.types ?? '' });
  // Every position of a test has a value.
  const ok = result !== undefined && !x.output.values.includes(null) && expectedResult(x.output, result);
  return { line, ok, input: x.input, expected: rawText(x.output), got };
}

async function run(a: AnalyzeResult) {
  const found = await loadable({ files: files.peek(), active: active.peek() });
  const reply = await askInterpreter({
    command: 'eval_many',
    program: analyzedSource.peek(),
    files: found,
    name: active.peek(),
    output: settings.peek().output?.trim() || undefined,
    causal: settings.peek().causal,
    inputs: { raw: `[${a.expects.map((x) => rawText(x.input)).join(',')}]` },
    limit_ms: 2000,
  });
  if (latest !== a) return;
  outcomes.value = reply.ok
    ? a.expects.flatMap((x, i) => (x.span ? [outcome(x, x.span[0], reply.results[i])] : []))
    : null;
}

effect(() => {
  const a = analysis.value;
  clearTimeout(timer);
  latest = a;
  outcomes.value = null;
  if (a?.expects.length && a.output) timer = setTimeout(() => void run(a), pauseMs);
});
