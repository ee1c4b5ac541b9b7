// For authors: does the assignment hold what it promises, and the file that students get.
import { callOf } from './assignment.mjs';
import { withResults } from './laboratory.mjs';
import { evaluateTask } from './evaluate.mjs';
import { prepare } from './expectations.mjs';
import { outputHash, propertyHash } from './hashes.mjs';

/**
 * The reference solution of every task must pass everything, the starter must not.
 * @returns {Promise<{ok: boolean, tasks: {task: string, problems: string[], reference: object|null, starter: object}[],
 * diagnostics: object[]}>}
 */
export async function checkAssignment(engine, written) {
  const { assignment, diagnostics } = await withResults(engine, written);
  if (diagnostics.length) return { ok: false, tasks: [], diagnostics };
  const prepared = await prepare(engine, assignment);
  const tasks = [];
  for (const task of assignment.tasks) {
    const problems = [];
    let reference = null;
    if (task.reference === undefined && task.laboratory) {
      // what is right comes from the experiment
    } else if (task.reference === undefined) {
      problems.push('There is no reference solution.');
    } else {
      reference = await evaluateTask(engine, prepared, task, task.reference);
      problems.push(...failures(reference).map((f) => `The reference solution: ${f}`));
    }
    const starter = await evaluateTask(engine, prepared, task, task.starter);
    if (starter.status === 'right') problems.push('The starter already passes everything.');
    if (starter.locked) problems.push(`The starter: ${starter.locked}.`);
    tasks.push({ task: task.id, problems, reference, starter });
  }
  return {
    ok: prepared.diagnostics.length === 0 && tasks.every((t) => t.problems.length === 0),
    tasks,
    diagnostics: prepared.diagnostics,
  };
}

function failures(result) {
  const out = [];
  if (result.locked) out.push(result.locked);
  if (result.diagnostics.length)
    out.push(
      result.diagnostics[0].message +
        (result.diagnostics[0].file === undefined ? ` (line ${result.diagnostics[0].line})` : ''),
    );
  const wrong = result.cases.filter((c) => !c.passed);
  if (wrong.length)
    out.push(
      `it fails ${wrong.length} of ${result.cases.length} cases; the first: ${JSON.stringify(wrong[0].input)}, expected ${JSON.stringify(wrong[0].expected)}, got ${JSON.stringify(wrong[0].got)}${wrong[0].problem ? ` (${wrong[0].problem})` : ''}`,
    );
  for (const b of result.budgets)
    if (!b.met) out.push(b.value === null ? b.why : `it needs ${b.value} ${b.unit}; the budget is ${b.most}`);
  for (const r of result.rules) if (!r.met) out.push(`it breaks a rule: ${r.text}${r.why ? ` (${r.why})` : ''}`);
  return out;
}

/**
 * The students' file: no reference solution, no hidden output; visible outputs written out, hashes instead of the rest.
 * @param {string} salt 32 hex digits
 * @returns {Promise<{assignment: object|null, diagnostics: object[]}>}
 */
export async function publish(engine, written, salt) {
  const { assignment, diagnostics } = await withResults(engine, written);
  if (diagnostics.length) return { assignment: null, diagnostics };
  const prepared = await prepare(engine, assignment);
  if (prepared.diagnostics.length) return { assignment: null, diagnostics: prepared.diagnostics };
  const tasks = [];
  for (const task of assignment.tasks) {
    const e = prepared.expectations.get(task.id);
    const { reference: _, steps = [], cases, hidden, properties, ...rest } = task;
    const out = {
      ...rest,
      cases: cases.map((c, i) => withSteps({ ...c, output: e.visible[i].plain }, e.visible[i].steps, steps)),
    };
    if (hidden) {
      out.hidden = [];
      for (const [i, { output: __, ...c }] of hidden.entries())
        out.hidden.push({ ...c, hash: await outputHash(salt, task, callOf(task, c), c.input, e.hidden[i].canonical) });
    }
    if (properties) {
      out.properties = [];
      for (const [i, p] of properties.entries())
        out.properties.push({
          ...p,
          hash: await propertyHash(salt, task, callOf(task, p), p, e.properties[i].canonicals),
        });
    }
    tasks.push(out);
  }
  const { tasks: _, $schema: __, ...head } = assignment;
  return { assignment: { ...head, salt, tasks }, diagnostics: [] };
}

function withSteps(c, values, names) {
  const shown = names
    .filter((n) => values.has(n) && !(c.steps && Object.hasOwn(c.steps, n)))
    .map((n) => [n, values.get(n).plain]);
  return shown.length ? { ...c, steps: { ...Object.fromEntries(shown), ...c.steps } } : c;
}
