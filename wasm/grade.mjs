// grade ASSIGNMENT SUBMISSIONS... --out DIR, and assignment check|publish|scorm|schema FILE. docs/assignments.md
// explains both.
import { appendFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { largestFile, parseAssignment } from './course/assignment.mjs';
import { checkAssignment, publish } from './course/author.mjs';
import { missingTask } from './course/evaluate.mjs';
import { prepare } from './course/expectations.mjs';
import { fingerprint as fingerprintOf, randomSalt, saltOf } from './course/hashes.mjs';
import { diagnostic, format } from './course/json.mjs';
import { asksLaboratory, withResults } from './course/laboratory.mjs';
import { schema } from './course/schema.mjs';
import { scormVersions } from './course/scorm.mjs';
import { loadEngine } from './engine.mjs';
import { print } from './output.mjs';
import { collect } from './grading/collect.mjs';
import { gradeAll } from './grading/pool.mjs';
import { makePackage } from './grading/scorm.mjs';
import { gradebook, gradescope, identicalPrograms, summarise, summaryMarkdown } from './grading/report.mjs';

const fail = (diagnostics) => print({ ok: false, diagnostics });
const pretty = (document) => `${format(document)}\n`;

function readAssignment(file) {
  let bytes;
  try {
    if (file !== '-' && statSync(file).size > 4 * largestFile)
      return {
        assignment: null,
        diagnostics: [diagnostic('file-size', `${file}: the assignment has more than ${largestFile} characters`)],
      };
    bytes = readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    const why =
      error.code === 'ENOENT'
        ? 'there is no such file'
        : error.code === 'EISDIR'
          ? 'it is a folder'
          : 'it cannot be read';
    return { assignment: null, diagnostics: [diagnostic('file', `${file}: ${why}`, null, 'Check the path.')] };
  }
  try {
    return parseAssignment(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return { assignment: null, diagnostics: [diagnostic('encoding', `${file}: the assignment is not UTF-8 text`)] };
  }
}

function write(file, text) {
  try {
    mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    writeFileSync(file, text);
    return null;
  } catch {
    return [diagnostic('file', `${file} cannot be written`, null, 'Check the path.')];
  }
}

/** @returns {Promise<number>} the exit status */
export async function grade(file, rest, options) {
  const usage = (message) => {
    process.stderr.write(
      `${message}\nusage: rasp-playground grade ASSIGNMENT SUBMISSIONS... --out DIR [--jobs N] [--limit-ms N] [--task ID] [--one] [--github]\n`,
    );
    return 2;
  };
  if (!rest.length) return usage('SUBMISSIONS are missing: a folder, a zip or files');
  if (!options.out) return usage('--out DIR is missing');
  const jobs = options.jobs === undefined ? Math.min(availableParallelism(), 8) : Number(options.jobs);
  const limitMs = options['limit-ms'] === undefined ? 20_000 : Number(options['limit-ms']);
  if (!Number.isSafeInteger(jobs) || jobs < 1 || jobs > 64) return usage('--jobs needs a number from 1 to 64');
  if (!Number.isSafeInteger(limitMs) || limitMs < 100 || limitMs > 3_600_000)
    return usage('--limit-ms needs a number from 100 to 3600000');

  const { assignment: whole, diagnostics } = readAssignment(file);
  if (!whole) return fail(diagnostics);
  const fingerprint = await fingerprintOf(whole);
  if (options.task !== undefined && !whole.tasks.some((t) => t.id === options.task))
    return usage(`the assignment has no task "${options.task}"`);
  const assignment =
    options.task === undefined ? whole : { ...whole, tasks: whole.tasks.filter((t) => t.id === options.task) };
  const engine = await loadEngine(asksLaboratory(assignment) ? 'laboratory' : 'engine');
  const measured = await withResults(engine, assignment);
  const prepared = measured.diagnostics.length ? measured : await prepare(engine, measured.assignment);
  if (prepared.diagnostics.length) return fail(prepared.diagnostics);
  if (assignment.salt !== undefined)
    process.stderr.write(
      'This is the students’ file: hidden cases are checked by their hashes only, and what it holds may have been changed. Grade with your own file.\n',
    );

  const starterPrograms = new Map();
  for (const task of assignment.tasks) {
    const reply = await engine.request({ command: 'eval_many', program: task.starter, files: task.files, inputs: [] });
    starterPrograms.set(task.id, reply.facts?.program);
  }
  // With one task chosen, programs of the others are no mistake: submissions are read against the whole assignment.
  const { submissions, problems } = collect(rest, whole, options.one);
  for (const p of problems) process.stderr.write(`${p}\n`);

  const step = Math.max(1, Math.ceil(submissions.length / 20));
  const answers = await gradeAll(
    submissions,
    { prepared, reading: whole, fingerprint },
    {
      jobs,
      limitMs,
      progress: (done) => {
        if (done % step === 0 || done === submissions.length)
          process.stderr.write(`graded ${done} of ${submissions.length}\n`);
      },
    },
  );
  const points = assignment.tasks.reduce((sum, t) => sum + t.points, 0);
  const graded = submissions.map((s, i) => {
    const a = answers[i],
      problem = a.failed ?? a.problem;
    const result = a.result ?? { tasks: assignment.tasks.map(missingTask), total: 0, points };
    const handedIn = result.tasks.filter((t) => t.status !== 'missing');
    const status = a.failed
      ? 'stopped'
      : problem
        ? 'unreadable'
        : !handedIn.length
          ? 'empty'
          : result.tasks.every((t) => t.status === 'right')
            ? 'right'
            : 'graded';
    return {
      key: s.key,
      source: s.source,
      student: a.student ?? {},
      notes: [...(s.note ? [s.note] : []), ...(a.notes ?? [])],
      problem: problem ?? '',
      result,
      status,
      identicalTo: [],
    };
  });
  const identical = identicalPrograms(graded, assignment, starterPrograms);
  const summary = summarise(graded, assignment, fingerprint, identical, problems);

  const out = options.out;
  const markdown = summaryMarkdown(summary, graded);
  const files = [
    ...graded.map((s) => [path.join(out, 'results', `${s.key}.json`), pretty(gradescope(s, assignment, fingerprint))]),
    ...(graded.length === 1
      ? [[path.join(out, 'results.json'), pretty(gradescope(graded[0], assignment, fingerprint))]]
      : []),
    [path.join(out, 'gradebook.csv'), gradebook(graded, assignment)],
    [path.join(out, 'summary.json'), pretty(summary)],
    [path.join(out, 'summary.md'), markdown],
  ];
  for (const [name, text] of files) {
    const failed = write(name, text);
    if (failed) return fail(failed);
  }
  const full = graded.length > 0 && graded.every((s) => s.result.total === s.result.points);
  if (options.github) {
    for (const s of graded)
      for (const t of s.result.tasks)
        if (t.status !== 'right')
          process.stderr.write(
            `::error title=${annotation(t.title)}::${annotation(`${t.score} of ${t.points} points`)}\n`,
          );
    if (process.env.GITHUB_STEP_SUMMARY) {
      try {
        appendFileSync(process.env.GITHUB_STEP_SUMMARY, markdown);
      } catch {
        process.stderr.write('GITHUB_STEP_SUMMARY cannot be written\n');
      }
    }
  }
  const { tasks: _, distribution: __, ...short } = summary;
  const nothing = graded.length === 0;
  print({
    ok: !nothing && problems.length === 0 && (!options.github || full),
    ...short,
    identical: identical.length,
    out,
    diagnostics: nothing
      ? [diagnostic('nothing-to-grade', 'There is nothing to grade', null, 'Name a folder, a zip or files.')]
      : [],
  });
  return nothing || problems.length || (options.github && !full) ? 1 : 0;
}

// Workflow commands end at a line break.
const annotation = (text) =>
  text
    .replaceAll('%', '%25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A')
    .replaceAll(':', '%3A')
    .replaceAll(',', '%2C');

/** assignment check|publish|scorm|schema: `rest` is [FILE]. @returns {Promise<number>} the exit status */
export async function assignmentCommand(action, rest, options) {
  const usage = (message) => {
    process.stderr.write(
      `${message}\nusage: rasp-playground assignment check FILE | assignment publish FILE --out FILE [--salt PHRASE] | assignment scorm FILE --out ZIP [--scorm 1.2|2004] [--salt PHRASE] | assignment schema FILE\n`,
    );
    return 2;
  };
  if (!['check', 'publish', 'scorm', 'schema'].includes(action)) return usage(`there is no "assignment ${action}"`);
  if (rest.length !== 1) return usage('FILE is missing');
  if (action === 'schema') {
    const failed = write(rest[0], pretty(schema));
    return failed ? fail(failed) : print({ ok: true, out: rest[0] });
  }
  if (['publish', 'scorm'].includes(action) && !options.out) return usage('--out FILE is missing');
  const version = options.scorm ?? '1.2';
  if (!scormVersions.includes(version)) return usage('--scorm is 1.2 or 2004');
  const { assignment, diagnostics } = readAssignment(rest[0]);
  if (!assignment) return fail(diagnostics);
  if (assignment.salt !== undefined)
    return fail([diagnostic('published', 'This is a students’ file already; the instructor’s file is needed')]);
  const engine = await loadEngine(asksLaboratory(assignment) ? 'laboratory' : 'engine');
  const checked = await checkAssignment(engine, assignment);
  const tasks = checked.tasks.map((t) => ({
    task: t.task,
    ok: t.problems.length === 0,
    problems: t.problems,
    reference: brief(t.reference),
    starter: brief(t.starter),
  }));
  const fingerprint = await fingerprintOf(assignment);
  if (action === 'check' || !checked.ok)
    return print({
      ok: checked.ok,
      id: assignment.id,
      fingerprint,
      points: assignment.tasks.reduce((sum, t) => sum + t.points, 0),
      tasks,
      diagnostics: checked.diagnostics,
    });
  const salt = options.salt === undefined ? randomSalt() : await saltOf(options.salt);
  const published = await publish(engine, assignment, salt);
  if (!published.assignment) return fail(published.diagnostics);
  const text = pretty(published.assignment);
  const made = action === 'scorm' ? makePackage(assignment, text, version) : { zip: text };
  const failed = made.diagnostics ?? write(options.out, made.zip);
  const scorm = action === 'scorm' ? { scorm: version } : {};
  return failed ? fail(failed) : print({ ok: true, id: assignment.id, fingerprint, ...scorm, out: options.out });
}

const brief = (r) =>
  r && {
    score: r.score,
    points: r.points,
    status: r.status,
    cases: r.cases.length,
    passed: r.cases.filter((c) => c.passed).length,
    model: r.model,
  };
