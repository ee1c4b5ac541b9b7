// One task's program against its cases, budgets and rules. The same code runs behind the page and the command line; the
// engine is anything with request(document) → result (or a promise of one), see core/session/session.h.
import { callOf, isPublished } from './assignment.mjs';
import { named } from './expectations.mjs';
import { canHash, outputHash, propertyHash } from './hashes.mjs';
import { evaluateInputs } from './inputs.mjs';
import { sameResult } from './equal.mjs';
import { findLocked } from './locked.mjs';
import { compiled, ruleOutcomes } from './rules.mjs';
import { canonicalResult, plainResult } from './values.mjs';

const mostExplained = 5; // failing visible cases whose first differing s-op is looked for
const units = { layers: 'layers', heads: 'heads', d_model: 'residual dimensions', parameters: 'parameters' };

// The first s-op, in the program's order, that has a name the reference solution (or a visible step) also has, and
// another value.
function firstDifference(own, steps) {
  for (const s of own) {
    const expected = steps.get(s.name);
    if (expected && !sameResult(expected.result, s.result))
      return { name: s.name, line: s.line, expected: expected.plain, got: s.plain };
  }
  return null;
}

async function visibleCases(engine, task, program, expectations) {
  const { results, facts, failure } = await evaluateInputs(engine, task, program, task.cases);
  const cases = task.cases.map((c, i) => outcome('visible', c, results[i], expectations.visible[i]));
  const failing = failure
    ? []
    : cases.flatMap((c, i) => (!c.passed && expectations.visible[i]?.steps?.size ? [i] : [])).slice(0, mostExplained);
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
  return {
    kind,
    input: c.input,
    call: c.call ?? null,
    weight: c.weight ?? 1,
    note: c.note ?? '',
    passed: sameResult(expected?.result, result),
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
      one.passed =
        canonical !== null &&
        (await outputHash(assignment.salt, task, callOf(task, c), c.input, canonical)) === expected.hash;
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
    const { inputs, results: wanted, hash } = expectations.properties[i];
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
    if (wanted) {
      const wrong = results.flatMap((r, k) => (sameResult(wanted[k], r) ? [] : [k])),
        [first] = wrong;
      one.passed = wrong.length === 0;
      one.wrong = wrong.length;
      if (first !== undefined)
        Object.assign(one, {
          input: inputs[first],
          expected: plainResult(wanted[first]),
          got: plainResult(results[first]),
          problem: results[first]?.error ?? results[first]?.undefined ?? '',
        });
    } else if (none >= 0) {
      Object.assign(one, {
        input: inputs[none],
        got: plainResult(results[none]),
        problem: results[none]?.error ?? results[none]?.undefined ?? '',
      });
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
  const hidden =
    withHidden && !broken
      ? await hiddenCases(engine, assignment, task, program, expectations)
      : { cases: [], results: [], skipped: false };
  const property =
    withHidden && !broken
      ? await propertyCases(engine, assignment, task, program, expectations)
      : { cases: [], all: [], skipped: false };
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

  const wantsModel =
    Object.keys(task.budgets ?? {}).length > 0 || (task.rules ?? []).some((r) => r.compiles || r.exact);
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
    model: model.ok
      ? {
          layers: model.layers,
          heads: model.heads,
          d_model: model.d_model,
          parameters: model.parameters,
          exact: model.exact,
        }
      : null,
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
    tasks.push(
      typeof program === 'string' && program.trim() !== ''
        ? await evaluateTask(engine, prepared, task, program, options)
        : missingTask(task),
    );
  }
  const total = Math.round(tasks.reduce((sum, t) => sum + t.score, 0) * 100) / 100;
  return { tasks, total, points: prepared.assignment.tasks.reduce((sum, t) => sum + t.points, 0) };
}

export { isPublished };
