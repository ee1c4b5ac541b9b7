// The recipes of docs/assignments.md as files: packed, unpacked elsewhere, run as Gradescope and GitHub Classroom run
// them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { variants } from './classes.mjs';
import { put, read, root, run, scratch, strToU8, submission, zipSync } from './support.mjs';

const recipes = path.join(root, 'examples/assignments');
const all = Object.fromEntries(Object.entries(variants).map(([task, of]) => [task, of.right[0]]));
const packed = path.join(scratch, 'rasp.tgz');
const bash = (args, env = {}, cwd = scratch) =>
  spawnSync('bash', args, { encoding: 'utf8', cwd, env: { PATH: process.env.PATH, HOME: scratch, ...env } });

test('pack.sh', () => {
  const r = bash(
    [path.join(recipes, 'pack.sh'), packed],
    process.env.RASP_ENGINE ? { RASP_ENGINE: process.env.RASP_ENGINE } : {},
  );
  assert.equal(r.status, 0, r.stderr);
  assert.ok(existsSync(packed));
});

test('Gradescope: setup.sh once, run_autograder for every submission', () => {
  const base = path.join(scratch, 'autograder'),
    env = { AUTOGRADER: base, RASP_TOOLS: path.join(scratch, 'tools') };
  mkdirSync(path.join(base, 'source'), { recursive: true });
  for (const f of ['setup.sh', 'run_autograder'])
    cpSync(path.join(recipes, 'gradescope', f), path.join(base, 'source', f));
  cpSync(packed, path.join(base, 'source/rasp.tgz'));
  cpSync(path.join(recipes, 'instructor/first-steps.json'), path.join(base, 'source/assignment.json'));
  const setup = bash([path.join(base, 'source/setup.sh')], env);
  assert.equal(setup.status, 0, setup.stderr);
  const handIn = (files) => {
    rmSync(path.join(base, 'submission'), { recursive: true, force: true });
    rmSync(path.join(base, 'results'), { recursive: true, force: true });
    mkdirSync(path.join(base, 'submission'), { recursive: true });
    for (const [name, content] of Object.entries(files)) put(path.join('autograder/submission', name), content);
    const r = bash([path.join(base, 'source/run_autograder')], env);
    assert.equal(r.status, 0, r.stderr);
    return JSON.parse(readFileSync(path.join(base, 'results/results.json'), 'utf8'));
  };
  const full = handIn({ 'submission.json': submission(all) });
  assert.equal(full.score, 100);
  assert.equal(full.tests.filter((t) => t.status === 'passed' && t.visibility === 'visible').length, 6);
  assert.equal(handIn({ 'positions.rasp': all.positions, 'marks.rasp': 'marks = 0;' }).score, 10);
  assert.equal(handIn({ 'mine.zip': zipSync({ 'positions.rasp': strToU8(all.positions) }) }).score, 10);
  assert.equal(handIn({ 'notes.txt': 'hello' }).score, 0);
  assert.equal(handIn({}).score, 0);
  const broken = handIn({ 'submission.json': '{"format": ' });
  assert.equal(broken.score, 0);
  assert.match(broken.output, /not valid JSON/);
});

test('GitHub Classroom: the workflow’s own commands', () => {
  const yaml = read('examples/assignments/github-classroom/classroom.yml');
  const runner = path.join(scratch, 'runner'),
    repository = path.join(scratch, 'repository');
  mkdirSync(path.join(repository, '.github'), { recursive: true });
  mkdirSync(runner, { recursive: true });
  cpSync(packed, path.join(repository, '.github/rasp.tgz'));
  cpSync(path.join(recipes, 'first-steps.json'), path.join(repository, 'assignment.json'));
  put('repository/solutions/positions.rasp', all.positions);
  put('repository/solutions/marks.rasp', 'marks = 1;');
  const unpack = yaml.match(/run: (tar .*)$/m)[1];
  const commands = [...yaml.matchAll(/command: (node .*)$/gm)].map((m) => m[1]);
  assert.equal(commands.length, 2);
  const env = { RUNNER_TEMP: runner };
  assert.equal(bash(['-c', unpack], env, repository).status, 0);
  const [positions, marks] = commands.map((c) => bash(['-c', c], env, repository));
  assert.equal(positions.status, 0, positions.stderr);
  assert.equal(marks.status, 1);
  assert.match(marks.stderr, /::error title=Mark a letter::0 of 10 points/);
  // Tasks and points that the workflow speaks of are the assignment's.
  const assignment = JSON.parse(read('examples/assignments/first-steps.json'));
  const named = [...yaml.matchAll(/--task (\S+) [\s\S]*?max-score: (\d+)/g)].map((m) => [m[1], Number(m[2])]);
  for (const [id, points] of named) assert.equal(assignment.tasks.find((t) => t.id === id)?.points, points, id);
});

test('the example of docs/assignments.md, and the files it names', () => {
  const text = read('docs/assignments.md'),
    task = JSON.parse(text.match(/```json\n([\s\S]*?)```/)[1]);
  const r = run([
    'assignment',
    'check',
    put(
      'docs.json',
      JSON.stringify({ format: 'rasp-assignment', version: 1, id: 'docs', title: 'Docs', tasks: [task] }),
    ),
  ]);
  assert.equal(r.status, 0, JSON.stringify(r.out));
  for (const [, href] of text.matchAll(/\]\(\.\.\/([^)#]+)\)/g)) assert.ok(existsSync(path.join(root, href)), href);
  for (const [, option] of run(['grade'])
    .err.split('\n')
    .filter((line) => /^ *(grade|assignment) /.test(line))
    .join('\n')
    .matchAll(/\[(--[a-z-]+)/g))
    assert.ok(text.includes(`\`${option}`), option);
});
