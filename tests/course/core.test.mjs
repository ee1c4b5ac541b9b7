// The evaluation core, as page and command line share it.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as course from '../../wasm/course/index.mjs';
import { expectedResult, sameResult } from '../../wasm/course/equal.mjs';
import { allInputs, canonicalResult, countInputs } from '../../wasm/course/values.mjs';
import { loadEngine } from '../../wasm/engine.mjs';
import { instructor, read, small } from './support.mjs';

const engine = await loadEngine();
const pretty = (document) => JSON.stringify(document, null, 2);
const problems = (document) =>
  course.parseAssignment(typeof document === 'string' ? document : pretty(document)).diagnostics;
// The only problem of a document: [line of the text it points at, message].
function only(document, pattern, lineHolds) {
  const text = typeof document === 'string' ? document : pretty(document),
    found = problems(text);
  assert.equal(found.length, 1, JSON.stringify(found));
  assert.match(found[0].message, pattern);
  if (lineHolds)
    assert.ok(
      text.split('\n')[found[0].line - 1].includes(lineHolds),
      `line ${found[0].line} is ${text.split('\n')[found[0].line - 1]}`,
    );
  return found[0];
}
async function evaluate(task, program, options) {
  const { assignment, diagnostics } = course.parseAssignment(pretty(small(task)));
  assert.deepEqual(diagnostics, []);
  const prepared = await course.prepare(engine, assignment);
  assert.deepEqual(prepared.diagnostics, []);
  return course.evaluateTask(engine, prepared, assignment.tasks[0], program, options);
}

test('JSON that is broken is located', () => {
  const d = only('{\n  "format": "rasp-assignment",\n  "version": 1,,\n}', /not valid JSON/);
  assert.deepEqual([d.line, d.column, d.severity, d.class], [3, 16, 'error', 'input']);
  assert.match(only('', /empty/).message, /empty/);
  assert.match(only(' \n\t', /empty/).message, /empty/);
  only('{"a": "\u0001"}', /not valid JSON/);
  only(`{"x": ${'['.repeat(100_000)}`, /deeper than 40/);
  only('"'.repeat(3), /not valid JSON/);
  assert.deepEqual(problems(`\ufeff${pretty(small())}`), []);
});

test('a wrong document is located by path, line and column', () => {
  only(small({ points: 0 }), /tasks\[1\]\.points must be more than 0/, '"points": 0');
  only(small({ points: '10' }), /tasks\[1\]\.points must be a number, not a string/, '"points": "10"');
  only(small({ extra: 1 }), /tasks\[1\]\.extra is not a property/, '"extra"');
  only(small({}, { id: 'No Spaces' }), /id is not written/, 'No Spaces');
  only(small({ cases: [{ output: [1] }] }), /tasks\[1\]\.cases\[1\] lacks "input"/);
  only(small({ asks: { name: 'x', kind: 'sop' } }), /must be one of "s-op", "selector", "function"/, 'sop');
  only(small({ cases: [{ input: { a: 1 } }] }), /input must be a string or an array, not an object/);
  only(
    small({ cases: [{ input: 'ab', output: [1, null] }] }),
    /output\[2\] must be a string or a number or true or false, not null/,
    'null',
  );
  only(small({ hidden: [{ input: 'a', hash: 'abc' }] }), /hash is not written/);
  only({ ...small(), version: 2 }, /has version 2; version 1 is read/, '"version": 2');
  only({ ...small(), format: 'other' }, /format must be "rasp-assignment"/, 'other');
  const missing = small();
  delete missing.tasks[0].starter;
  only(missing, /tasks\[1\] lacks "starter"/);
  for (const other of ['null', '[]', '5', '"x"', '{}']) assert.ok(problems(other).length > 0, other);
  assert.equal(problems(small({ cases: Array.from({ length: 201 }, () => ({ input: 'a', output: [1] })) })).length, 1);
});

test('what a schema cannot say is located, too', () => {
  only({ ...small(), tasks: [small().tasks[0], { ...small().tasks[0] }] }, /another task is called "t"/, '"id": "t"');
  only(small({ vocabulary: 'aba' }), /a token occurs twice/, '"aba"');
  only(small({ cases: [{ input: 'ac', output: [1, 2] }] }), /"c" is not in the task’s vocabulary/, '"ac"');
  only(small({ cases: [{ input: 'ababa', output: [1, 2, 3, 4, 5] }] }), /has 5 tokens, more than/, 'ababa');
  only(small({ cases: [{ input: 'ab', output: [1] }] }), /1 values for 2 positions/);
  only(
    small({ asks: { name: 'x', kind: 'selector' }, cases: [{ input: 'ab', output: ['12', '00'] }] }),
    /strings of 2 times 0 or 1/,
  );
  only(small({ asks: { name: 'x', kind: 'function' } }), /so a call must be given/);
  only(small({ locked: [[1, 2]] }), /no lines 1 to 2/);
  only(
    small({
      starter: 'a;\nb;\nc;\n',
      locked: [
        [2, 3],
        [1, 1],
      ],
    }),
    /in order/,
  );
  only(small({ rules: [{ ban: ['sort'], causal: true }] }), /exactly one of/);
  only(small({ rules: [{}] }), /exactly one of/);
  only(
    small({ asks: { name: 'x', kind: 'selector' }, cases: [{ input: 'a' }], rules: [{ compiles: true }] }),
    /only s-ops compile/,
  );
  only(small({ reference: undefined, properties: [{ max_length: 2 }] }), /no reference solution/);
  only(small({ reference: undefined, cases: [{ input: 'ab' }] }), /neither an output nor a reference/);
  only(small({ vocabulary: 'abcdefghij', max_length: 8, properties: [{ max_length: 5 }] }), /more than 20000 inputs/);
  only(small({ properties: [{ max_length: 5 }] }), /more than the task’s max_length/);
  only(small({ hidden: [{ input: 'a', hash: '0'.repeat(64) }] }), /hashes belong into a students’ file/);
  only({ ...small(), salt: '0'.repeat(32) }, /must not hold the reference solution/);
  assert.equal(problems('x'.repeat((1 << 20) + 1))[0].code, 'file-size');
  assert.equal(problems(' '.repeat(1 << 20))[0].code, 'empty-file');
  assert.equal(problems('['.repeat(40) + ']'.repeat(40))[0].code, 'assignment-schema');
  assert.equal(problems('['.repeat(41) + ']'.repeat(41))[0].code, 'json-depth');
  // Half a surrogate pair is no text, in a name or in a value.
  for (const half of ['{"\\ud800": 1}', '{"id": "x\\udfff"}'])
    assert.deepEqual([problems(half)[0].code, problems(half)[0].line], ['bad-json', 1], half);
});

test('the published schema and the students’ files are in step with their sources', async () => {
  assert.deepEqual(JSON.parse(read('examples/assignments/assignment.schema.json')), course.schema);
  for (const id of ['first-steps', 'counting-and-sorting', 'brackets-and-budgets']) {
    const { assignment } = course.parseAssignment(instructor(id)),
      given = JSON.parse(read('examples/assignments', `${id}.json`));
    assert.deepEqual(problems(read('examples/assignments', `${id}.json`)), []);
    const again = await course.publish(engine, assignment, given.salt);
    assert.deepEqual(
      JSON.parse(JSON.stringify(again.assignment)),
      given,
      `${id}: node wasm/cli.mjs assignment publish examples/assignments/instructor/${id}.json --out examples/assignments/${id}.json --salt ${id}`,
    );
    assert.equal(await course.fingerprint(given), await course.fingerprint(assignment));
  }
});

test('the ready course: every reference passes everything, every starter fails', async () => {
  const counts = [];
  for (const id of ['first-steps', 'counting-and-sorting', 'brackets-and-budgets']) {
    const { assignment } = course.parseAssignment(instructor(id)),
      checked = await course.checkAssignment(engine, assignment);
    assert.equal(checked.ok, true, JSON.stringify(checked.tasks.flatMap((t) => t.problems)));
    // The students' file gives the references the same points, by the hashes alone.
    const { assignment: given } = course.parseAssignment(read('examples/assignments', `${id}.json`));
    const prepared = await course.prepare(engine, given);
    const full = await course.evaluateSubmission(
      engine,
      prepared,
      Object.fromEntries(assignment.tasks.map((t) => [t.id, t.reference])),
    );
    assert.equal(full.total, 100, id);
    const starters = await course.evaluateSubmission(
      engine,
      prepared,
      Object.fromEntries(assignment.tasks.map((t) => [t.id, t.starter])),
    );
    assert.ok(starters.tasks.every((t) => t.status !== 'right'));
    counts.push(assignment.tasks.length);
  }
  assert.deepEqual(counts, [6, 6, 4]);
});

test('hidden outputs and reference solutions cannot be found in the students’ file', () => {
  for (const id of ['first-steps', 'counting-and-sorting', 'brackets-and-budgets']) {
    const whole = JSON.parse(instructor(id)),
      text = read('examples/assignments', `${id}.json`),
      dense = text.replace(/\s+/g, '');
    let searched = 0;
    for (const t of whole.tasks) {
      assert.ok(!text.includes('"reference"'));
      const starter = new Set(t.starter.split('\n').map((l) => l.trim()));
      for (const line of t.reference.split('\n').map((l) => l.trim()))
        if (line.length > 12 && !line.startsWith('#') && !starter.has(line)) {
          assert.ok(!text.includes(JSON.stringify(line).slice(1, -1)), line);
          ++searched;
        }
      const shown = new Set(t.cases.map((c) => JSON.stringify(c.output)));
      for (const h of t.hidden)
        if (h.output.length > 2 && !shown.has(JSON.stringify(h.output))) {
          assert.ok(!dense.includes(JSON.stringify(h.output).replace(/\s+/g, '')), JSON.stringify(h.output));
          ++searched;
        }
    }
    assert.ok(searched > 6);
  }
});

test('publishing: another salt, other hashes; equal outputs of different inputs have different ones', async () => {
  const { assignment } = course.parseAssignment(
    pretty(small({ hidden: [{ input: 'aa' }, { input: 'bb' }], properties: [{ max_length: 3 }] })),
  );
  const one = await course.publish(engine, assignment, await course.saltOf('one')),
    two = await course.publish(engine, assignment, await course.saltOf('two'));
  const hashes = (p) => [...p.assignment.tasks[0].hidden, ...p.assignment.tasks[0].properties].map((c) => c.hash);
  assert.equal(new Set([...hashes(one), ...hashes(two)]).size, 6);
  assert.equal(one.assignment.tasks[0].hidden[0].output, undefined);
  assert.notEqual(course.randomSalt(), course.randomSalt());
});

test('the fingerprint is over what is asked for, not over prose, outputs or the order of keys', async () => {
  const base = await course.fingerprint(small());
  assert.match(base, /^[0-9a-f]{16}$/);
  assert.equal(
    await course.fingerprint(small({ statement: 'Other words.', hints: [{ text: 'A hint.' }] }, { title: 'Other' })),
    base,
  );
  assert.equal(
    await course.fingerprint({ tasks: [Object.fromEntries(Object.entries(small().tasks[0]).reverse())], id: 'small' }),
    base,
  );
  for (const other of [
    { points: 11 },
    { max_length: 5 },
    { starter: 'y = 1;' },
    { causal: true },
    { budgets: { layers: { most: 1 } } },
    { hidden: [{ input: 'a' }] },
  ])
    assert.notEqual(await course.fingerprint(small(other)), base);
});

test('what counts as the same output', () => {
  const same = (expected, values, types) => sameResult({ values: expected }, { values, types });
  assert.ok(same([2, 0.5], [2, 0.5], 'if'));
  assert.ok(same([2], [2], 'f'), '2 and 2.0');
  assert.ok(same([0], [-0], 'f'));
  assert.ok(same([0.3333333333333333], [0.33333333333333337], 'f'), 'a mean summed in another order');
  assert.ok(!same([0.333333], [1 / 3], 'f'));
  assert.ok(!same([1], [true], 'b'));
  assert.ok(!same(['1'], [1], 'i'));
  assert.ok(same([true, 'a,b'], [true, 'a,b'], 'bs'));
  assert.ok(!same(['a', 'b'], ['a,b'], 's'));
  assert.ok(same(['i'], ['i'], 's'));
  assert.ok(same([1e20], ['100000000000000000000'], 'i'), 'ints beyond 2^53 come as text');
  assert.ok(!same([0.3333333335], [0.33333333351], 'f'), 'nine digits are not twelve');
  assert.ok(!same([1e-11], [1e-12], 'f') && !same([0], [1e-300], 'f'), 'relative all the way down');
  const int = (value) => ({ values: [value], types: 'i' });
  assert.ok(!sameResult(int('12157665459056928801'), int('12157665459056928802')), 'ints of any size');
  assert.ok(same([3 ** 40], ['12157665459056928801'], 'i'), 'an int beyond 2^53 as JSON has it');
  assert.equal(canonicalResult({ values: [1, null], types: 'i-', undefined: 'why' }), null);
  assert.ok(
    !sameResult(
      { values: [1, null], types: 'i-', undefined: 'why' },
      { values: [1, null], types: 'i-', undefined: 'why' },
    ),
  );
  assert.ok(
    sameResult({ matrix: ['10', '01'] }, { matrix: ['10', '01'] }) &&
      !sameResult({ matrix: ['10', '01'] }, { values: ['10', '01'], types: 'ss' }),
  );
});

test('what a program expects is equal where the engine says so: one rule, in JavaScript and in core/base/agree.h', async () => {
  const computed = [
    '0',
    '2',
    '2.0',
    '0.0 * -1',
    '1 / 3',
    '1.1 - 0.1 + 1',
    '1 / 3 + 0.00000000000001',
    '1 / 3 + 0.0000000001',
    '0.00000000001',
    '10000000001.0',
    '3 ^ 40',
    '3 ^ 40 + 1',
    '10.0 ^ 20',
    'True',
    '"2"',
    '"12157665459056928801"',
  ];
  const expects = [
    '0',
    '0.0',
    '2',
    '2.0',
    '0.3333333333333333',
    '0.333333333',
    '1e-12',
    '10000000000.0',
    '12157665459056928801',
    '100000000000000000000',
    '1',
    'true',
    '"2"',
    '"12157665459056928801"',
  ];
  let right = 0;
  for (const value of computed) {
    const source = `${expects.map((w) => `#@ expect "a" -> [${w}]\n`).join('')}#@ vocabulary "ab"\n#@ max_length 2\n#@ input "a"\ny = ${value} if tokens == "a" else ${value};\n`;
    const analyzed = await engine.request({ command: 'analyze', program: source });
    const reply = await engine.request({ command: 'eval_many', program: source, inputs: ['a'] });
    assert.ok(reply.ok, `${value}: ${reply.diagnostics?.[0]?.message}`);
    const [result] = reply.results;
    const checked = await engine.request({ command: 'check', program: source });
    assert.equal(checked.mismatches, 0, value);
    assert.equal(analyzed.expects.length, expects.length);
    const ours = analyzed.expects.map((x) => expectedResult(x.output, result));
    const theirs = analyzed.expects.map(
      (x) => !checked.broken_expectations.some((b) => JSON.stringify(b.expected) === JSON.stringify(x.output)),
    );
    assert.deepEqual(ours, theirs, value);
    right += ours.filter(Boolean).length;
  }
  assert.ok(right >= 12 && right < 60, `${right} of all pairs are equal`);
});

test('every input up to a length, once each', () => {
  assert.deepEqual(allInputs(['a', 'b'], 2), [['a'], ['b'], ['a', 'a'], ['a', 'b'], ['b', 'a'], ['b', 'b']]);
  assert.equal(countInputs(3, 4), 3 + 9 + 27 + 81);
  assert.equal(allInputs(['a', 'b', 'c'], 4).length, 120);
});

test('points: in proportion to weights, or all or nothing', async () => {
  const cases = [
    { input: 'ab', output: [1, 2], weight: 3 },
    { input: 'a', output: [9] },
  ];
  const half = await evaluate({ reference: undefined, cases }, 'x = indices + 1;');
  assert.deepEqual([half.score, half.status], [7.5, 'partial']);
  assert.equal((await evaluate({ reference: undefined, cases, credit: 'all' }, 'x = indices + 1;')).score, 0);
  assert.deepEqual((await evaluate({}, 'x = indices + 1;')).status, 'right');
  const hidden = await evaluate(
    { hidden: [{ input: 'abab', weight: 2 }], properties: [{ max_length: 4, weight: 1 }] },
    'x = indices + 1 if length < 4 else 0;',
  );
  assert.equal(hidden.score, 2.5);
  assert.equal(hidden.cases[2].wrong, 16); // all words of length 4
  assert.deepEqual(hidden.cases[2].input, ['a', 'a', 'a', 'a']);
});

test('budgets and rules take their share; a broken rule without a cost takes everything', async () => {
  const program = 'x = selector_width(select(indices, indices, <=));'; // indices + 1, with one head
  const cost = async (part, p = program) => (await evaluate(part, p)).score;
  assert.equal(await cost({ budgets: { heads: { most: 0, cost: 0.25 } } }), 7.5);
  assert.equal(await cost({ budgets: { heads: { most: 1, cost: 0.25 }, layers: { most: 1 } } }), 10);
  assert.equal(await cost({ rules: [{ ban: ['selector_width'] }] }), 0);
  assert.equal(
    await cost({
      rules: [
        { ban: ['selector_width'], cost: 0.4 },
        { require: ['sort'], cost: 0.4 },
      ],
    }),
    2,
  );
  assert.equal(
    await cost({
      rules: [
        { ban: ['selector_width'], cost: 0.7 },
        { require: ['sort'], cost: 0.7 },
      ],
    }),
    0,
  );
  assert.equal(
    await cost({
      rules: [{ ban: ['sort'] }, { require: ['select'] }, { at_most: { selector_widths: 1, aggregates: 0 } }],
    }),
    10,
  );
  assert.equal(await cost({ rules: [{ at_most: { selector_widths: 0 } }] }), 0);
  assert.equal(await cost({ rules: [{ compiles: true }, { exact: true }] }), 10);
  assert.equal(
    await cost({ rules: [{ ban: ['selector_width'] }] }, 'x = indices + 1; # selector_width'),
    10,
    'a comment uses nothing',
  );
  assert.equal(await cost({ rules: [{ ban: ['+'] }] }, 'x = indices + 1;'), 0);
});

test('budgets are not met by a transformer that is made small by a false promise', async () => {
  const task = {
    cases: [{ input: 'ab', output: [1, 2] }],
    budgets: { parameters: { most: 1_000_000 } },
    rules: [{ compiles: true }],
  };
  const program = 'y = selector_width(select(indices, indices, <=));\nx = y + 0;';
  assert.equal((await evaluate(task, program)).score, 10);
  assert.equal((await evaluate(task, `#@ values y 0..4\n${program}`)).score, 10, 'a true promise');
  const cheat = await evaluate(task, `#@ values y [1]\n${program}`);
  assert.equal(cheat.cases[0].passed, true);
  assert.equal(cheat.score, 0);
  assert.match(cheat.rules[0].why, /not equal to the program/);
});

test('causal: the mask must not change any value', async () => {
  const task = { cases: [{ input: 'aab', output: [1, 2, 3] }], rules: [{ causal: true, cost: 0.5 }] };
  assert.equal((await evaluate(task, 'x = selector_width(select(indices, indices, <=));')).score, 10);
  const peeks = await evaluate(task, 'x = indices + selector_width(select(tokens, "b", ==));');
  assert.equal(peeks.score, 5);
  assert.match(peeks.rules[0].why, /"aab"/);
  // With the task itself causal, everyone is masked.
  assert.equal(
    (await evaluate({ causal: true, cases: [{ input: 'ab', output: [1, 2] }] }, 'x = selector_width(full_s);')).score,
    10,
  );
});

test('the first s-op that differs from the reference’s of the same name', async () => {
  const task = { cases: [{ input: 'ab' }], reference: 'one = 1;\nstep = indices * 2;\ny = step + 1;\nx = y * 10;' };
  const wrong = await evaluate(task, 'other = indices;\nstep = indices * 3;\ny = step + 1;\nx = y * 10;');
  assert.deepEqual(wrong.cases[0].firstDifference, { name: 'step', line: 2, expected: [0, 2], got: [0, 3] });
  const later = await evaluate(task, 'step = indices * 2;\nx = step;');
  assert.equal(later.cases[0].firstDifference.name, 'x');
  // What the students' file shows of it: the steps that the author names.
  const { assignment } = course.parseAssignment(pretty(small({ ...task, steps: ['step'] })));
  const given = (await course.publish(engine, assignment, course.randomSalt())).assignment;
  assert.deepEqual(given.tasks[0].cases[0].steps, { step: [0, 2] });
  assert.equal(given.tasks[0].steps, undefined);
  const prepared = await course.prepare(engine, given);
  const seen = await course.evaluateTask(engine, prepared, given.tasks[0], 'y = 5;\nstep = indices;\nx = y + step;');
  assert.deepEqual(seen.cases[0].firstDifference, { name: 'step', line: 2, expected: [0, 2], got: [0, 1] });
});

test('kinds, missing names, broken programs', async () => {
  const wrong = await evaluate({}, 'x = select(indices, indices, ==);');
  assert.match(wrong.diagnostics[0].message, /x is a selector; an s-op is asked for/);
  const missing = await evaluate({}, 'y = indices + 1;');
  assert.equal(missing.diagnostics[0].message, 'The program does not define x');
  const broken = await evaluate({ hidden: [{ input: 'a' }], properties: [{ max_length: 2 }] }, 'x = indices +;');
  assert.deepEqual([broken.status, broken.score, broken.cases.length, broken.diagnostics[0].line], ['broken', 0, 3, 1]);
  const half = await evaluate(
    {
      cases: [
        { input: 'ab', output: [0, 1] },
        { input: 'a', output: [1] },
      ],
      vocabulary: '01ab',
      reference: undefined,
    },
    'x = tokens_int;',
  );
  assert.equal(half.score, 0);
  assert.match(half.cases[0].problem, /is not the text of an int/);
  const fn = await evaluate(
    {
      asks: { name: 'f', kind: 'function' },
      call: 'f(indices)',
      cases: [{ input: 'ab' }],
      reference: 'def f(a) { return a + 1; }',
    },
    'f = 3;',
  );
  assert.equal(fn.score, 0);
});

test('a reference without a value where it is needed is the author’s mistake', async () => {
  const { assignment } = course.parseAssignment(
    pretty(
      small({
        vocabulary: '1a',
        cases: [{ input: '1', output: [1] }],
        reference: 'x = tokens_int;',
        properties: [{ max_length: 2 }],
      }),
    ),
  );
  const prepared = await course.prepare(engine, assignment);
  assert.match(
    prepared.diagnostics[0].message,
    /Task t, reference solution: The reference solution has no value on \["a"\]/,
  );
  const checked = await course.checkAssignment(
    engine,
    course.parseAssignment(pretty(small({ starter: 'x = indices + 1;', reference: 'x = indices;' }))).assignment,
  );
  assert.equal(checked.ok, false);
  assert.match(
    checked.tasks[0].problems.join(' '),
    /reference solution: it fails 1 of 1 cases.*starter already passes/,
  );
});

test('locked regions', () => {
  const task = {
    starter: 'a = 1;\nb = 2;\nc = 3;\nd = 4;\n',
    locked: [
      [2, 2],
      [4, 4],
    ],
  };
  const found = (program) => course.findLocked(task, program);
  assert.deepEqual(found(task.starter), {
    ranges: [
      [2, 2],
      [4, 4],
    ],
    missing: null,
  });
  assert.deepEqual(found('more;\nmore;\na = 1;\nb = 2;\n\nd = 4;\n\n').ranges, [
    [4, 4],
    [6, 6],
  ]);
  assert.equal(
    found('a = 1;\nb = 2;\nc = 3;\nd = 4;\nd = 5;\n').missing.first,
    4,
    'nothing may follow a block at the end',
  );
  assert.equal(found('a = 1;\nb = 3;\nd = 4;').missing.first, 2);
  assert.equal(found('d = 4;\nb = 2;').missing.first, 4, 'in order');
  assert.deepEqual(
    found('b = 2;  \r\nd = 4;').ranges,
    [
      [1, 1],
      [2, 2],
    ],
    'blanks at a line’s end and CRLF change nothing',
  );
  const head = { starter: 'a = 1;\nb = 2;\n', locked: [[1, 1]] };
  assert.equal(
    course.findLocked(head, 'x;\na = 1;\n').missing.first,
    1,
    'nothing may precede a block at the beginning',
  );
});

test('submission files: written, read back, and refused with a position', async () => {
  const { assignment } = course.parseAssignment(pretty(small())),
    fingerprint = await course.fingerprint(assignment);
  const text = course.buildSubmission({
    assignment,
    fingerprint,
    engine: '1',
    student: { name: 'Ada', id: '7' },
    programs: { t: 'x = "é";', unknown: 'y;' },
  });
  const { submission, diagnostics } = course.parseSubmission(text, { assignment, fingerprint });
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(submission.programs, { t: 'x = "é";' });
  assert.deepEqual(submission.student, { name: 'Ada', id: '7' });
  const other = course.parseSubmission(text, { assignment, fingerprint: 'f'.repeat(16) });
  assert.equal(other.diagnostics[0].severity, 'warning');
  assert.ok(
    text.split('\n')[other.diagnostics[0].line - 1].includes('fingerprint') ||
      text.split('\n')[other.diagnostics[0].line - 1].includes(fingerprint),
  );
  assert.equal(
    course.parseSubmission(text, { assignment: { ...assignment, id: 'else' }, fingerprint }).submission,
    null,
  );
  for (const bad of [
    '',
    '{',
    'null',
    '[]',
    '{"format":"rasp-submission"}',
    text.replace('"version": 1', '"version": 9'),
    text.replace('"x = \\"é\\";"', '7'),
  ]) {
    const r = course.parseSubmission(bad, { assignment, fingerprint });
    assert.equal(r.submission, null, bad);
    assert.ok(r.diagnostics[0].line >= 1 && r.diagnostics[0].message);
  }
});

test('links: there and back; damaged, foreign and too large ones are refused', async () => {
  const text = read('examples/assignments/first-steps.json');
  const link = await course.encodeLink('assignment', text);
  assert.ok(link.length < 8_000, `${link.length}`);
  const back = await course.decodeLink(`#${link}`);
  assert.equal(back.kind, 'assignment');
  assert.deepEqual(JSON.parse(back.text), JSON.parse(text));
  for (const h of JSON.parse(instructor('first-steps')).tasks.flatMap((t) => t.hidden))
    if (h.output.length > 3)
      assert.ok(
        !back.text.includes(JSON.stringify(h.output)) ||
          read('examples/assignments/first-steps.json').includes(JSON.stringify(h.output)),
      );
  assert.equal(await course.decodeLink('#1.z.abc'), null);
  await assert.rejects(course.decodeLink(`#${link.slice(0, -30)}`), /damaged/);
  await assert.rejects(course.decodeLink('#assignment=%%%'), /damaged/);
  await assert.rejects(course.decodeLink('#assignment=!'), /damaged/);
  await assert.rejects(course.decodeLink(`#assignment=${'A'.repeat(60_000)}`), /too long/);
  const bomb = new Uint8Array(
    await new Response(
      new Blob([new Uint8Array(32 << 20)]).stream().pipeThrough(new CompressionStream('deflate-raw')),
    ).arrayBuffer(),
  );
  await assert.rejects(
    course.decodeLink(`#assignment=${Buffer.from(bomb).toString('base64url')}`),
    /more than an assignment can/,
  );
});
