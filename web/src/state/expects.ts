/** The program's own tests: what each `#@ expect` gets from the interpreter. */
import { batch, effect, signal } from '@preact/signals';
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

/** Of the program that `analysis` belongs to, or, while `pending`, of the one before; null until they have run. */
export const outcomes = signal<Outcome[] | null>(null);
export const pending = signal(false);

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
  batch(() => {
    pending.value = false;
    outcomes.value = reply.ok
      ? a.expects.flatMap((x, i) => (x.span ? [outcome(x, x.span[0], reply.results[i])] : []))
      : null;
  });
}

/** What the same tests gave before the last key, at their lines now: it stays until they have run again. */
function before(a: AnalyzeResult): Outcome[] {
  const old = new Map(outcomes.peek()?.map((o) => [`${rawText(o.input)} ${o.expected}`, o]));
  return a.expects.flatMap((x) => {
    const o = x.span && old.get(`${rawText(x.input)} ${rawText(x.output)}`);
    return o ? [{ ...o, line: x.span![0] }] : [];
  });
}

effect(() => {
  const a = analysis.value;
  clearTimeout(timer);
  latest = a;
  const tested = a !== null && a.expects.length > 0 && a.output !== null,
    kept = tested ? before(a) : [];
  batch(() => {
    pending.value = kept.length > 0;
    outcomes.value = kept.length ? kept : null;
  });
  if (tested) timer = setTimeout(() => void run(a), pauseMs);
});
