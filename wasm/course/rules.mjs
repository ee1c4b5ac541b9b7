// What a task asks of a program beyond its values: its text, its counts, its transformer.
import { callOf } from './assignment.mjs';
import { sameResult } from './equal.mjs';
import { evaluateInputs, firstError } from './inputs.mjs';
import { tokensOf, valuesText } from './values.mjs';

export const compileMs = 10_000; // one request to the compiler

const promises = /^\s*#@\s*(unique|values|assume|encode)\b/m;
const checkSamples = 300;

// The transformer's size, for the task's vocabulary and length. What is not proved equal to the program, or rests on
// promises that the program makes (#@ values …), is tried: a wrong model may be as small as it likes and meets no
// budget.
export async function compiled(engine, task, program) {
  const request = {
    program,
    files: task.files,
    output: callOf(task),
    vocabulary: tokensOf(task.vocabulary),
    max_length: task.max_length,
    causal: task.causal ?? false,
    limit_ms: compileMs,
    // A budget of layers asks how shallow the program can be; any other, how small.
    ...(task.budgets?.layers ? { objective: 'depth' } : {}),
  };
  const reply = await engine.request({ command: 'compile', ...request });
  if (!reply.ok) return { ok: false, exact: false, problem: firstError(reply).message };
  if (!reply.exact || promises.test(program)) {
    const tried = await engine.request({ command: 'check', ...request, samples: checkSamples });
    if (tried.mismatches === undefined) return { ok: false, exact: false, problem: firstError(tried).message };
    if (tried.promise_breaking > 0)
      return {
        ok: false,
        exact: false,
        problem: `The transformer is not equal to the program: ${tried.promise_breaking} of ${tried.inputs} inputs break its promise`,
      };
    if (tried.mismatches > 0)
      return {
        ok: false,
        exact: false,
        problem: `The transformer is not equal to the program: on ${valuesText(tried.first_mismatch?.input?.values ?? null, 60)} it gives other values`,
      };
  }
  return { ok: true, exact: reply.exact, problem: '', ...reply.model };
}

const counted = {
  s_ops: 's-ops',
  selectors: 'selectors',
  aggregates: 'aggregates',
  selector_widths: 'selector widths',
  selects: 'select(…)',
  elementwise: 'elementwise operations',
};

export async function ruleOutcomes(engine, task, program, facts, model, evaluated) {
  const out = [];
  for (const r of task.rules ?? []) {
    let met = false,
      text = '',
      why = '';
    if (r.ban) {
      const used = r.ban.filter((n) => facts?.names?.includes(n));
      met = facts !== null && used.length === 0;
      text = `without ${r.ban.join(', ')}`;
      why = used.length ? `The program uses ${used.join(', ')}` : '';
    } else if (r.require) {
      const lacking = r.require.filter((n) => !facts?.names?.includes(n));
      met = facts !== null && lacking.length === 0;
      text = `with ${r.require.join(', ')}`;
      why = lacking.length ? `The program does not use ${lacking.join(', ')}` : '';
    } else if (r.at_most) {
      const over = Object.entries(r.at_most).filter(([k, n]) => !(facts?.counts?.[k] <= n));
      met = over.length === 0;
      text = Object.entries(r.at_most)
        .map(([k, n]) => `at most ${n} ${counted[k]}`)
        .join(', ');
      why =
        over.length && facts?.counts ? over.map(([k]) => `It needs ${facts.counts[k]} ${counted[k]}`).join('; ') : '';
    } else if (r.compiles) {
      met = model.ok;
      text = 'compiles to a transformer';
      why = model.ok ? '' : model.problem;
    } else if (r.exact) {
      met = model.ok && model.exact;
      text = 'the transformer is proved equal to the program';
      why = model.ok ? (model.exact ? '' : 'It compiles, but the proof does not close') : model.problem;
    } else if (r.causal) {
      text = 'no position needs a later one';
      met = evaluated.length > 0;
      for (const { items, results } of evaluated) {
        if (!met || task.causal) break;
        const masked = await evaluateInputs(engine, task, program, items, { causal: true });
        const k = masked.results.findIndex((m, i) => !sameResult(results[i], m));
        if (k >= 0) {
          met = false;
          why = `On ${valuesText(items[k].input)} the values change when later positions are hidden`;
        }
      }
    }
    out.push({ text: r.message ?? text, met, why, cost: r.cost ?? 1 });
  }
  return out;
}
