// Tracr's programs in Python, run by Pyodide in Node: its records against its interpreter's values, the examples, and
// programs as people write them.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ask, end, engine, raw, read, root, same, test, text } from './asking.mjs';

const head = `from tracr.rasp import rasp
from tracr.compiler import lib
tokens = rasp.tokens; indices = rasp.indices
C = rasp.Comparison
EQ, LT, LEQ, GT, GEQ, NEQ, TRUE, FALSE = C.EQ, C.LT, C.LEQ, C.GT, C.GEQ, C.NEQ, C.TRUE, C.FALSE
`;
// Refused, and why that is right.
// None is always among what is averaged: no input has a value
const refused = { defect__mean_none_raises: 'mixed-mean' };

for (const record of JSON.parse(read('tests/golden/tracr/python.json'))) {
  await test(record.name, async () => {
    const program = `#@ output program\n${head}${record.source}\n`;
    const { vocabulary, max_length, causal } = record;
    for (const run of record.runs) {
      const r = await ask('eval', program, { input: run.input, vocabulary, max_length, causal });
      if (run.values === null) {
        assert.equal(r.ok, false);
        continue;
      }
      assert.ok(r.ok, JSON.stringify(r.diagnostics));
      same(r, run.values, `eval of ${raw(run.input)}`);
    }
    const r = await ask('check', program, { vocabulary, max_length, causal, samples: 60 });
    if (record.name in refused) {
      assert.equal(r.diagnostics[0].code, refused[record.name]);
      return;
    }
    assert.ok(r.ok, JSON.stringify(r.diagnostics));
    assert.equal(r.mismatches, 0);
    assert.equal(r.exactness, 'proved');
  });
}

for (const file of readdirSync(path.join(root, 'tests/errors')).filter((f) => f.endsWith('.py'))) {
  await test(`errors/${file}`, async () => {
    const program = read('tests/errors', file);
    const expected = [...program.matchAll(/^#! (\S+)(?: (\d+:\d+))?$/gm)].map((m) => [m[1], m[2]]);
    assert.ok(expected.length > 0);
    const command = file.startsWith('limit-opaque') ? 'compile' : 'eval';
    const { diagnostics } = await ask(command, program, command === 'eval' ? { input: text('ab') } : {});
    assert.deepEqual(
      diagnostics
        .map((d) => [d.code, expected[0][1] === undefined ? undefined : `${d.line}:${d.column}`])
        .slice(0, expected.length),
      expected,
    );
  });
}

for (const file of readdirSync(path.join(root, 'examples')).filter((f) => f.endsWith('.py'))) {
  await test(`examples/${file}`, async () => {
    const r = await ask('check', read('examples', file), { samples: 100 });
    assert.ok(r.ok, JSON.stringify(r.diagnostics));
    assert.equal(r.mismatches, 0);
    assert.equal(r.exactness, 'proved');
    assert.equal(r.expectations > 0, read('examples', file).includes('#@ expect'));
    assert.deepEqual(r.broken_expectations, []);
  });
}

// Habits of programs that people have: classes, closures, tuples, None, dataclasses, match. Values by hand, of
// seeded_random by CPython 3.11.
const known = { 'tuples_nested.py': { values: ['None', 'ab1', 'bb0', 'ba1'], types: 'osss' } };
for (const file of readdirSync(path.join(root, 'tests/python/programs'))) {
  await test(`programs/${file}`, async () => {
    const program = read('tests/python/programs', file);
    const r = await ask('check', program, { samples: 80 });
    assert.ok(r.ok, JSON.stringify(r.diagnostics));
    assert.deepEqual(
      r.diagnostics.filter((d) => d.severity === 'error'),
      [],
    );
    assert.equal(r.mismatches, 0);
    assert.equal(r.exactness, 'proved');
    if (file in known) same(await ask('eval', program), known[file], file);
    else assert.equal(r.expectations, 1);
    assert.deepEqual(r.broken_expectations, []);
  });
}

// Programs as many people write them, at the sizes that benchmarks have. The values are those of plain functions of
// Python: references.py.
// Of one, all inputs are tried: a threshold stands closer to its number than the bound allows.
const enumerated = new Set(['nearest_left_a.py']);
const references = JSON.parse(read('tests/python/references.json'));
for (const file of readdirSync(path.join(root, 'tests/python/corpus'))) {
  await test(`corpus/${file}`, async () => {
    const program = read('tests/python/corpus', file),
      { longest, runs } = references[file.slice(0, -3)];
    const request = JSON.stringify({ command: 'eval_many', program, name: file, limit_ms: 20_000 });
    const r = await engine.requestText(
      `${request.slice(0, -1)},"inputs":[${runs.map((x) => raw(x.input)).join(',')}]}`,
    );
    assert.ok(r.ok, JSON.stringify(r.diagnostics));
    for (const [i, got] of r.results.entries()) same(got, runs[i].values, raw(runs[i].input));
    const { ok, mismatches, exactness, diagnostics } = await ask('check', program, { samples: 40, name: file });
    const wanted = enumerated.has(file) ? 'enumerated' : 'proved';
    assert.deepEqual([ok, mismatches, exactness], [true, 0, wanted], JSON.stringify(diagnostics));
    const { model } = await ask('compile', program, { name: file });
    assert.equal(model.max_length, longest);
  });
}

end();
