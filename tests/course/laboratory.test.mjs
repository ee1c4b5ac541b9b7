// Tasks that ask for a result of the laboratory: checked, published as a hash, graded; the number is what `train` and
// `discover` measure.
import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import { grade, put, read, root, run, scratch, submission } from './support.mjs';

const program = 'is_x = indicator(tokens == "x");\nfraction = aggregate(select(1, 1, ==), is_x);\n';
const sorting = '#@ vocabulary [1, 2, 3]\n#@ max_length 4\nsorted = sort(tokens, tokens);\nsorted;\n';
const task = (more = {}, laboratory = {}) => ({
  id: 'three',
  title: 'One dimension',
  points: 10,
  asks: { name: 'kept', kind: 'number' },
  starter: 'kept = 0;\n',
  vocabulary: 'xyz',
  max_length: 5,
  cases: [],
  hidden: [{ input: 'x' }],
  laboratory: { program, experiment: { kind: 'superposition', d: 1, steps: 300 }, measure: 'held_out', ...laboratory },
  ...more,
});
const area = task(
  {
    id: 'who',
    points: 5,
    asks: { name: 'area', kind: 'number' },
    starter: 'area = 0;\n',
    vocabulary: [1, 2, 3],
    max_length: 4,
    hidden: [{ input: [1] }],
  },
  { program: sorting, experiment: { kind: 'methods' }, measure: 'auc', method: 'eap' },
);
const assignment = (...tasks) =>
  JSON.stringify({ format: 'rasp-assignment', version: 1, id: 'laboratory', title: 'Laboratory', tasks });
const file = put('lab.json', assignment(task(), area));

// The same numbers by the commands that a student may also use.
const trained = run([
  'train',
  put('fraction.rasp', `#@ vocabulary "xyz"\n#@ max_length 5\n${program}`),
  '--no-optimize',
  '--compress',
  '1',
  '--steps',
  '300',
  '--examples',
  '2048',
]).out;
const kept = Number((100 * trained.runs[0].last.held_out).toFixed(0));
const found = run(['discover', put('sorting.rasp', sorting), '--methods', 'eap', '--seed', '1']).out;
const eap = Number(found.methods[0].auc.causal.toFixed(3));

test('check runs the experiment; a written answer that is another one is reported', () => {
  assert.ok(kept > 10 && kept < 99, `the experiment is one that does not come out by itself: ${kept}`);
  assert.ok(eap > 0.5 && eap < 1, String(eap));
  assert.equal(run(['assignment', 'check', file]).out.ok, true);
  const right = run([
    'assignment',
    'check',
    put(
      'right.json',
      assignment(task({ hidden: [{ input: 'xy', output: [kept, kept] }], reference: `kept = ${kept};` })),
    ),
  ]).out;
  assert.equal(right.ok, true, JSON.stringify(right));
  const wrong = run([
    'assignment',
    'check',
    put('wrong.json', assignment(task({ hidden: [{ input: 'x', output: [kept + 1] }] }))),
  ]).out;
  assert.equal(wrong.ok, false);
  assert.match(
    wrong.diagnostics[0].message,
    new RegExp(`Task three, laboratory: the experiment gives ${kept}, and the file says \\[${kept + 1}\\]`),
  );
  const solved = run([
    'assignment',
    'check',
    put('solved-lab.json', assignment(task({ starter: `kept = ${kept};\n` }))),
  ]).out;
  assert.match(solved.tasks[0].problems[0], /starter already passes/);
});

test('publish: the answer is a hash; both files grade alike, and rightly', () => {
  const out = path.join(scratch, 'lab-students.json');
  const made = run(['assignment', 'publish', file, '--out', out, '--salt', 'phrase']);
  assert.equal(made.status, 0, JSON.stringify(made.out));
  const text = read(path.relative(root, out)),
    given = JSON.parse(text);
  assert.ok(given.tasks.every((t) => t.hidden.every((c) => c.output === undefined && /^[0-9a-f]{64}$/.test(c.hash))));
  assert.deepEqual(given.tasks[0].laboratory, task().laboratory, 'students see which experiment it is');
  const hand = (name, programs) =>
    put(
      `labs/${name}.json`,
      submission(programs, { assignment: { id: 'laboratory', fingerprint: made.out.fingerprint } }),
    );
  const all = [
    hand('right', { three: `kept = ${kept};`, who: `area = ${eap};` }),
    hand('as-float', { three: `kept = ${kept}.0;`, who: `area = ${eap};` }),
    hand('off', { three: `kept = ${kept + 1};`, who: `area = ${(eap - 0.001).toFixed(3)};` }),
    hand('text', { three: 'kept = "many";', who: 'x = 1;' }),
    hand('broken', { three: 'kept = ;' }),
  ];
  for (const with_ of [file, out]) {
    const { book, status } = grade(with_, all);
    assert.equal(status, 0);
    assert.deepEqual(Object.fromEntries(book.map((r) => [r.student, r.total])), {
      right: '15',
      'as-float': '15',
      off: '0',
      text: '0',
      broken: '0',
    });
    assert.ok(
      book.every((r) => r.notes === ''),
      JSON.stringify(book),
    );
  }
});

test('what makes no sense has its place and a sentence', () => {
  for (const [bad, words] of [
    [task({ asks: { name: 'kept', kind: 's-op' } }), /a number is asked for by tasks with a laboratory/],
    [task({ laboratory: undefined }), /a number is asked for by tasks with a laboratory/],
    [task({ asks: { name: 'kept', kind: 's-op' }, laboratory: undefined }), /at least one case/],
    [task({ hidden: undefined }), /hidden cases, and no others/],
    [task({ budgets: { layers: { most: 1 } } }), /belong to programs/],
    [task({}, { measure: 'auc' }), /only methods have an auc/],
    [task({}, { experiment: { kind: 'methods' }, measure: 'auc' }), /needs a method/],
    [task({}, { experiment: { kind: 'methods', d: 4 }, measure: 'auc', method: 'eap' }), /nothing is trained here/],
    [task({}, { experiment: { kind: 'superposition', d: 0 } }), /experiment\.d/],
    [task({}, { experiment: { kind: 'superposition', d: 500, steps: 5 } }), /"d".*must be a whole number from 1 to 11/],
    [task({}, { program: 'x = ;' }), /laboratory: /],
  ]) {
    const r = run(['assignment', 'check', put('bad-lab.json', assignment(bad))]);
    assert.equal(r.status, 1, String(words));
    assert.match(r.out.diagnostics.map((d) => d.message).join('\n'), words);
    assert.doesNotMatch(r.err, / at .*\.mjs/);
  }
});
