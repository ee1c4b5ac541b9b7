// The command line: what authors and graders type, and what comes back.
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { encodeLink } from '../../wasm/course/index.mjs';
import { variants } from './classes.mjs';
import { grade, instructor, put, read, root, run, scratch, small, strToU8, submission, zipSync } from './support.mjs';

const first = path.join(root, 'examples/assignments/instructor/first-steps.json');
const all = Object.fromEntries(Object.entries(variants).map(([task, of]) => [task, of.right[0]]));
const files = (programs, folder = '') =>
  Object.fromEntries(Object.entries(programs).map(([task, program]) => [`${folder}${task}.rasp`, strToU8(program)]));
const smallFile = put('small.json', JSON.stringify(small()));
const by = (r) => Object.fromEntries(r.book.map((row) => [row.student, row]));

test('assignment check', () => {
  const good = run(['assignment', 'check', first]);
  assert.equal(good.status, 0);
  assert.equal(good.out.ok, true);
  assert.equal(good.out.points, 100);
  assert.ok(good.out.tasks.every((t) => t.ok && t.reference.status === 'right' && t.starter.status !== 'right'));
  const bad = run(['assignment', 'check', put('solved.json', JSON.stringify(small({ starter: 'x = indices + 1;' })))]);
  assert.equal(bad.status, 1);
  assert.match(bad.out.tasks[0].problems[0], /starter already passes/);
  const broken = run(['assignment', 'check', put('broken.json', '{\n "format": }')]);
  assert.equal(broken.status, 1);
  assert.deepEqual([broken.out.ok, broken.out.diagnostics[0].line], [false, 2]);
  for (const [file, pattern] of [
    ['missing.json', /no such file/],
    [scratch, /a folder/],
    [put('bytes.json', Buffer.from([0x7b, 0xff, 0xfe])), /UTF-8/],
    [put('big.json', ' '.repeat(5 << 20)), /more than/],
  ]) {
    const r = run(['assignment', 'check', file]);
    assert.equal(r.status, 1);
    assert.match(r.out.diagnostics[0].message, pattern);
    assert.doesNotMatch(r.err, / at .*\.mjs/);
  }
});

test('assignment publish: the file passes the check of its format and holds no solution', () => {
  const out = path.join(scratch, 'published/small.json');
  const r = run([
    'assignment',
    'publish',
    put('hide.json', JSON.stringify(small({ hidden: [{ input: 'aba', output: [1, 2, 3] }] }))),
    '--out',
    out,
    '--salt',
    'phrase',
  ]);
  assert.equal(r.status, 0);
  const given = JSON.parse(read(path.relative(root, out)));
  assert.equal(given.tasks[0].reference, undefined);
  assert.equal(given.tasks[0].hidden[0].output, undefined);
  assert.match(given.tasks[0].hidden[0].hash, /^[0-9a-f]{64}$/);
  run(['assignment', 'publish', path.join(scratch, 'hide.json'), '--out', `${out}.2`, '--salt', 'phrase']);
  assert.equal(read(path.relative(root, `${out}.2`)), read(path.relative(root, out)));
  assert.equal(run(['assignment', 'publish', out, '--out', `${out}.3`]).status, 1);
  const refused = run(['assignment', 'publish', path.join(scratch, 'solved.json'), '--out', `${out}.4`]);
  assert.equal(refused.status, 1, 'what fails the check is not published');
  // Grading with it works, by the hashes, and says what that is worth.
  const g = grade(out, [
    put(
      'pub/a.json',
      submission({ t: 'x = indices + 1;' }, { assignment: { id: 'small', fingerprint: r.out.fingerprint } }),
    ),
  ]);
  assert.equal(g.book[0].total, '10');
  assert.equal(g.book[0].notes, '');
  assert.match(g.err, /students’ file/);
});

test('a command line that is wrong: usage and 2', () => {
  const sub = put('one.json', submission(all));
  for (const args of [
    ['grade'],
    ['grade', first],
    ['grade', first, sub],
    ['grade', first, sub, '--out', scratch, '--jobs', '0'],
    ['grade', first, sub, '--out', scratch, '--limit-ms', 'x'],
    ['grade', first, sub, '--out', scratch, '--task', 'none'],
    ['assignment'],
    ['assignment', 'bake', first],
    ['assignment', 'check'],
    ['assignment', 'publish', first],
  ]) {
    const r = run(args);
    assert.equal(r.status, 2, args.join(' '));
    assert.equal(r.lines.length, 0);
    assert.match(r.err, /usage/);
  }
});

test('nothing to grade, or a path that is not there: 1, and the rest is graded', () => {
  const none = grade(first, [path.join(scratch, 'nowhere')]);
  assert.equal(none.status, 1);
  assert.equal(none.out.diagnostics[0].code, 'nothing-to-grade');
  const some = grade(first, [path.join(scratch, 'nowhere'), put('some/a.json', submission(all))]);
  assert.equal(some.status, 1);
  assert.equal(some.book[0].total, '100');
  assert.match(some.out.problems[0], /no such file/);
  const locked = run(['grade', first, put('some/a.json', submission(all)), '--out', put('a-file', 'x')]);
  assert.equal(locked.status, 1);
  assert.match(locked.out.diagnostics[0].message, /cannot be written/);
});

test('folders, zips and files, alone and nested', () => {
  put('mixed/ada.json', submission(all));
  for (const [task, program] of Object.entries(all)) put(`mixed/bob/${task}.rasp`, program);
  put('mixed/cleo/work/deep/submission.json', submission(all));
  put('mixed/dan.zip', zipSync({ ...files(all, 'dan/src/'), '__MACOSX/dan/._positions.rasp': strToU8('junk') }));
  put('mixed/eve/upload.zip', zipSync({ 'e.json': strToU8(submission(all)) }));
  put('mixed/.DS_Store', 'junk');
  put('mixed/readme.txt', 'junk');
  const folder = grade(first, [path.join(scratch, 'mixed')]);
  assert.deepEqual(
    folder.book.map((r) => [r.student, r.total]),
    ['ada', 'bob', 'cleo', 'dan', 'eve'].map((n) => [n, '100']),
  );
  const whole = {
    'class/ada.json': strToU8(submission(all)),
    ...files(all, 'class/bob/'),
    'class/cleo.zip': zipSync(files(all)),
  };
  const zip = grade(first, [put('class.zip', zipSync(whole))]);
  assert.deepEqual(
    zip.book.map((r) => [r.student, r.total]),
    ['ada', 'bob', 'cleo'].map((n) => [n, '100']),
  );
  const stored = grade(first, [put('stored.zip', zipSync(whole, { level: 0 }))]);
  assert.deepEqual(
    stored.book.map((r) => r.total),
    ['100', '100', '100'],
  );
  const single = grade(first, [path.join(scratch, 'mixed/bob')]);
  assert.deepEqual(
    single.book.map((r) => [r.student, r.total]),
    [['bob', '100']],
  );
  const lone = grade(smallFile, [put('lone/zoe.rasp', 'x = indices + 1;')]);
  assert.deepEqual(
    lone.book.map((r) => [r.student, r.total]),
    [['zoe', '10']],
  );
});

test('a list of submission links', async () => {
  const link = await encodeLink('submission', submission(all)),
    other = await encodeLink('assignment', read('examples/assignments/first-steps.json'));
  const r = grade(first, [
    put(
      'links.csv',
      `name,link\r\n"Ada, L.","https://example.org/rasp/#${link}"\r\nBob https://example.org/#${link.slice(0, -40)}\n#${link}\nCleo #${other}\n`,
    ),
  ]);
  assert.deepEqual(
    r.book.map((x) => [x.student, x.total, x.status]),
    [
      ['Ada L.', '100', 'right'],
      ['Bob', '0', 'unreadable'],
      ['link-3', '100', 'right'],
    ],
  );
  assert.match(r.book[1].notes, /damaged/);
  assert.match(grade(first, [put('nolinks.txt', 'hello')]).out.problems[0], /no submission link/);
});

test('a folder of downloaded repositories', () => {
  for (const who of ['ada', 'bob']) {
    put(`repos/${who}/assignment.json`, read('examples/assignments/first-steps.json'));
    put(`repos/${who}/.github/workflows/classroom.yml`, 'name: x');
    put(`repos/${who}/README.md`, 'x');
  }
  for (const [task, program] of Object.entries(all)) put(`repos/ada/solutions/${task}.rasp`, program);
  put('repos/bob/solutions/positions.rasp', 'positions = indices;');
  put('repos/bob/better/positions.rasp', all.positions);
  const r = grade(first, [path.join(scratch, 'repos')]);
  assert.deepEqual(
    r.book.map((x) => [x.student, x.total]),
    [
      ['ada', '100'],
      ['bob', '10'],
    ],
  );
  assert.match(r.book[1].notes, /solutions\/positions\.rasp was left out/);
});

test('equal names: both are graded, and noted', () => {
  put('same/ada.json', submission(all));
  put('same/ada.zip', zipSync(files({ positions: all.positions })));
  put('same/Ada/positions.rasp', 'positions = indices;');
  const r = grade(first, [path.join(scratch, 'same'), path.join(scratch, 'same/ada.json')]);
  assert.equal(r.book.length, 4);
  assert.equal(new Set(r.book.map((x) => x.student.toLowerCase())).size, 4);
  assert.deepEqual(
    r.book.map((x) => Number(x.total)).sort((a, b) => a - b),
    [0, 10, 100, 100],
  );
  assert.equal(r.book.filter((x) => /called ".*" too/.test(x.notes)).length, 3);
});

test('names from archives and folders never leave the output folder', () => {
  const evil = zipSync({
    '../../evil.json': strToU8(submission(all)),
    '..\\..\\evil2.json': strToU8(submission(all)),
    '/abs/evil3.json': strToU8(submission(all)),
    'C:evil4.json': strToU8(submission(all)),
    'con.json': strToU8(submission(all)),
    '=cmd().json': strToU8(submission(all)),
  });
  const r = grade(first, [put('evil.zip', evil)]);
  assert.ok(r.book.length >= 3);
  for (const row of r.book) {
    assert.match(row.student, /^[^/\\:.=][^/\\:=]*$/, row.student);
    assert.ok(r.file(`results/${row.student}.json`), row.student);
  }
});

test('links are not followed', () => {
  put('links/a/note.json', submission({}));
  symlinkSync(first, path.join(scratch, 'links/a/secret.json'));
  symlinkSync(root, path.join(scratch, 'links/b'));
  const r = grade(first, [path.join(scratch, 'links')]);
  assert.ok(!JSON.stringify(r.json('summary.json')).includes('length - 1 - indices'));
  assert.deepEqual(
    r.book.map((x) => x.student),
    ['a'],
  );
});

test('bombs: a zip that lies about its sizes, one with too many entries, one that repeats itself', () => {
  const honest = Buffer.from(zipSync({ 'positions.rasp': new Uint8Array(40 << 20) }));
  const lying = Buffer.from(honest);
  const central = lying.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  lying.writeUInt32LE(10, central + 24); // uncompressed size in the central directory
  lying.writeUInt32LE(10, 22); // and in the local header
  const many = zipSync(
    Object.fromEntries(Array.from({ length: 20_001 }, (_, i) => [`f${i}.json`, new Uint8Array(0)])),
    { level: 0 },
  );
  const nested = zipSync({ 'in.zip': zipSync({ 'in.zip': zipSync(files(all)) }) });
  put('bombs/honest.zip', honest);
  put('bombs/lying.zip', lying);
  put('bombs/many.zip', many);
  put('bombs/nested.zip', nested);
  put('bombs/fine.json', submission(all));
  const r = grade(first, [path.join(scratch, 'bombs')]),
    rows = by(r);
  assert.equal(rows.fine.total, '100');
  for (const name of ['honest', 'lying', 'many', 'nested']) {
    assert.equal(rows[name].total, '0', name);
    assert.equal(rows[name].status, 'unreadable', name);
    assert.notEqual(rows[name].notes, '', name);
  }
});

test('a cell that a spreadsheet would run is text', () => {
  put('formula/x.json', submission(all, { student: { name: '=HYPERLINK("http://evil")', id: '@SUM(A1)' } }));
  put('formula/y.json', submission(all, { student: { name: 'Quote " comma, line\nbreak', id: '-1+1' } }));
  const r = grade(first, [path.join(scratch, 'formula')]),
    rows = by(r);
  assert.equal(rows.x.name, '\'=HYPERLINK("http://evil")');
  assert.equal(rows.x.id, "'@SUM(A1)");
  assert.equal(rows.y.name, 'Quote " comma, line\nbreak');
  assert.equal(rows.y.id, "'-1+1");
});

test('results.json: what students may read, and what only instructors may', () => {
  const r = grade(first, [
    put(
      'gs/ada.json',
      submission({
        ...all,
        flipped:
          '# Which index does each position look at?\nopposite = length - indices;\n\n# Fetch the token that is there.\nflipped = aggregate(select(indices, opposite, ==), tokens);',
        marks: 'marks = 1;',
      }),
    ),
  ]);
  const g = r.student('ada');
  assert.deepEqual(JSON.parse(r.file('results.json')), g);
  assert.equal(g.score, 70);
  const shown = g.tests.filter((t) => t.visibility === 'visible'),
    kept = g.tests.filter((t) => t.visibility === 'hidden');
  assert.equal(shown.length, 6);
  const flipped = shown.find((t) => t.name === 'Backwards');
  assert.equal(flipped.status, 'failed');
  assert.match(
    flipped.output,
    /the first s-op that differs is "opposite" \(line 2\): expected \[2, 1, 0\], got \[3, 2, 1\]/,
  );
  assert.match(flipped.output, /Hidden cases: 0 of 2 pass/);
  // A hidden input or output is in no visible text.
  for (const t of shown)
    for (const h of JSON.parse(instructor('first-steps')).tasks.flatMap((x) => x.hidden))
      if (h.input.length > 4) assert.ok(!t.output.includes(h.input), h.input);
  assert.ok(kept.find((t) => t.name.startsWith('Backwards')).output.includes('abcabb'));
  const marks = shown.find((t) => t.name === 'Mark a letter');
  assert.match(marks.output, /marks is an atom; an s-op is asked for/);
  assert.equal(g.visibility, 'visible');
  assert.equal(g.stdout_visibility, 'hidden');
  assert.deepEqual(Object.keys(g).sort(), [
    'extra_data',
    'output',
    'output_format',
    'score',
    'stdout_visibility',
    'tests',
    'visibility',
  ]);
});

test('one task, one submission, and exit status for GitHub Classroom', () => {
  put('gh/positions.rasp', all.positions);
  put('gh/marks.rasp', 'marks = 5;');
  const folder = path.join(scratch, 'gh'),
    summary = put('step.md', '');
  const good = grade(first, [folder], ['--task', 'positions', '--github'], {
    env: { ...process.env, GITHUB_STEP_SUMMARY: summary },
  });
  assert.equal(good.status, 0);
  assert.equal(good.out.ok, true);
  assert.match(read(path.relative(root, summary)), /^# First steps/);
  const bad = grade(first, [folder], ['--task', 'marks', '--github']);
  assert.equal(bad.status, 1);
  assert.match(bad.err, /^::error title=Mark a letter::0 of 10 points$/m);
  assert.equal(grade(first, [folder], ['--task', 'marks']).status, 0, 'without --github, a low score is a result');
  put('gh2/a.json', submission({ positions: all.positions }));
  put('gh2/b/marks.rasp', all.marks);
  const one = grade(first, [path.join(scratch, 'gh2')], ['--one']);
  assert.deepEqual(
    one.book.map((x) => [x.student, x.total]),
    [['gh2', '20']],
  );
});

test('an assignment whose reference fails is not graded with', () => {
  const r = grade(put('badref.json', JSON.stringify(small({ reference: 'x = nothing;', hidden: [{ input: 'a' }] }))), [
    put('any/a.json', submission({})),
  ]);
  assert.equal(r.status, 1);
  assert.match(r.out.diagnostics[0].message, /Task t, reference solution/);
});
