// The command line on bad input: one JSON document with a sentence for people, an exit status, and never a stack trace.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { largestRequest } from '../../wasm/engine.mjs';
import { boundedLines } from '../../wasm/lines.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const cli = path.join(root, 'wasm/cli.mjs');
const scratch = mkdtempSync(path.join(tmpdir(), 'rasp-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const file = (name, text) => {
  const p = path.join(scratch, name);
  writeFileSync(p, text);
  return p;
};
const run = (...args) =>
  spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', input: '', maxBuffer: 1 << 28 });
let passed = 0,
  failed = 0;
async function test(name, body) {
  try {
    await body();
    ++passed;
  } catch (error) {
    ++failed;
    console.log(`FAILED ${name}\n${error.stack}`);
  }
}

/** A failure as everybody may read it: status 1, nothing on standard error, a sentence and a way out that name no file of this project. */
function refused(r, code, message) {
  assert.equal(r.stderr, '');
  assert.equal(r.status, 1);
  const result = JSON.parse(r.stdout.trim().split('\n').at(-1));
  assert.equal(result.ok, false);
  const [d] = result.diagnostics;
  assert.equal(d.code, code);
  assert.match(d.message, message);
  assert.ok(d.hint.length > 0);
  for (const text of [d.message, d.hint]) assert.doesNotMatch(text, /wasm\/|docs\/|core\/|\.(mjs|cc|h|md)\b/);
  return result;
}

const program = file('x.rasp', '#@ input "ab"\nx = indices;\n');
const hist = path.join(root, 'examples/histogram.rasp');

await test('a file that is not there, a folder, a file that cannot be written', () => {
  for (const command of ['eval', 'compile', 'run', 'check', 'batch']) {
    refused(run(command, path.join(scratch, 'nowhere')), 'file', /nowhere: there is no such file/);
    refused(run(command, path.join(program, 'inside')), 'file', /there is no such file/);
    refused(run(command, scratch), 'file', /: it is a folder/);
  }
  refused(run('compile', hist, '--out', path.join(scratch, 'no', 'where')), 'file', /cannot be written/);
});

await test('Python imports from beside the program and below, packages with __init__.py too, and from nowhere above', () => {
  const project = path.join(scratch, 'project');
  mkdirSync(path.join(project, 'kit'), { recursive: true });
  writeFileSync(path.join(scratch, 'above.py'), 'x = 1\n');
  writeFileSync(path.join(project, 'kit/__init__.py'), 'from kit._words import words\n');
  writeFileSync(path.join(project, 'kit/_words.py'), 'words = {"a": 5, "b": 7}\n');
  const evaluated = (name, line) => {
    writeFileSync(
      path.join(project, name),
      `from tracr.rasp import rasp\n${line}\nx = rasp.Map(words.get, rasp.tokens)\n`,
    );
    return JSON.parse(run('eval', path.join(project, name), '--input', '"ab"').stdout);
  };
  assert.deepEqual(evaluated('main.py', 'from kit import words').values, [5, 7]);
  assert.match(evaluated('up.py', 'import above').diagnostics[0].message, /No module named 'above'/);
});

await test('convert: to Python and back, to a file, and what is refused', () => {
  const made = path.join(scratch, 'hist.py'),
    back = path.join(scratch, 'hist.rasp');
  assert.equal(run('convert', hist, '--to', 'python', '--out', made).status, 0);
  assert.equal(run('convert', hist, '--to', 'python').stdout, readFileSync(made, 'utf8'));
  assert.equal(run('convert', made, '--to', 'rasp', '--out', back).status, 0);
  assert.match(readFileSync(back, 'utf8'), /^# From hist\.py; compared with it on 300 random inputs/);
  for (const program of [made, back])
    assert.deepEqual(JSON.parse(run('eval', program, '--input', '"abca"').stdout).values, [2, 1, 1, 2]);
  refused(
    run(
      'convert',
      file(
        'tuple.py',
        'from tracr.rasp import rasp\nVOCAB = {"a"}\nMAX_SEQ_LEN = 2\nx = rasp.Map(lambda t: (t, 1), rasp.tokens)\n',
      ),
      '--to',
      'rasp',
    ),
    'not-in-rasp',
    /output is None, a tuple/,
  );
  refused(run('convert', file('bad.rasp', 'x = ;\n'), '--to', 'python'), 'unexpected-token', /./);
  for (const args of [
    [hist],
    [hist, '--to', 'rasp'],
    [made, '--to', 'python'],
    [hist, '--to', 'c'],
    [made, '--to', 'rasp', '--causal'],
  ])
    assert.equal(run('convert', ...args).status, 2);
});

await test('listings: printed, compiled, run, compared; parts; what is wrong has a place', () => {
  const sort = path.join(root, 'examples/sort.rasp'),
    craft = path.join(scratch, 'sort.craft');
  const good = (...args) => {
    const r = run(...args);
    assert.equal(r.stderr, '');
    assert.equal(r.status, 0, r.stdout);
    return JSON.parse(r.stdout);
  };
  const { fingerprint } = good('compile', sort, '--format', 'craft', '--out', craft);
  const text = readFileSync(craft, 'utf8');
  assert.equal(run('plan', sort).stdout, text);
  // without what is only for people
  const bare = (listing) => listing.replace(/ *#.*/g, '').replace(/\n+/g, '\n').trim();
  assert.equal(bare(run('plan', craft).stdout), bare(text));
  assert.match(text, /^# Made with this effort/m);
  const ran = good('run', craft, '--input', '[3, 1, 2]');
  assert.deepEqual([ran.fingerprint, ran.output.values], [fingerprint, [1, 2, 3]]);
  assert.equal(good('check', craft, '--program', sort).comparison.mismatches, 0);
  const weights = (from, to) => {
    good('compile', from, '--format', 'safetensors', '--out', path.join(scratch, to));
    return readFileSync(path.join(scratch, to));
  };
  assert.ok(weights(craft, 'a.safetensors').includes(fingerprint));
  const head = run('plan', sort, '--component', 'head 1.0').stdout;
  assert.ok(
    head.includes('selects "equal_but_earlier"') && !head.includes('selects "smaller"') && !head.includes('unembed'),
  );
  refused(run('plan', sort, '--component', 'head 7.0'), 'bad-component', /no component "head 7.0"/);
  // A hand-edited listing is another model, and one with a mistake is refused where it is.
  const changed = file('changed.craft', text.replace(/unembed number: sorted/, 'unembed number: 2*sorted'));
  assert.notEqual(readFileSync(changed, 'utf8'), text);
  const differs = run('check', changed, '--program', sort);
  assert.equal(differs.status, 1);
  assert.ok(JSON.parse(differs.stdout).comparison.mismatches > 0);
  const lines = text.split('\n'),
    at = lines.findIndex((l) => l.includes(' ~ '));
  const {
    diagnostics: [d],
  } = refused(
    run(
      'run',
      file('wrong.craft', lines.map((l, i) => (i === at ? l.replace('~', '~ 3*nobody +') : l)).join('\n')),
      '--input',
      '[1]',
    ),
    'bad-listing',
    /nobody/,
  );
  assert.deepEqual([d.line, d.column], [at + 1, lines[at].indexOf('~') + 5]);
  // A program for Tracr's library is a program.
  const python = path.join(root, 'examples/tracr_sort.py'),
    listing = path.join(scratch, 'python.craft');
  good('compile', python, '--format', 'craft', '--out', listing);
  assert.equal(good('check', listing, '--program', python).comparison.mismatches, 0);
  for (const args of [
    ['eval', craft],
    ['run', craft],
    ['check', craft],
    ['compile', craft, '--format', 'json', '--out', 'x'],
    ['run', sort, '--proof'],
    ['run', sort, '--component', 'mlp 0'],
  ])
    assert.equal(run(...args).status, 2, args.join(' '));
  assert.equal(good('check', sort, '--proof').proof.confirmed, true);
});

await test('numbers that do not exist', () => {
  refused(run('eval', program, '--input', '[1e400]'), 'bad-request', /1e400 .* larger than any float/);
  refused(run('eval', program, '--vocabulary', '[-1e999]'), 'bad-request', /1e999 .* larger than any float/);
  refused(run('eval', program, '--input', `[${'7'.repeat(6000)}]`), 'bad-request', /6000 digits/);
  refused(run('eval', file('big.rasp', `#@ input "a"\nx = ${'7'.repeat(6000)};\n`)), 'limit-integer', /./);
  refused(
    run('eval', file('pragma.rasp', '#@ input [1e400]\nx = tokens_asis;\n')),
    'bad-pragma',
    /larger than any float/,
  );
});

await test('options that mean nothing are the command line’s fault, and say what may stand there', () => {
  const cases = [
    [['compile', hist, '--format', 'json', '--out', 'x', '--names', 'foo'], /--names is transformer_lens or tracr/],
    [['compile', hist, '--names', 'tracr'], /--names belongs to --format/],
    [['compile', hist, '--format', 'word', '--out', 'x'], /no format "word"/],
    [['eval', hist, '--max-length', '1e400'], /--max-length needs a number/],
    [['eval', hist, '--max-length', '9'.repeat(6000)], /--max-length needs a number/],
    [['eval', hist, '--input', '[1'], /--input is not valid JSON/],
  ];
  for (const [args, message] of cases) {
    const r = run(...args);
    assert.deepEqual([r.status, r.stdout], [2, ''], args.join(' '));
    assert.match(r.stderr, message);
    assert.match(r.stderr, /^usage: /m);
  }
});

await test('requests that are none: the hint can be followed by whoever has only the program', () => {
  for (const line of [
    '[]',
    '17',
    '{"command":"dance"}',
    '{"command":"eval","program":7}',
    '{"command":"eval","input":[1e400]}',
    '[[[['.repeat(20),
  ]) {
    const [result] = run('batch', file('bad.jsonl', `${line}\n`))
      .stdout.trim()
      .split('\n')
      .map((l) => JSON.parse(l));
    assert.equal(result.ok, false);
    assert.ok(result.diagnostics[0].hint);
    assert.doesNotMatch(result.diagnostics[0].hint, /docs\/|\.md/);
  }
});

await test('a line of 50 MB is refused before it is parsed, and the batch goes on', async () => {
  const big = path.join(scratch, 'big.jsonl');
  await new Promise((done, broken) => {
    const out = createWriteStream(big).on('error', broken).on('finish', done);
    out.write('{"id":1,"command":"eval","program":"x = indices;","input":"ab"}\n{"id":2,"command":"eval","program":"');
    for (let i = 0; i < 50; ++i) out.write('x'.repeat(1 << 20));
    out.end('"}\r\n\n{"id":3,"command":"eval","program":"x = length;","input":"ab"}');
  });
  const r = run('batch', big);
  const results = r.stdout
    .trim()
    .split('\n')
    .map((l) => JSON.parse(l));
  assert.deepEqual(
    results.map((x) => [x.ok, x.id]),
    [
      [true, 1],
      [false, undefined],
      [true, 3],
    ],
  );
  assert.equal(results[1].diagnostics[0].code, 'limit-request');
  assert.match(results[1].diagnostics[0].message, /524288\d\d bytes/);
  refused(run('eval', big), 'limit-request', /bytes/);
});

await test('lines are read as they come, whatever the pieces', async () => {
  const text = 'one\r\nzwölf\n\nlonger than the limit\nlast';
  const bytes = Buffer.from(text);
  for (const size of [1, 2, 3, 7, bytes.length]) {
    const lines = [];
    const pieces = async function* () {
      for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
    };
    for await (const line of boundedLines(pieces(), 10)) lines.push(line);
    assert.deepEqual(lines, [{ text: 'one' }, { text: 'zwölf' }, { text: '' }, { bytes: 21 }, { text: 'last' }]);
  }
  assert.equal(largestRequest, 16 * 1024 * 1024);
});

/** Runs a command whose standard output is closed after its first bytes, or before any. */
async function closedPipe(args, first) {
  const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let err = '',
    seen = '';
  child.stderr.on('data', (d) => {
    err += d;
  });
  if (!first) child.stdout.destroy();
  else
    child.stdout.once('data', (d) => {
      seen += d;
      child.stdout.destroy();
    });
  const status = await new Promise((done) => child.on('close', (code, signal) => done(signal ?? code)));
  return { status, err, seen };
}

await test('a reader that goes, as head does: quietly, with the status that the command has', async () => {
  const many = file('many.jsonl', '{"command":"eval","program":"x = indices;","input":"ababababab"}\n'.repeat(30_000));
  assert.deepEqual(await closedPipe(['batch', many], false), { status: 0, err: '', seen: '' });
  const head = await closedPipe(['batch', many], true);
  assert.deepEqual([head.status, head.err], [0, '']);
  assert.equal(JSON.parse(head.seen.split('\n')[0]).ok, true);
  const bad = file('bad.rasp', 'x = ;');
  for (const [args, status] of [
    [['eval', program], 0],
    [['eval', bad], 1],
    [['compile', hist], 0],
    [['run', hist, '--input', '"abab"'], 0],
    [['check', hist, '--max-length', '4'], 0],
    [['plan', hist], 0],
    [['generate', path.join(root, 'examples/counter.rasp'), '--input', '"23"', '--steps', '3'], 0],
    [['convert', hist, '--to', 'python'], 0],
    [['--help'], 0],
  ])
    assert.deepEqual(await closedPipe(args, false), { status, err: '', seen: '' }, args.join(' '));
  const assignment = path.join(root, 'examples/assignments/instructor/first-steps.json');
  assert.deepEqual(await closedPipe(['assignment', 'check', assignment], false), { status: 0, err: '', seen: '' });
  const graded = await closedPipe(
    ['grade', assignment, file('nothing.txt', 'x'), '--out', path.join(scratch, 'grades')],
    false,
  );
  assert.equal(graded.status, 1);
  assert.doesNotMatch(graded.err, /EPIPE|^\s+at /m);
});

await test('without an engine, it says so', () => {
  const alone = path.join(scratch, 'alone');
  cpSync(path.join(root, 'wasm'), path.join(alone, 'wasm'), {
    recursive: true,
    filter: (file) => !/\/(node_modules|dist)$/.test(file),
  });
  const r = spawnSync(process.execPath, [path.join(alone, 'wasm/cli.mjs'), 'eval', program], {
    encoding: 'utf8',
    env: { ...process.env, RASP_ENGINE: '' },
  });
  refused(r, 'file', /engine/);
});

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
