// A class of 300: right, wrong, broken and hostile submissions; the gradebook is right to the point.
import assert from 'node:assert/strict';
import test from 'node:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hostile, points, student, variants } from './classes.mjs';
import { grade, instructor, put, root, scratch, strToU8, submission, zipSync } from './support.mjs';

const folder = path.join(scratch, 'class');
const assignment = path.join(root, 'examples/assignments/instructor/first-steps.json');
const expected = new Map(); // key → {scores, total, status}
const zeros = Object.fromEntries(Object.keys(points).map((t) => [t, 0]));

mkdirSync(folder, { recursive: true });
const write = (name, content) => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), content);
};
const nothing = (key, status) => expected.set(key, { scores: zeros, total: 0, status });

for (let i = 0; i < 270; ++i) {
  const key = `student-${String(i).padStart(3, '0')}`,
    s = student(i);
  // One file, a folder of programs, or a zip: as students do.
  if (i % 3 === 0) write(`${key}.json`, submission(s.programs));
  else if (i % 3 === 1) for (const [task, program] of Object.entries(s.programs)) write(`${key}/${task}.rasp`, program);
  else
    write(
      `${key}.zip`,
      zipSync(
        Object.fromEntries(
          Object.entries(s.programs).map(([task, program]) => [`work/${task}.rasp`, strToU8(program)]),
        ),
      ),
    );
  expected.set(key, { scores: s.scores, total: s.total, status: 'graded' });
}
// Two that solve everything; the second is the first with other names, blanks and comments.
const all = Object.fromEntries(Object.entries(variants).map(([task, of]) => [task, of.right[0]]));
write('solved.json', submission(all));
write(
  'renamed.json',
  submission({
    ...all,
    moved: '# mine\ndef moved ( s , k ) { return aggregate( select(indices, indices-k, ==), s , "_" ) ; }',
    flipped: all.flipped,
  }),
);
for (const key of ['solved', 'renamed']) expected.set(key, { scores: points, total: 100, status: 'right' });
for (const [name, program] of Object.entries(hostile)) {
  write(`hostile-${name}.json`, submission({ positions: program }));
  expected.set(`hostile-${name}`, { scores: zeros, total: 0, status: 'graded' });
}
const unreadable = {
  'empty.json': '',
  'blank.json': ' \n ',
  'not-json.json': 'positions = indices + 1;',
  'cut-off.json': submission(all).slice(0, -20),
  'deep.json': '['.repeat(100_000),
  'array.json': '[]',
  'null.json': 'null',
  'other.json': submission(all, { assignment: { id: 'other', fingerprint: 'x' } }),
  'version.json': submission(all, { version: 2 }),
  'number.json': submission({ positions: 5 }),
  'huge.json': submission({ positions: '#'.repeat(2 << 20) }),
  'latin1.json': Buffer.from(submission({ positions: 'é' }), 'latin1'),
  'not-a-zip.zip': 'PK',
  'cut-off.zip': zipSync({ 'positions.rasp': strToU8(all.positions) }).subarray(0, 60),
  'nothing.zip': zipSync({ 'readme.txt': strToU8('hello') }),
  'bomb.zip': zipSync({ 'positions.rasp': new Uint8Array(64 << 20) }),
  'stray/notes.rasp': 'x = 1;',
};
for (const [name, content] of Object.entries(unreadable)) write(name, content);
const seen = new Map();
for (const name of Object.keys(unreadable)) {
  const key = name.split('/')[0].replace(/\.(json|zip)$/, '');
  const n = (seen.get(key) ?? 0) + 1;
  seen.set(key, n);
  nothing(n === 1 ? key : `${key}-${n}`, 'unreadable');
}
write('no-programs.json', submission({}));
nothing('no-programs', 'empty');
write('proto.json', submission({}).replace('"programs":{}', '"programs":{"__proto__":"x = 1;"}'));
nothing('proto', 'empty');

test('a class of 300', async (t) => {
  assert.equal(expected.size, 300);
  const result = grade(assignment, [folder]);
  await t.test('the command line says so', () => {
    assert.equal(result.status, 0, result.err);
    assert.equal(result.out.ok, true);
    assert.equal(result.out.submissions, 300);
    assert.match(result.err, /graded 300 of 300/);
    assert.equal(result.lines.length, 1);
  });
  await t.test('the gradebook is right to the point', () => {
    assert.deepEqual(result.book.map((r) => r.student).sort(), [...expected.keys()].sort());
    for (const row of result.book) {
      const e = expected.get(row.student);
      for (const [task, score] of Object.entries(e.scores))
        assert.equal(Number(row[task]), score, `${row.student} ${task}`);
      assert.equal(Number(row.total), e.total, row.student);
      assert.equal(row.status, e.status, `${row.student}: ${row.notes}`);
      if (e.status === 'unreadable') assert.notEqual(row.notes, '', row.student);
    }
  });
  await t.test('every student has a results.json of the same score', () => {
    for (const row of result.book) {
      const r = result.student(row.student);
      assert.equal(r.score, Number(row.total));
      const scored = r.tests.filter((x) => x.max_score !== undefined);
      assert.equal(Math.round(100 * scored.reduce((sum, x) => sum + x.score, 0)) / 100, r.score);
      assert.deepEqual(
        scored.map((x) => x.max_score),
        Object.values(points),
      );
    }
  });
  await t.test('the renamed copy is reported, in both directions', () => {
    const by = Object.fromEntries(result.book.map((r) => [r.student, r]));
    assert.equal(by.solved.identical_to, 'renamed');
    assert.equal(by.renamed.identical_to, 'solved');
    assert.equal(by['student-000'].identical_to, '');
    const group = result
      .json('summary.json')
      .identical.find((g) => g.task === 'moved' && g.students.includes('solved'));
    assert.deepEqual(group.students, ['renamed', 'solved']);
  });
  await t.test('the summary counts', () => {
    const s = result.json('summary.json'),
      totals = [...expected.values()].map((e) => e.total);
    assert.equal(
      s.distribution.reduce((n, b) => n + b.submissions, 0),
      300,
    );
    assert.equal(s.distribution[9].submissions, totals.filter((x) => x >= 90).length);
    assert.equal(s.distribution[0].submissions, totals.filter((x) => x < 10).length);
    assert.equal(s.full_marks, totals.filter((x) => x === 100).length);
    assert.equal(s.mean, Math.round((100 * totals.reduce((a, b) => a + b, 0)) / 300) / 100);
    // Who fails "aaab" of the task "marks": everyone who handed something in for it and is neither right nor otherwise.
    const handedIn = Array.from({ length: 270 }, (_, i) => student(i)).filter((x) => x.scores.marks !== 10).length;
    assert.equal(s.tasks[1].cases[2].failed, handedIn);
    assert.equal(s.tasks[1].handed_in, 272);
  });
  await t.test('grading again, with another number of workers, gives the same bytes', () => {
    const again = grade(assignment, [folder], ['--jobs', '1']);
    for (const name of [
      'gradebook.csv',
      'summary.json',
      'summary.md',
      ...[...expected.keys()].map((k) => `results/${k}.json`),
    ])
      assert.equal(again.file(name), result.file(name), name);
  });
});

test('a submission that is stopped costs its own points only', () => {
  // Every step of the hostile one multiplies numbers of thousands of digits: minutes on any machine; its neighbours are
  // small.
  const a = put('stop/assignment.json', instructor('first-steps'));
  const loops = Array.from({ length: 7 }, (_, i) => `for a${i} in range(0, 100) {`).join(' ');
  const slow = `s = 2 ^ 8000; ${loops} x = s * s; ${'}'.repeat(7)}\n`;
  put('stop/in/slow.json', submission(Object.fromEntries(Object.keys(points).map((t) => [t, slow]))));
  put('stop/in/fine.json', submission(all));
  const r = grade(a, [path.join(scratch, 'stop/in')], ['--limit-ms', '2000']);
  assert.equal(r.status, 0);
  const by = Object.fromEntries(r.book.map((x) => [x.student, x]));
  assert.equal(by.slow.status, 'stopped');
  assert.equal(by.slow.total, '0');
  assert.match(by.slow.notes, /more than 2 s/);
  assert.equal(by.fine.total, '100');
});
