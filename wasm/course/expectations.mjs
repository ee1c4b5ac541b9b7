// What a task's cases expect: what the file says, else what the reference solution gives.
import { evaluateInputs } from './inputs.mjs';
import { allInputs, canonicalResult, plainResult, tokensOf, valuesText, written } from './values.mjs';

export const named = (results) =>
  results.map((r) => (r?.named ?? []).map((n) => ({ name: n.name, line: n.line, result: n, plain: plainResult(n) })));

const expectation = (result, plain) => ({ result, canonical: canonicalResult(result), plain });

// What a task's cases expect. Where an output is not written down, the reference solution gives it.
// → {visible: [{result, plain, steps}], hidden: [{result, canonical, plain} | {hash}], properties: [{inputs, results,
// canonicals} | {inputs, hash}], failure}
async function expectationsOf(engine, task) {
  const kind = task.asks.kind === 'selector' ? 'selector' : 's-op';
  const given = (c) =>
    c.output
      ? expectation(
          written(c.output, task.asks.kind === 'function' && matrixLike(c.output, c.input) ? 'selector' : kind),
          c.output,
        )
      : c.hash
        ? { hash: c.hash }
        : null;
  const hidden = task.hidden ?? [];
  const properties = (task.properties ?? []).map((p) => ({
    ...p,
    inputs: allInputs(tokensOf(p.vocabulary ?? task.vocabulary), p.max_length),
  }));
  const out = {
    visible: task.cases.map(given),
    hidden: hidden.map(given),
    properties: properties.map(({ inputs, hash }) => ({ inputs, hash })),
    failure: null,
  };
  out.visible.forEach((e, i) => {
    if (e)
      e.steps = new Map(
        Object.entries(task.cases[i].steps ?? {}).map(([name, v]) => [
          name,
          { result: written(v, matrixLike(v, task.cases[i].input) ? 'selector' : 's-op'), plain: v },
        ]),
      );
  });
  if (task.reference === undefined) return out;

  const fill = (list, results, at) =>
    list.forEach((e, i) => {
      const canonical = canonicalResult(results[i]);
      if (!e && canonical !== null) list[i] = { ...expectation(results[i], plainResult(results[i])), steps: new Map() };
      else if (!e)
        out.failure ??= {
          message: `The reference solution has no value on ${valuesText(at[i].input)}: ${results[i]?.undefined ?? results[i]?.error}`,
        };
    });
  const own = await evaluateInputs(engine, task, task.reference, task.cases, { named: true });
  const steps = named(own.results);
  fill(out.visible, own.results, task.cases);
  // Steps that the file writes down come before the reference's of the same name.
  out.visible.forEach((e, i) => {
    if (e)
      e.steps = new Map([
        ...steps[i].filter((s) => canonicalResult(s.result) !== null).map((s) => [s.name, s]),
        ...e.steps,
      ]);
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
    out.properties[i] = { inputs: p.inputs, results, canonicals };
  }
  return out;
}

const matrixLike = (output, input) =>
  output.every(
    (row) =>
      typeof row === 'string' &&
      row.length === output.length &&
      output.length === tokensOf(input).length &&
      output.length > 1 &&
      /^[01]+$/.test(row),
  );

/**
 * Everything about an assignment that does not depend on a submission. `diagnostics` says which reference solutions
 * fail.
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
