import { expect, test } from 'vitest';
import type { Assignment, Task } from '../../../wasm/course/index.mjs';
import { afterCheck, emptyProgress, hintsOf, readProgress, writeProgress } from '../../src/course/progress';

const task = (id: string): Task => ({
  id,
  title: id,
  points: 10,
  asks: { name: 'x', kind: 's-op' },
  starter: '',
  vocabulary: 'ab',
  max_length: 3,
  cases: [],
});
const assignment: Assignment = {
  format: 'rasp-assignment',
  version: 1,
  id: 'a',
  title: 'A',
  tasks: [task('one'), task('two')],
};
const memory = () => {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (k: string) => kept.get(k) ?? null,
    setItem: (k: string, v: string) => {
      kept.set(k, v);
    },
  };
};

test('progress is kept for each assignment and student', () => {
  const store = memory();
  const ada = { ...emptyProgress(assignment, { name: 'Ada', id: '1' }), task: 'two', programs: { two: 'x = 1;' } };
  expect(writeProgress(store, 'f1', ada)).toBe(true);
  expect(readProgress(store, assignment, 'f1')).toEqual(ada);
  expect(readProgress(store, assignment, 'f1', 'Bob').programs).toEqual({});
  writeProgress(store, 'f1', { ...emptyProgress(assignment, { name: 'Bob', id: '' }), programs: { one: 'y' } });
  expect(readProgress(store, assignment, 'f1').student.name).toBe('Bob');
  expect(readProgress(store, assignment, 'f1', 'Ada')).toEqual(ada);
  expect(readProgress(store, assignment, 'f2').programs).toEqual({});
});

test('what the store holds is not trusted', () => {
  for (const bad of [
    '',
    '{',
    'null',
    '5',
    '[]',
    '{"task":"none","programs":{"one":5,"three":"x"},"attempts":{"one":"x","two":[1,"a"]},"best":{"one":"9","two":null},"student":{"name":5}}',
    '{"programs":null,"student":null}',
  ]) {
    const p = readProgress(
      { getItem: (k) => (k.startsWith('rasp-course:') ? bad : null), setItem: () => {} },
      assignment,
      'f',
    );
    expect(p.task).toBe('one');
    expect(Object.values(p.programs)).toEqual([]);
    expect(p.best).toEqual({});
    expect(p.student.name).toBe('');
  }
  expect(
    readProgress(
      {
        getItem: () => {
          throw new Error();
        },
        setItem: () => {},
      },
      assignment,
      'f',
    ).task,
  ).toBe('one');
  expect(
    writeProgress(
      {
        getItem: () => null,
        setItem: () => {
          throw new Error('full');
        },
      },
      'f',
      emptyProgress(assignment),
    ),
  ).toBe(false);
});

test('an attempt is another program that failed', () => {
  let p = afterCheck(emptyProgress(assignment), 'one', 'x = 1;', 0, false);
  p = afterCheck(p, 'one', 'x = 1;  \n', 0, false);
  expect(p.attempts.one).toHaveLength(1);
  p = afterCheck(p, 'one', 'x = 2;', 5, false);
  expect(p.attempts.one).toHaveLength(2);
  p = afterCheck(p, 'one', 'x = 3;', 10, true);
  expect(p.attempts.one).toHaveLength(2);
  expect(p.best.one).toBe(10);
  expect(afterCheck(p, 'one', 'x = 4;', 2, false).best.one).toBe(10);
});

test('hints unlock by failed programs', () => {
  const t = { ...task('one'), hints: [{ text: 'a' }, { text: 'b', after: 3 }, { text: 'c', after: 0 }] };
  expect(hintsOf(t, 0).map((h) => h.missing)).toEqual([1, 3, 0]);
  expect(hintsOf(t, 2).map((h) => h.missing)).toEqual([0, 1, 0]);
  expect(hintsOf(t, 9).map((h) => h.missing)).toEqual([0, 0, 0]);
});
