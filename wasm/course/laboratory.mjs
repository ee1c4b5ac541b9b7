// Tasks that ask for a result of the laboratory: the experiment is run, and what it measures is what their hidden cases
// expect.
import { areaText, percentText, startOf, trainedKind } from '../lab/request.mjs';
import { sameResult } from './equal.mjs';
import { tokensOf, written as asResult } from './values.mjs';

const limitMs = 120_000;

const said = (reply) =>
  reply.diagnostics?.find((d) => d.severity === 'error')?.message ?? 'The laboratory gave no answer';

/** The run to its end: its last point. `run` is its number. */
async function trained(engine, request, lab) {
  const started = await engine.request({ ...request, command: 'lab_start', ...startOf(lab) });
  if (!started.ok) throw new Error(said(started));
  let state, last;
  do {
    state = await engine.request({ command: 'lab_advance', run: started.run, milliseconds: 500 });
    if (!state.ok) throw new Error(said(state));
    last = state.points.at(-1) ?? last;
  } while (!state.done);
  return { run: started.run, last };
}

/**
 * What the experiment of a task measures, as the page shows it.
 * @returns {Promise<number>} Throws an Error with a sentence for people.
 */
export async function measured(engine, task) {
  const { program, experiment, measure, method, truth = 'causal' } = task.laboratory;
  const request = {
    program,
    files: task.files,
    vocabulary: tokensOf(task.vocabulary),
    max_length: task.max_length,
    causal: task.causal ?? false,
    limit_ms: limitMs,
  };
  const made = trainedKind(experiment) ? await trained(engine, request, experiment) : null;
  if (measure !== 'auc') return Number(percentText(made.last[measure]));
  const found = await engine.request({
    ...(made ? { run: made.run, limit_ms: limitMs } : request),
    command: 'discover',
    seed: experiment.seed ?? 1,
  });
  if (!found.ok) throw new Error(said(found));
  const area = found.methods.find((m) => m.method === method).auc[truth];
  if (area === null)
    throw new Error(`The area against ${truth} edges is not defined here: all edges are true, or none`);
  return Number(areaText(area));
}

/**
 * The assignment with the outputs of its hidden cases that the laboratory gives. Without such tasks, and for a
 * students' file, which holds their hashes, the assignment itself; only then may `engine` have no laboratory.
 * @returns {Promise<{assignment: object, diagnostics: object[]}>}
 */
export async function withResults(engine, assignment) {
  const diagnostics = [],
    tasks = [];
  const report = (task, message) =>
    diagnostics.push({
      severity: 'error',
      code: 'laboratory',
      class: 'input',
      message: `Task ${task.id}, laboratory: ${message}`,
      line: 1,
      column: 1,
      end_line: 1,
      end_column: 2,
    });
  for (const task of assignment.tasks) {
    if (!task.laboratory || assignment.salt !== undefined) {
      tasks.push(task);
      continue;
    }
    try {
      const result = await measured(engine, task);
      const written = task.hidden.find(
        (c) =>
          c.output &&
          !sameResult(
            asResult(c.output, 's-op'),
            asResult(
              c.output.map(() => result),
              's-op',
            ),
          ),
      );
      if (written) report(task, `the experiment gives ${result}, and the file says ${JSON.stringify(written.output)}`);
      tasks.push({ ...task, hidden: task.hidden.map((c) => ({ ...c, output: tokensOf(c.input).map(() => result) })) });
    } catch (error) {
      report(task, error.message);
    }
  }
  return {
    assignment: tasks.every((t, i) => t === assignment.tasks[i]) ? assignment : { ...assignment, tasks },
    diagnostics,
  };
}

export const asksLaboratory = (assignment) =>
  assignment.salt === undefined && assignment.tasks.some((t) => t.laboratory);
