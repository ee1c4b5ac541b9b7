import { expect, test } from 'vitest';
import { parseAssignment } from '../../../wasm/course/index.mjs';
import {
  casesText,
  draftOf,
  newAssignment,
  newTask,
  parseCases,
  parseVocabulary,
  textOf,
  vocabularyText,
  withTask,
} from '../../src/course/draft';

test('a new assignment and its text are valid', () => {
  expect(parseAssignment(newAssignment()).diagnostics).toEqual([]);
  const draft = draftOf(newAssignment())!;
  expect(parseAssignment(textOf({ ...draft, tasks: [newTask(1), newTask(2)] })).diagnostics).toEqual([]);
});

test('only an object with a list of tasks can be edited as a form', () => {
  for (const bad of ['', '{', '[]', 'null', '{"tasks":{}}', '{"tasks":[null]}', '{"tasks":[[]]}'])
    expect(draftOf(bad)).toBeNull();
  expect(draftOf('{"tasks":[]}')).toEqual({ tasks: [] });
});

test('one field changes, the rest of the file stays', () => {
  const draft = { ...draftOf(newAssignment())!, $schema: 'x' };
  const next = withTask(draft, 0, { points: 7, hidden: undefined });
  expect(next.tasks![0]!.points).toBe(7);
  expect('hidden' in next.tasks![0]!).toBe(false);
  expect(next.$schema).toBe('x');
  expect(draft.tasks![0]!.points).toBe(10);
});

test('cases are written and read as lines', () => {
  const cases = [
    { input: 'abc', output: [1, 2, 3], weight: 2 },
    { input: [3, 'x', true] },
    { input: 'a -> b', output: ['p'] },
  ];
  expect(casesText(cases)).toBe('"abc" -> [1,2,3]\n[3,"x",true]\n"a -> b" -> ["p"]');
  expect(parseCases('abc -> [1, 2]\n\n"de"\n[1, 2] -> ["a", true]').cases).toEqual([
    { input: 'abc', output: [1, 2] },
    { input: 'de' },
    { input: [1, 2], output: ['a', true] },
  ]);
  expect(parseCases('"abc" -> [9]', cases).cases).toEqual([{ input: 'abc', output: [9], weight: 2 }]);
  for (const bad of ['abc -> 5', 'abc -> [1', 'a -> [1] -> [2]', '["a" -> [1]'])
    expect(parseCases(`x\n${bad}`).problem).toMatch(/^Line 2/);
  for (const rounded of ['[9007199254740993]', 'ab -> [1, 1e400]'])
    expect(parseCases(`x\n${rounded}`).problem).toMatch(/^Line 2 has a number that would be rounded/);
  expect(parseCases('9007199254740993').cases).toEqual([{ input: '9007199254740993' }]); // characters
});

test('vocabularies: characters or a JSON array', () => {
  expect(parseVocabulary('abc')).toBe('abc');
  expect(parseVocabulary('[1, "b"]')).toEqual([1, 'b']);
  expect(parseVocabulary('[]()')).toBe('[]()');
  expect(parseVocabulary(vocabularyText([1, 'b', true]))).toEqual([1, 'b', true]);
  expect(vocabularyText(undefined)).toBe('');
});
