// One task's program against its cases, budgets and rules. The same code runs behind the page and the command line; the engine is
// anything with request(document) → result (or a promise of one), see core/session/session.h.
import { callOf, isPublished } from './assignment.mjs';
import { canHash, outputHash, propertyHash } from './hashes.mjs';
import { findLocked } from './locked.mjs';
import { allInputs, canonicalExpected, canonicalResult, plainResult, tokensOf, valuesText } from './values.mjs';

export const evalMs = 10_000; // one request to the interpreter; counted limits nearly always come first
const evalSteps = 1_000_000; // steps of building a program: a fifth of what the engine allows, so that a class is graded in time and alike everywhere
export const compileMs = 10_000; // one request to the compiler
const mostExplained = 5; // failing visible cases whose first differing s-op is looked for

// What is wrong with the program itself comes before what that makes wrong with the expression that is asked for.
function firstError(reply) {
  const errors = reply?.diagnostics?.filter((d) => d.severity === 'error') ?? [];
  return errors.find((d) => d.file === undefined) ?? errors[0] ?? { message: 'The engine gave no answer', code: 'engine', line: 1, column: 1 };
}

// Values on many inputs, each with its own call: one request a call. → {results, facts, failure}: a failure concerns a whole call.
async function evaluateInputs(engine, task, program, items, { named, causal } = {}) {
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
  d.file !== undefined && d.code === 'undefined-name' && call.split('\n')[d.line - 1]?.slice(d.column - 1, d.end_column - 1) === task.asks.name
    ? { ...d, message: `The program does not define ${task.asks.name}`, hint: '' }
    : d;

function kindProblem(task, call, kind) {
  const wanted = task.asks.kind;
  const right = wanted === 'number' ? kind === 's-op' : wanted === 'function' ? kind === 's-op' || kind === 'selector' : kind === wanted;
  const article = { 's-op': 'an s-op', atom: 'an atom' };
  const a = (k) => article[k] ?? `a ${k}`;
  return right
    ? null
    : {
        code: 'wrong-kind',
        message: wanted === 'function' ? `${call} gives ${a(kind)}, not an s-op` : `${call} is ${a(kind)}; ${a(wanted)} is asked for`,
        file: 'output',
        line: 1,
        column: 1,
        severity: 'error',
      };
}

const named = (results) =>
  results.map((r) => (r?.named ?? []).map((n) => ({ name: n.name, line: n.line, canonical: canonicalResult(n), plain: plainResult(n) })));

// What a task's cases expect. Where an output is not written down, the reference solution gives it.
// → {visible: [{canonical, plain, steps}], hidden: [{canonical, plain} | {hash}], properties: [{inputs, canonicals, plains} | {inputs, hash}], failure}
async function expectationsOf(engine, task) {
  const kind = task.asks.kind === 'selector' ? 'selector' : 's-op';
  const written = (c) =>
    c.output
      ? { canonical: canonicalExpected(c.output, task.asks.kind === 'function' && matrixLike(c.output, c.input) ? 'selector' : kind), plain: c.output }
      : c.hash
        ? { hash: c.hash }
        : null;
  const hidden = task.hidden ?? [];
  const properties = (task.properties ?? []).map((p) => ({ ...p, inputs: allInputs(tokensOf(p.vocabulary ?? task.vocabulary), p.max_length) }));
  const out = {
    visible: task.cases.map(written),
    hidden: hidden.map(written),
    properties: properties.map(({ inputs, hash }) => ({ inputs, hash })),
    failure: null,
  };
  out.visible.forEach((e, i) => {
    if (e)
      e.steps = new Map(
        Object.entries(task.cases[i].steps ?? {}).map(([name, v]) => [
          name,
          { canonical: canonicalExpected(v, matrixLike(v, task.cases[i].input) ? 'selector' : 's-op'), plain: v },
        ]),
      );
  });
  if (task.reference === undefined) return out;

  const fill = (list, results, at) =>
    list.forEach((e, i) => {
      const canonical = canonicalResult(results[i]);
      if (!e && canonical !== null) list[i] = { canonical, plain: plainResult(results[i]), steps: new Map() };
      else if (!e)
        out.failure ??= { message: `The reference solution has no value on ${valuesText(at[i].input)}: ${results[i]?.undefined ?? results[i]?.error}` };
    });
  const own = await evaluateInputs(engine, task, task.reference, task.cases, { named: true });
  const steps = named(own.results);
  fill(out.visible, own.results, task.cases);
  // Steps that the file writes down come before the reference's of the same name.
  out.visible.forEach((e, i) => {
    if (e) e.steps = new Map([...steps[i].filter((s) => s.canonical !== null).map((s) => [s.name, s]), ...e.steps]);
  });
  const more = hidden.length ? await evaluateInputs(engine, task, task.reference, hidden) : { results: [] };
  fill(out.hidden, more.results, hidden);
  out.failure ??= own.failure ?? more.failure ?? null;
  for (const [i, p] of properties.entries()) {
    const { results, failure } = await evaluateInputs(
      engine,
      task,
      task.reference,
      p.inputs.map((input) => ({ input, call: p.call })),
    );
    const canonicals = results.map(canonicalResult),
      none = canonicals.indexOf(null);
    if (failure || none >= 0)
      out.failure ??= failure ?? {
        message: `The reference solution has no value on ${valuesText(p.inputs[none])}: ${results[none]?.undefined ?? results[none]?.error}`,
      };
    out.properties[i] = { inputs: p.inputs, canonicals, plains: results.map(plainResult) };
  }
  return out;
}

const matrixLike = (output, input) =>
  output.every(
    (row) => typeof row === 'string' && row.length === output.length && output.length === tokensOf(input).length && output.length > 1 && /^[01]+$/.test(row),
  );

/**
 * Everything about an assignment that does not depend on a submission. `diagnostics` says which reference solutions fail.
 * @returns {Promise<{assignment: object, expectations: Map<string, object>, diagnostics: object[]}>}
 */
export async function prepare(engine, assignment) {
  const expectations = new Map(),
    diagnostics = [];
  for (const task of assignment.tasks) {
    const e = await expectationsOf(engine, task);
    expectations.set(task.id, e);
    if (e.failure)
      diagnostics.push({
        severity: 'error',
        code: 'reference',
        class: 'input',
        message: `Task ${task.id}, reference solution: ${e.failure.message}`,
        line: 1,
        column: 1,
        end_line: 1,
        end_column: 2,
      });
  }
  return { assignment, expectations, diagnostics };
}

// The first s-op, in the program's order, that has a name the reference solution (or a visible step) also has, and another value.
function firstDifference(own, steps) {
  for (const s of own) {
    const expected = steps.get(s.name);
    if (expected && expected.canonical !== s.canonical) return { name: s.name, line: s.line, expected: expected.plain, got: s.plain };
  }
  return null;
}

async function visibleCases(engine, task, program, expectations) {
  const { results, facts, failure } = await evaluateInputs(engine, task, program, task.cases);
  const cases = task.cases.map((c, i) => outcome('visible', c, results[i], expectations.visible[i]));
  const failing = failure ? [] : cases.flatMap((c, i) => (!c.passed && expectations.visible[i]?.steps?.size ? [i] : [])).slice(0, mostExplained);
  if (failing.length) {
    const own = named(
      (
        await evaluateInputs(
          engine,
          task,
          program,
          failing.map((i) => task.cases[i]),
          { named: true },
        )
      ).results,
    );
    failing.forEach((i, k) => {
      cases[i].firstDifference = firstDifference(own[k], expectations.visible[i].steps);
    });
  }
  return { cases, facts, failure, results };
}

function outcome(kind, c, result, expected) {
  const canonical = canonicalResult(result);
  return {
    kind,
    input: c.input,
    call: c.call ?? null,
    weight: c.weight ?? 1,
    note: c.note ?? '',
    passed: canonical !== null && canonical === expected?.canonical,
    expected: expected?.plain ?? null,
    got: plainResult(result),
    problem: result?.error ?? result?.undefined ?? '',
    firstDifference: null,
  };
}

async function hiddenCases(engine, assignment, task, program, expectations) {
  const hidden = task.hidden ?? [];
  if (!hidden.length) return { cases: [], results: [], skipped: false };
  const { results } = await evaluateInputs(engine, task, program, hidden);
  let skipped = false;
  const cases = [];
  for (const [i, c] of hidden.entries()) {
    const expected = expectations.hidden[i],
      one = outcome('hidden', c, results[i], expected);
    if (expected?.hash !== undefined) {
      const canonical = canonicalResult(results[i]);
      if (canonical !== null && !canHash()) {
        skipped = true;
        continue;
      }
      one.passed = canonical !== null && (await outputHash(assignment.salt, task, callOf(task, c), c.input, canonical)) === expected.hash;
    }
    cases.push(one);
  }
  return { cases, results, skipped };
}

async function propertyCases(engine, assignment, task, program, expectations) {
  const cases = [],
    all = [];
  let skipped = false;
  for (const [i, p] of (task.properties ?? []).entries()) {
    const { inputs, canonicals, plains, hash } = expectations.properties[i];
    const { results } = await evaluateInputs(
      engine,
      task,
      program,
      inputs.map((input) => ({ input, call: p.call })),
    );
    const own = results.map(canonicalResult),
      none = own.indexOf(null);
    const one = {
      kind: 'property',
      max_length: p.max_length,
      inputs: inputs.length,
      call: p.call ?? null,
      weight: p.weight ?? 1,
      note: '',
      passed: false,
      input: null,
      expected: null,
      got: null,
      problem: '',
      firstDifference: null,
    };
    if (canonicals) {
      const first = own.findIndex((c, k) => c === null || c !== canonicals[k]);
      one.passed = first < 0;
      one.wrong = own.filter((c, k) => c !== canonicals[k]).length;
      if (first >= 0)
        Object.assign(one, {
          input: inputs[first],
          expected: plains[first],
          got: plainResult(results[first]),
          problem: results[first]?.error ?? results[first]?.undefined ?? '',
        });
    } else if (none >= 0) {
      Object.assign(one, { input: inputs[none], got: plainResult(results[none]), problem: results[none]?.error ?? results[none]?.undefined ?? '' });
    } else if (canHash()) {
      one.passed = (await propertyHash(assignment.salt, task, callOf(task, p), p, own)) === hash;
    } else {
      skipped = true;
      continue;
    }
    cases.push(one);
    all.push({ inputs: inputs.map((input) => ({ input, call: p.call })), results });
  }
  return { cases, all, skipped };
}

const promises = /^\s*#@\s*(unique|values|assume|encode)\b/m;
const checkSamples = 300;

// The transformer's size, for the task's vocabulary and length. What is not proved equal to the program, or rests on promises that the
// program makes (#@ values …), is tried: a wrong model may be as small as it likes and meets no budget.
async function compiled(engine, task, program) {
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
      return { ok: false, exact: false, problem: `The transformer is not equal to the program: ${tried.promise_breaking} of ${tried.inputs} inputs break its promise` };
    if (tried.mismatches > 0)
      return {
        ok: false,
        exact: false,
        problem: `The transformer is not equal to the program: on ${valuesText(tried.first_mismatch?.input?.values ?? null, 60)} it gives other values`,
      };
  }
  return { ok: true, exact: reply.exact, problem: '', ...reply.model };
}

const units = { layers: 'layers', heads: 'heads', d_model: 'residual dimensions', parameters: 'parameters' };
const counted = {
  s_ops: 's-ops',
  selectors: 'selectors',
  aggregates: 'aggregates',
  selector_widths: 'selector widths',
  selects: 'select(…)',
  elementwise: 'elementwise operations',
};

async function ruleOutcomes(engine, task, program, facts, model, evaluated) {
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
      why = over.length && facts?.counts ? over.map(([k]) => `It needs ${facts.counts[k]} ${counted[k]}`).join('; ') : '';
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
        const k = masked.results.findIndex((m, i) => {
          const c = canonicalResult(results[i]);
          return c === null || canonicalResult(m) !== c;
        });
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

/**
 * @param {{request: (document: object) => any}} engine
 * @param {{assignment: object, expectations: Map<string, object>}} prepared
 * @param {object} task
 * @param {string} program
 * @param {{hidden?: boolean}} [options] hidden: false leaves out hidden and property cases (while someone types)
 */
export async function evaluateTask(engine, prepared, task, program, options = {}) {
  const { assignment } = prepared,
    expectations = prepared.expectations.get(task.id);
  const { missing } = findLocked(task, program);
  const visible = await visibleCases(engine, task, program, expectations);
  const broken = visible.failure !== null && visible.results.every((r) => r.error !== undefined);
  const withHidden = options.hidden !== false;
  const hidden = withHidden && !broken ? await hiddenCases(engine, assignment, task, program, expectations) : { cases: [], results: [], skipped: false };
  const property = withHidden && !broken ? await propertyCases(engine, assignment, task, program, expectations) : { cases: [], all: [], skipped: false };
  if (withHidden && broken) {
    const lost = (kind) => (c) => ({
      kind,
      input: kind === 'hidden' ? c.input : null,
      call: c.call ?? null,
      weight: c.weight ?? 1,
      note: '',
      passed: false,
      expected: null,
      got: null,
      problem: visible.failure.message,
      firstDifference: null,
      max_length: c.max_length,
    });
    hidden.cases = (task.hidden ?? []).map(lost('hidden'));
    property.cases = (task.properties ?? []).map(lost('property'));
  }
  const cases = [...visible.cases, ...hidden.cases, ...property.cases];

  const wantsModel = Object.keys(task.budgets ?? {}).length > 0 || (task.rules ?? []).some((r) => r.compiles || r.exact);
  let model = { ok: false, exact: false, problem: visible.failure?.message ?? '' };
  if (wantsModel && !broken) model = await compiled(engine, task, program);
  const budgets = Object.entries(task.budgets ?? {}).map(([what, b]) => ({
    what,
    unit: units[what],
    most: b.most,
    value: model.ok ? model[what] : null,
    met: model.ok && model[what] <= b.most,
    cost: b.cost ?? 1,
    why: model.ok ? '' : model.problem,
  }));
  const evaluated = broken
    ? []
    : [
        { items: task.cases, results: visible.results },
        ...(hidden.results.length ? [{ items: task.hidden, results: hidden.results }] : []),
        ...property.all.map((p) => ({ items: p.inputs, results: p.results })),
      ];
  const rules = await ruleOutcomes(engine, task, program, visible.facts, model, evaluated);

  const weight = cases.reduce((sum, c) => sum + c.weight, 0),
    passed = cases.reduce((sum, c) => sum + (c.passed ? c.weight : 0), 0);
  const share = task.credit === 'all' ? (passed === weight ? 1 : 0) : weight ? passed / weight : 0;
  const lost = [...budgets, ...rules].reduce((sum, r) => sum + (r.met ? 0 : r.cost), 0);
  const score = missing ? 0 : Math.round(task.points * share * (1 - Math.min(1, lost)) * 100) / 100;
  const everything = passed === weight && !missing && [...budgets, ...rules].every((r) => r.met);
  const limit = visible.failure?.code?.startsWith('limit') ?? false;
  return {
    task: task.id,
    title: task.title,
    points: task.points,
    score,
    status: everything ? 'right' : limit ? 'limit' : broken ? 'broken' : score > 0 ? 'partial' : 'wrong',
    complete: withHidden && !hidden.skipped && !property.skipped,
    cases,
    budgets,
    rules,
    locked: missing
      ? `Lines ${missing.first} to ${missing.last} of the starter are locked and must stay as they were${missing.atStart ? ', at the beginning' : missing.atEnd ? ', at the end' : ''}`
      : '',
    diagnostics: visible.failure?.diagnostics ?? [],
    facts: visible.facts,
    model: model.ok ? { layers: model.layers, heads: model.heads, d_model: model.d_model, parameters: model.parameters, exact: model.exact } : null,
  };
}

// A task for which nothing was handed in.
export function missingTask(task) {
  return {
    task: task.id,
    title: task.title,
    points: task.points,
    score: 0,
    status: 'missing',
    complete: true,
    cases: [],
    budgets: [],
    rules: [],
    locked: '',
    diagnostics: [],
    facts: null,
    model: null,
  };
}

/** Every task of a submission: `programs` by task id. */
export async function evaluateSubmission(engine, prepared, programs, options = {}) {
  const tasks = [];
  for (const task of prepared.assignment.tasks) {
    const program = Object.hasOwn(programs, task.id) ? programs[task.id] : undefined;
    tasks.push(typeof program === 'string' && program.trim() !== '' ? await evaluateTask(engine, prepared, task, program, options) : missingTask(task));
  }
  const total = Math.round(tasks.reduce((sum, t) => sum + t.score, 0) * 100) / 100;
  return { tasks, total, points: prepared.assignment.tasks.reduce((sum, t) => sum + t.points, 0) };
}

export { isPublished };
