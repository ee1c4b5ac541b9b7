// What comes out of grading: one Gradescope results.json a student, the gradebook, the summary. No clock, no order of
// completion in any of them.
import { valuesText } from '../course/values.mjs';

export const round2 = (n) => Math.round(n * 100) / 100;
const label = (c) =>
  c.kind === 'property'
    ? `all ${c.inputs ?? ''} inputs up to length ${c.max_length}`.replace('  ', ' ')
    : valuesText(c.input, 60);

function caseText(c, withOutputs) {
  const call = c.call ? ` (${c.call})` : '';
  if (c.passed) return `  ok    ${label(c)}${call}`;
  const lines = [`  FAIL  ${label(c)}${call}`];
  if (withOutputs) {
    if (c.kind === 'property' && c.input)
      lines.push(`        first on ${valuesText(c.input, 60)}${c.wrong ? `; ${c.wrong} inputs in all` : ''}`);
    if (c.expected) lines.push(`        expected ${valuesText(c.expected)}`);
    if (c.got) lines.push(`        got      ${valuesText(c.got)}`);
  }
  if (c.problem) lines.push(`        ${c.problem}`);
  if (c.firstDifference) {
    const d = c.firstDifference;
    lines.push(
      `        the first s-op that differs is "${d.name}"${d.line ? ` (line ${d.line})` : ''}: expected ${valuesText(d.expected)}, got ${valuesText(d.got)}`,
    );
  }
  if (c.note) lines.push(`        ${c.note}`);
  return lines.join('\n');
}

const share = (cases) => `${cases.filter((c) => c.passed).length} of ${cases.length} pass`;

// What the student may read of one task: visible cases in full, of the others only how many pass.
function studentText(t) {
  if (t.status === 'missing') return 'Nothing was handed in for this task.';
  const lines = [];
  if (t.locked) lines.push(t.locked);
  for (const d of t.diagnostics.filter((x) => (x.severity ?? 'error') === 'error').slice(0, 5))
    lines.push(
      `${d.file === undefined ? `Line ${d.line}, column ${d.column}: ` : ''}${d.message}.${d.hint ? ` ${d.hint}` : ''}`,
    );
  const of = (kind) => t.cases.filter((c) => c.kind === kind);
  if (of('visible').length) lines.push('Cases:', ...of('visible').map((c) => caseText(c, true)));
  if (of('hidden').length) lines.push(`Hidden cases: ${share(of('hidden'))}.`);
  if (of('property').length)
    lines.push(`Compared with the reference solution on all inputs up to a length: ${share(of('property'))}.`);
  for (const b of t.budgets)
    lines.push(
      `${b.met ? '  ok  ' : '  FAIL'}  ${b.unit}: ${b.value ?? '–'} of at most ${b.most}${b.why ? ` (${b.why})` : ''}`,
    );
  for (const r of t.rules) lines.push(`${r.met ? '  ok  ' : '  FAIL'}  ${r.text}${r.why ? `: ${r.why}` : ''}`);
  return lines.join('\n');
}

/** Gradescope's results.json: https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format */
export function gradescope(s, assignment, fingerprint) {
  const tests = s.result.tasks.flatMap((t, i) => {
    const number = String(i + 1),
      name = t.title;
    const hidden = t.cases.filter((c) => c.kind !== 'visible');
    return [
      {
        name,
        number,
        score: t.score,
        max_score: t.points,
        status: t.status === 'right' ? 'passed' : 'failed',
        output: studentText(t),
        output_format: 'text',
        visibility: 'visible',
      },
      ...(hidden.length
        ? [
            {
              name: `${name}: hidden cases`,
              number: `${number}.1`,
              status: hidden.every((c) => c.passed) ? 'passed' : 'failed',
              output: hidden.map((c) => caseText(c, true)).join('\n'),
              output_format: 'text',
              visibility: 'hidden',
            },
          ]
        : []),
    ];
  });
  return {
    score: s.result.total,
    output: [s.problem, ...s.notes].filter(Boolean).join('\n') || `${s.result.total} of ${s.result.points} points.`,
    output_format: 'text',
    visibility: 'visible',
    stdout_visibility: 'hidden',
    tests,
    extra_data: {
      assignment: assignment.id,
      fingerprint,
      student: s.key,
      name: s.student.name ?? '',
      id: s.student.id ?? '',
      problem: s.problem,
      notes: s.notes,
      identical_to: s.identicalTo,
    },
  };
}

// A cell that a spreadsheet would read as a formula is text with an apostrophe before it.
function cell(value) {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function gradebook(submissions, assignment) {
  const rows = [
    [
      'student',
      'name',
      'id',
      'total',
      'points',
      'percent',
      ...assignment.tasks.map((t) => t.id),
      'status',
      'identical_to',
      'notes',
    ],
  ];
  for (const s of submissions) {
    rows.push([
      s.key,
      s.student.name ?? '',
      s.student.id ?? '',
      s.result.total,
      s.result.points,
      round2((100 * s.result.total) / s.result.points),
      ...s.result.tasks.map((t) => t.score),
      s.status,
      s.identicalTo.join('; '),
      [s.problem, ...s.notes].filter(Boolean).join('; '),
    ]);
  }
  return `${rows.map((r) => r.map(cell).join(',')).join('\r\n')}\r\n`;
}

// Programs of one task that are the same text but for blanks, comments and chosen names; those of the starter are not
// counted.
export function identicalPrograms(submissions, assignment, starterPrograms) {
  const groups = [];
  const own = new Map(submissions.map((s) => [s, []]));
  assignment.tasks.forEach((task, i) => {
    const by = new Map();
    for (const s of submissions) {
      const facts = s.result.tasks[i].facts;
      if (!facts?.program || facts.program === starterPrograms.get(task.id)) continue;
      own.get(s).push(`${task.id}:${facts.program}`);
      if (!by.has(facts.program)) by.set(facts.program, { task: task.id, tokens: facts.tokens, students: [] });
      by.get(facts.program).students.push(s.key);
    }
    groups.push(
      ...[...by.values()]
        .filter((g) => g.students.length > 1)
        .sort((a, b) => b.tokens - a.tokens || (a.students[0] < b.students[0] ? -1 : 1)),
    );
  });
  const whole = new Map();
  for (const s of submissions) {
    const key = own.get(s).join(' ');
    if (key) whole.set(key, [...(whole.get(key) ?? []), s]);
  }
  for (const s of submissions)
    s.identicalTo = (whole.get(own.get(s).join(' ')) ?? []).filter((x) => x !== s).map((x) => x.key);
  return groups;
}

export function summarise(submissions, assignment, fingerprint, identical, problems) {
  const points = assignment.tasks.reduce((sum, t) => sum + t.points, 0);
  const totals = submissions.map((s) => s.result.total).sort((a, b) => a - b);
  const bins = Array.from({ length: 10 }, (_, i) => ({
    from: round2((points * i) / 10),
    to: round2((points * (i + 1)) / 10),
    submissions: 0,
  }));
  for (const t of totals) ++bins[Math.min(9, Math.floor((10 * t) / points + 1e-9))].submissions;
  const middle = totals.length >> 1;
  const statuses = {};
  for (const s of submissions) statuses[s.status] = (statuses[s.status] ?? 0) + 1;
  const tasks = assignment.tasks.map((task, i) => {
    const handedIn = submissions.map((s) => s.result.tasks[i]).filter((t) => t.status !== 'missing' && t.cases.length);
    const failed = (list, at) => handedIn.filter((t) => !t[list][at]?.passed && !t[list][at]?.met).length;
    const cases = [
      ...task.cases.map((c) => ['visible', c]),
      ...(task.hidden ?? []).map((c) => ['hidden', c]),
      ...(task.properties ?? []).map((c) => ['property', c]),
    ];
    const counts = {};
    for (const s of submissions) counts[s.result.tasks[i].status] = (counts[s.result.tasks[i].status] ?? 0) + 1;
    return {
      task: task.id,
      points: task.points,
      handed_in: handedIn.length,
      statuses: counts,
      mean: submissions.length
        ? round2(submissions.reduce((sum, s) => sum + s.result.tasks[i].score, 0) / submissions.length)
        : 0,
      cases: cases.map(([kind, c], k) => ({
        kind,
        ...(kind === 'property' ? { max_length: c.max_length } : { input: c.input }),
        failed: failed('cases', k),
      })),
      budgets: Object.entries(task.budgets ?? {}).map(([what, b], k) => ({
        what,
        most: b.most,
        failed: failed('budgets', k),
      })),
      rules: (task.rules ?? []).map((r, k) => ({
        rule: handedIn[0]?.rules[k]?.text ?? r.message ?? '',
        failed: failed('rules', k),
      })),
    };
  });
  return {
    assignment: { id: assignment.id, title: assignment.title, fingerprint, points },
    submissions: submissions.length,
    statuses,
    mean: totals.length ? round2(totals.reduce((a, b) => a + b, 0) / totals.length) : 0,
    median: totals.length ? round2(totals.length % 2 ? totals[middle] : (totals[middle - 1] + totals[middle]) / 2) : 0,
    full_marks: totals.filter((t) => t === points).length,
    distribution: bins,
    tasks,
    identical,
    problems,
  };
}

const escape = (text) =>
  String(text)
    .replace(/[\\`*_{}[\]<>|#]/g, '\\$&')
    .replace(/\s+/g, ' ');

export function summaryMarkdown(summary, submissions) {
  const s = summary,
    most = Math.max(1, ...s.distribution.map((b) => b.submissions));
  const lines = [
    `# ${escape(s.assignment.title)}`,
    '',
    `${s.submissions} submissions, mean ${s.mean} and median ${s.median} of ${s.assignment.points} points, ${s.full_marks} with full marks.`,
    '',
    '| points | submissions | |',
    '|---|---|---|',
    ...s.distribution.map(
      (b, i) =>
        `| ${b.from} to ${i < 9 ? 'under ' : ''}${b.to} | ${b.submissions} | ${'▇'.repeat(Math.round((20 * b.submissions) / most))} |`,
    ),
    '',
    '| task | handed in | mean | of | failed most |',
    '|---|---|---|---|---|',
    ...s.tasks.map((t) => {
      const worst = [...t.cases].sort((a, b) => b.failed - a.failed)[0];
      return `| ${escape(t.task)} | ${t.handed_in} | ${t.mean} | ${t.points} | ${worst?.failed ? `${worst.kind} ${escape(worst.kind === 'property' ? `up to length ${worst.max_length}` : valuesText(worst.input, 40))}: ${worst.failed}` : ''} |`;
    }),
    '',
  ];
  const alike = s.identical.slice(0, 50);
  if (alike.length)
    lines.push(
      'Identical after renaming (short programs often are, by chance):',
      '',
      ...alike.map((g) => `- ${escape(g.task)}, ${g.tokens} tokens: ${g.students.map(escape).join(', ')}`),
      '',
    );
  const troubled = submissions.filter((x) => x.problem);
  if (troubled.length)
    lines.push('Not graded:', '', ...troubled.map((x) => `- ${escape(x.key)}: ${escape(x.problem)}`), '');
  if (s.problems.length) lines.push(...s.problems.map((p) => `- ${escape(p)}`), '');
  return `${lines.join('\n')}\n`;
}
