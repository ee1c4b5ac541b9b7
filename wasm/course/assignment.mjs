// Reading an assignment: schema first, then what a schema cannot say. Every mistake has its place in the file.
import { cut, diagnostic, locator, parseJson, pathText, validate } from './json.mjs';
import { formatName, formatVersion, schema } from './schema.mjs';
import { canonicalAtom, countInputs, tokensOf, valuesText } from './values.mjs';

export const largestFile = 1 << 20; // UTF-16 code units
export const mostPropertyInputs = 20_000; // of one task

export const isPublished = (assignment) => assignment.salt !== undefined;
/** A number is evaluated as an s-op that has it at every position. */
export const callOf = (task, one) =>
  one?.call ?? task.call ?? (task.asks.kind === 'number' ? `${task.asks.name} + 0 * indices` : task.asks.name);

/**
 * @param {string} text
 * @returns {{assignment: object | null, diagnostics: object[]}}
 */
export function parseAssignment(text) {
  if (text.length > largestFile)
    return {
      assignment: null,
      diagnostics: [diagnostic('file-size', `The assignment has more than ${largestFile} characters`)],
    };
  const parsed = parseJson(text, 'assignment');
  if (parsed.value === undefined) return { assignment: null, diagnostics: parsed.diagnostics };
  const { value } = parsed,
    locate = locator(parsed.text);
  if (value?.format === formatName && value.version !== formatVersion) {
    return {
      assignment: null,
      diagnostics: [
        diagnostic(
          'assignment-version',
          `This assignment has version ${cut(JSON.stringify(value.version) ?? 'none', 40)}; version ${formatVersion} is read here`,
          locate(['version']),
        ),
      ],
    };
  }
  let diagnostics = validate(value, schema, locate, 'assignment-schema');
  if (!diagnostics.length) diagnostics = check(value, locate);
  return { assignment: diagnostics.length ? null : value, diagnostics };
}

/** What is so of a task for the laboratory, and of no other. */
function numberTask(task, at, report) {
  const { laboratory } = task;
  if ((task.asks.kind === 'number') !== (laboratory !== undefined))
    return report(
      at('asks', 'kind'),
      'a number is asked for by tasks with a laboratory, and by no others',
      'Add "laboratory", or ask for an s-op.',
    );
  if (!laboratory) {
    if (!task.cases.length) report(at('cases'), 'there must be at least one case');
    return;
  }
  if (task.cases.length || task.properties || !task.hidden?.length)
    report(
      at('hidden'),
      'a number of the laboratory has hidden cases, and no others',
      'Give "cases": [], "hidden": [{ "input": "a" }] with a token of the vocabulary.',
    );
  if (task.rules || task.budgets || task.call)
    report(at('laboratory'), 'rules, budgets and a call belong to programs, not to a number');
  const trains = laboratory.experiment.kind !== 'methods' || laboratory.experiment.of;
  const finds = laboratory.experiment.kind === 'methods';
  if (finds !== (laboratory.measure === 'auc'))
    report(at('laboratory', 'measure'), finds ? 'methods have an auc' : 'only methods have an auc');
  if (finds && !laboratory.method) report(at('laboratory'), 'auc needs a method');
  if (!trains && (laboratory.experiment.steps ?? laboratory.experiment.d) !== undefined)
    report(at('laboratory', 'experiment'), 'nothing is trained here: give "of", or leave steps and d out');
}

function check(assignment, locate) {
  const diagnostics = [];
  const report = (path, message, hint) =>
    diagnostics.push(diagnostic('assignment', `${pathText(path)}: ${message}`, locate(path), hint));
  const published = isPublished(assignment);
  const ids = new Set();
  assignment.tasks.forEach((task, i) => {
    const at = (...rest) => ['tasks', i, ...rest];
    if (ids.has(task.id)) report(at('id'), `another task is called "${task.id}"`, 'Give every task its own id.');
    ids.add(task.id);

    const vocabulary = tokensOf(task.vocabulary),
      known = new Set(vocabulary.map((v) => canonicalAtom(v)));
    if (known.size !== vocabulary.length) report(at('vocabulary'), 'a token occurs twice');
    const tokensKnown = (input, path) => {
      const stranger = tokensOf(input).find((t) => !known.has(canonicalAtom(t)));
      if (stranger !== undefined)
        report(path, `${valuesText([stranger]).slice(1, -1)} is not in the task’s vocabulary`);
    };

    const lines = task.starter.split('\n').length;
    let before = 0;
    (task.locked ?? []).forEach(([first, last], k) => {
      if (first > last || last > lines)
        report(
          at('locked', k),
          `the starter has no lines ${first} to ${last}`,
          `It has ${lines}; the first number is the smaller one.`,
        );
      else if (first <= before) report(at('locked', k), 'locked regions must be in order and must not overlap');
      before = last;
    });

    if (published && task.reference !== undefined)
      report(
        at('reference'),
        'a students’ file (one with a salt) must not hold the reference solution',
        'Publish the instructor’s file again.',
      );
    if (!published && task.steps?.length && task.reference === undefined)
      report(at('steps'), 'the values of steps come from a reference solution, and there is none');

    numberTask(task, at, report);
    const one = (c, path, isHidden) => {
      const n = tokensOf(c.input).length;
      if (n > task.max_length)
        report([...path, 'input'], `the input has ${n} tokens, more than the task’s max_length ${task.max_length}`);
      tokensKnown(c.input, [...path, 'input']);
      if (task.asks.kind === 'function' && callOf(task, c) === task.asks.name)
        report(
          path,
          'a function is asked for, so a call must be given',
          'Add "call", here or for the whole task: "call": "f(tokens, 1)".',
        );
      if (c.output) {
        if (isHidden && published)
          report(
            [...path, 'output'],
            'a students’ file must not hold the output of a hidden case',
            'Publish the instructor’s file again.',
          );
        shape(c.output, n, [...path, 'output']);
      } else if (c.hash === undefined && task.reference === undefined && !(task.laboratory && isHidden)) {
        report(path, 'there is neither an output nor a reference solution that would give it');
      }
      if (c.hash !== undefined && !published)
        report([...path, 'hash'], 'hashes belong into a students’ file, which has a salt');
      for (const [name, output] of Object.entries(c.steps ?? {})) {
        const isMatrix = output.every(
          (row) => typeof row === 'string' && row.length === output.length && /^[01]+$/.test(row),
        );
        if (output.length !== n && !isMatrix)
          report([...path, 'steps', name], `there are ${output.length} values for ${n} positions`);
      }
    };
    const shape = (output, n, path) => {
      if (output.length !== n)
        report(
          path,
          `there are ${output.length} ${task.asks.kind === 'selector' ? 'rows' : 'values'} for ${n} positions`,
        );
      else if (
        task.asks.kind === 'selector' &&
        !output.every((row) => typeof row === 'string' && row.length === n && /^[01]+$/.test(row))
      )
        report(path, `a selector’s rows are strings of ${n} times 0 or 1`);
    };
    task.cases.forEach((c, k) => one(c, at('cases', k), false));
    (task.hidden ?? []).forEach((c, k) => one(c, at('hidden', k), true));

    let inputs = 0;
    (task.properties ?? []).forEach((p, k) => {
      const path = at('properties', k);
      if (p.vocabulary) tokensKnown(p.vocabulary, [...path, 'vocabulary']);
      if (p.max_length > task.max_length)
        report([...path, 'max_length'], `more than the task’s max_length ${task.max_length}`);
      inputs += countInputs(tokensOf(p.vocabulary ?? task.vocabulary).length, p.max_length);
      if (inputs > mostPropertyInputs)
        report(
          [...path, 'max_length'],
          `that makes more than ${mostPropertyInputs} inputs`,
          'Choose a smaller length or vocabulary.',
        );
      if (p.hash === undefined && task.reference === undefined)
        report(path, 'there is no reference solution to compare with');
      if (p.hash !== undefined && !published)
        report([...path, 'hash'], 'hashes belong into a students’ file, which has a salt');
      if (task.asks.kind === 'function' && callOf(task, p) === task.asks.name)
        report(path, 'a function is asked for, so a call must be given');
    });

    (task.rules ?? []).forEach((r, k) => {
      const which = ['ban', 'require', 'causal', 'compiles', 'exact', 'at_most'].filter((key) => r[key] !== undefined);
      if (which.length !== 1)
        report(at('rules', k), 'exactly one of ban, require, causal, compiles, exact and at_most must be given');
    });
    const compiled =
      Object.keys(task.budgets ?? {}).length > 0 || (task.rules ?? []).some((r) => r.compiles || r.exact);
    if (compiled && task.asks.kind === 'selector')
      report(at(task.budgets ? 'budgets' : 'rules'), 'only s-ops compile to a transformer; a selector is asked for');
  });
  return diagnostics.slice(0, 50);
}
