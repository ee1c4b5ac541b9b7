// `discover --suite` as a user runs it: properties of the table, one model by hand, the same bytes for the same seed,
// resumed where it stopped, and a message for what is no suite.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { meanWithInterval, suiteTable } from '../../wasm/lab/suite_table.mjs';
import { at, cli, finish, message, read, run, test } from './frame.mjs';

const count = 9;
const few = ['--methods', 'edge_patching,eap,node_patching', '--pairs', '10', '--witnesses', '100'];
const discover = (name, ...more) => run('discover', '--suite', at(name), ...few, ...more);

assert.equal(run('suite', '--count', String(count), '--seed', '5', '--out', at('s')).status, 0);
const manifest = JSON.parse(read('s/manifest.json'));
let table;

await test('a row for every method, difficulty and family; the numbers of models add up', () => {
  const made = discover('s', '--out', at('a.json'));
  assert.equal(made.status, 0, made.stderr);
  assert.deepEqual([made.document.models, made.document.refused, made.document.other_truth.length], [count, [], 0]);
  assert.match(made.stderr, new RegExp(`${count}/${count} models`));
  table = JSON.parse(read('a.json'));
  assert.equal(table.models, count);
  assert.deepEqual(
    table.rows.map(({ id }) => id),
    manifest.models.map(({ id }) => id),
  );
  for (const [by, key] of [
    ['all', () => 'all'],
    ['difficulty', (m) => m.difficulty.level],
    ['family', (m) => m.family],
  ])
    for (const group of new Set(manifest.models.map(key)))
      for (const method of ['edge_patching', 'node_patching', 'eap']) {
        const rows = table.table.filter((r) => r.by === by && r.group === group && r.method === method);
        assert.deepEqual(
          rows.map((r) => r.models),
          [manifest.models.filter((m) => key(m) === group).length],
          `${by} ${group} ${method}`,
        );
      }
});

await test('every area is a share, its interval holds the mean, and it is the mean of the models', () => {
  for (const row of table.table) {
    const members = table.rows.filter(
      (r) => row.by === 'all' || (row.by === 'difficulty' ? r.level : r.family) === row.group,
    );
    for (const [name, cell] of [...Object.entries(row.auc), ['faithfulness', row.faithfulness]]) {
      const found = members.map((r) => r.methods.find((m) => m.method === row.method));
      const list = found.map((m) => (name === 'faithfulness' ? m.faithfulness : m.auc[name])).filter((x) => x !== null);
      if (!list.length) {
        assert.equal(cell, null);
        continue;
      }
      assert.equal(cell.models, list.length);
      assert.ok(Math.abs(cell.mean - list.reduce((a, b) => a + b, 0) / list.length) < 1e-4);
      assert.ok(list.every((x) => x >= 0 && x <= 1));
      if (list.length === 1) {
        assert.equal(cell.interval, null);
        continue;
      }
      const [low, high] = cell.interval;
      assert.ok(
        Math.min(...list) - 1e-4 <= low && low <= cell.mean && cell.mean <= high && high <= Math.max(...list) + 1e-4,
        JSON.stringify(cell),
      );
    }
  }
});

await test('one model is what discover says of its program', () => {
  for (const { id, methods, edges } of [table.rows[0], table.rows.at(-1)]) {
    const one = run('discover', at(`s/models/${id}/program.rasp`), ...few).document;
    assert.equal(edges.all, one.circuit.edges.length);
    assert.equal(edges.causal, one.circuit.edges.filter((edge) => edge.causal).length);
    for (const m of methods) {
      const { auc, recall, faithfulness } = one.methods.find((each) => each.method === m.method);
      assert.deepEqual(m, { method: m.method, auc, recall, faithfulness });
    }
  }
});

await test('an interval narrows with the number of models and covers the mean of what they were drawn from', () => {
  // Of a share that is 0 or 1 with equal chance the mean's deviation is 1/(2√n): the interval is about 3.92 of it wide.
  for (const n of [16, 100, 400]) {
    const {
      mean,
      interval: [low, high],
    } = meanWithInterval(
      Array.from({ length: n }, (_, i) => i % 2),
      'seed',
    );
    assert.equal(mean, 0.5);
    assert.ok(Math.abs((high - low) / (3.92 / (2 * Math.sqrt(n))) - 1) < 0.15, `${n}: ${low} to ${high}`);
  }
  assert.equal(meanWithInterval([], 'seed'), null);
  assert.deepEqual(meanWithInterval([0.25], 'seed'), { mean: 0.25, interval: null, models: 1 });
  const rows = [
    {
      level: 'easy',
      family: 'single',
      methods: [{ method: 'eap', auc: { causal: null, semantic: 1, structural: 0.5 }, faithfulness: 1 }],
    },
  ];
  assert.equal(suiteTable(rows, ['eap'], 1)[0].auc.causal, null, 'no area where no edge is causal');
});

await test('the same seed gives the same bytes with any number of threads, also where it was interrupted', async () => {
  assert.equal(discover('s', '--jobs', '1', '--out', at('b.json')).status, 0);
  assert.equal(read('b.json'), read('a.json'));
  const child = spawn(
    process.execPath,
    [cli, 'discover', '--suite', at('s'), ...few, '--jobs', '1', '--out', at('c.json')],
    { stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const lines = () => (existsSync(at('c.json.part')) ? read('c.json.part').split('\n').length : 0);
  while (lines() < 4 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 2));
  child.kill('SIGKILL');
  await ended;
  assert.ok(!existsSync(at('c.json')), 'it was interrupted');
  writeFileSync(at('c.json.part'), `${read('c.json.part')}{"id":"00`); // as if in the middle of a line
  assert.equal(discover('s', '--out', at('c.json')).status, 0);
  assert.equal(read('c.json'), read('a.json'));
  assert.ok(!existsSync(at('c.json.part')));
  const again = discover('s', '--out', at('c.json'));
  assert.equal(again.document.complete, true);
});

await test('nothing that is there is overwritten', () => {
  writeFileSync(at('thesis.json'), '{}');
  assert.match(message(discover('s', '--out', at('thesis.json'))), /exists and is not this table/);
  assert.match(message(discover('s', '--seed', '9', '--out', at('a.json'))), /exists and is not this table/);
  assert.equal(read('thesis.json'), '{}');
  writeFileSync(at('d.json.part'), '{"format":"rasp-discovery/1","settings":{}}\n');
  assert.match(message(discover('s', '--out', at('d.json'))), /beginning of another table/);
  assert.match(message(discover('s', '--out', at('.'))), /cannot be read/);
});

await test('a full disk is said; the same command goes on when there is room', {
  skip: !existsSync('/dev/full'),
}, () => {
  symlinkSync('/dev/full', at('e.json.part.partial'));
  const full = discover('s', '--out', at('e.json'));
  assert.deepEqual([full.status, full.document.diagnostics[0].code], [1, 'suite']);
  assert.match(message(full), /The disk is full: .*e\.json\.part could not be written/);
  assert.equal(discover('s', '--out', at('e.json')).status, 0);
  assert.equal(read('e.json'), read('a.json'));
});

await test('what is no suite, or a broken one, is said', () => {
  const copy = (name, change) => {
    cpSync(at('s'), at(name), { recursive: true });
    change(at(name));
    return discover(name);
  };
  const rewrite = (change) => (dir) => {
    const changed = structuredClone(manifest);
    change(changed);
    writeFileSync(path.join(dir, 'manifest.json'), JSON.stringify(changed));
  };
  mkdirSync(at('empty'));
  writeFileSync(at('file'), '');
  mkdirSync(at('begun'));
  writeFileSync(at('begun/.suite.json'), '{}');
  const program = `models/${manifest.models[2].id}/program.rasp`;
  for (const [made, words] of [
    [discover('nowhere'), /there is no such folder/],
    [discover('file'), /is a file/],
    [discover('empty'), /has no manifest\.json/],
    [discover('begun'), /not finished/],
    [copy('json', (dir) => writeFileSync(path.join(dir, 'manifest.json'), '{"format":')), /not JSON/],
    [copy('null', (dir) => writeFileSync(path.join(dir, 'manifest.json'), 'null')), /format is not said/],
    [
      copy(
        'newer',
        rewrite((m) => {
          m.format = 'rasp-suite/9';
        }),
      ),
      /"rasp-suite\/9", not "rasp-suite\/1"/,
    ],
    [
      copy(
        'none',
        rewrite((m) => {
          m.models = [];
        }),
      ),
      /lists no models/,
    ],
    [
      copy(
        'entry',
        rewrite((m) => {
          delete m.models[1].difficulty;
        }),
      ),
      /model 2 lacks/,
    ],
    [
      copy(
        'outside',
        rewrite((m) => {
          m.models[0].id = '../../s';
        }),
      ),
      /model 1 lacks/,
    ],
    [
      copy('changed', (dir) => writeFileSync(path.join(dir, program), 'x = indices;')),
      new RegExp(`${program} is missing or changed`),
    ],
    [copy('removed', (dir) => rmSync(path.join(dir, program))), new RegExp(`${program} is missing or changed`)],
  ]) {
    assert.equal(made.status, 1);
    assert.match(message(made), words);
    assert.ok(made.document.diagnostics[0].hint);
    assert.ok(!/\n\s+at /.test(made.stderr), 'no stack trace');
  }
  const magic = run('discover', '--suite', at('s'), '--methods', 'magic');
  assert.deepEqual([magic.status, magic.document.diagnostics[0].code], [1, 'bad-request']);
  assert.match(message(magic), /may name edge_patching/);
  for (const args of [
    ['--suite', at('s'), 'x.rasp'],
    ['--suite', at('s'), '--vocabulary', '["a"]'],
    ['--suite', at('s'), '--jobs', '0'],
  ])
    assert.equal(run('discover', ...args).status, 2, args.join(' '));
  assert.equal(run('eval', '--suite', at('s')).status, 2);
});

await test('a model whose program compiles to other weights is reported, never counted', () => {
  const changed = structuredClone(manifest);
  changed.models[0].fingerprint = '0123456789abcdef';
  cpSync(at('s'), at('other'), { recursive: true });
  writeFileSync(at('other/manifest.json'), JSON.stringify(changed));
  const { document } = discover('other');
  assert.equal(document.models, count - 1);
  assert.deepEqual(
    document.refused.map(({ id }) => id),
    [manifest.models[0].id],
  );
  assert.match(document.refused[0].diagnostics[0].message, /other weights/);
});

finish();
