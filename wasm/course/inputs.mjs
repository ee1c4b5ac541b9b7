// A program's values on many inputs, and the sentence for what is wrong with a program. The engine is anything with
// request(document) → result (or a promise of one), see core/session/session.h.
import { callOf } from './assignment.mjs';

export const evalMs = 10_000; // one request to the interpreter; counted limits nearly always come first
// steps of building a program: a fifth of what the engine allows, so that a class is graded in time and alike
// everywhere
const evalSteps = 1_000_000;

// What is wrong with the program itself comes before what that makes wrong with the expression that is asked for.
export function firstError(reply) {
  const errors = reply?.diagnostics?.filter((d) => d.severity === 'error') ?? [];
  return (
    errors.find((d) => d.file === undefined) ??
    errors[0] ?? { message: 'The engine gave no answer', code: 'engine', line: 1, column: 1 }
  );
}

// Values on many inputs, each with its own call: one request a call. → {results, facts, failure}: a failure concerns a
// whole call.
export async function evaluateInputs(engine, task, program, items, { named, causal } = {}) {
  const results = new Array(items.length).fill(null);
  const calls = [...new Set(items.map((c) => callOf(task, c)))];
  let facts = null,
    failure = null;
  for (const call of calls) {
    const chosen = items.flatMap((c, i) => (callOf(task, c) === call ? [i] : []));
    const reply = await engine.request({
      command: 'eval_many',
      program,
      files: task.files,
      output: call,
      causal: causal ?? task.causal ?? false,
      inputs: chosen.map((i) => items[i].input),
      named,
      limit_ms: evalMs,
      limit_steps: evalSteps,
    });
    facts ??= reply.facts ?? null;
    const problem = reply.ok ? kindProblem(task, call, reply.kind) : missingName(task, call, firstError(reply));
    if (problem) {
      const own = reply.ok ? [] : reply.diagnostics.filter((d) => d.file === undefined);
      failure ??= { ...problem, diagnostics: own.some((d) => d.severity === 'error') ? own : [problem] };
      for (const i of chosen) results[i] = { error: problem.message };
    } else {
      chosen.forEach((i, k) => {
        results[i] = reply.results[k];
      });
    }
  }
  return { results, facts, failure };
}

// The name that is asked for, in the expression that asks for it.
const missingName = (task, call, d) =>
  d.file !== undefined &&
  d.code === 'undefined-name' &&
  call.split('\n')[d.line - 1]?.slice(d.column - 1, d.end_column - 1) === task.asks.name
    ? { ...d, message: `The program does not define ${task.asks.name}`, hint: '' }
    : d;

function kindProblem(task, call, kind) {
  const wanted = task.asks.kind;
  const right =
    wanted === 'number'
      ? kind === 's-op'
      : wanted === 'function'
        ? kind === 's-op' || kind === 'selector'
        : kind === wanted;
  const article = { 's-op': 'an s-op', atom: 'an atom' };
  const a = (k) => article[k] ?? `a ${k}`;
  return right
    ? null
    : {
        code: 'wrong-kind',
        message:
          wanted === 'function'
            ? `${call} gives ${a(kind)}, not an s-op`
            : `${call} is ${a(kind)}; ${a(wanted)} is asked for`,
        file: 'output',
        line: 1,
        column: 1,
        severity: 'error',
      };
}
