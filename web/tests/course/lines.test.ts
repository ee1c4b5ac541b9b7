import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it, test } from 'vitest';
import type { Task } from '../../../wasm/course/index.mjs';
import { hintsText, parseHints, parseRules, rulesText } from '../../src/course/lines';
import { withoutTask } from '../../src/course/typed';

const folder = path.resolve(import.meta.dirname, '../../../examples/assignments/instructor');

test.each(readdirSync(folder))('rules and hints of %s are read back as they were', (file) => {
  const tasks = JSON.parse(readFileSync(path.join(folder, file), 'utf8')).tasks as Task[];
  for (const t of tasks) {
    expect(parseRules(rulesText(t.rules)).list).toEqual(t.rules ?? []);
    expect(parseHints(hintsText(t.hints)).list).toEqual(t.hints ?? []);
  }
});

it('reads every kind of rule, with cost and message', () => {
  expect(
    parseRules(
      'ban sort %\n\nrequire select | cost 0\ncausal | Nobody looks ahead\ncompiles\nexact | cost 1.5 | a | b\nat most: selectors 2, s_ops 9',
    ).list,
  ).toEqual([
    { ban: ['sort', '%'] },
    { require: ['select'], cost: 0 },
    { causal: true, message: 'Nobody looks ahead' },
    { compiles: true },
    { exact: true, cost: 1.5, message: 'a | b' },
    { at_most: { selectors: 2, s_ops: 9 } },
  ]);
});

it.each([
  ['bann sort', /Line 1: write ban NAME/],
  ['ban', /Line 1/],
  ['causal\nat most: heads 2', /Line 2: "heads 2" is not one of/],
  ['at most: selectors', /"selectors"/],
  ['exact | cost -1', /no cost/],
  ['exact | cost much', /no cost/],
])('%j is no rule, and says so', (text, why) => {
  expect(parseRules(text).list).toBeNull();
  expect(parseRules(text).problem).toMatch(why);
});

it('reads hints of several lines, and when they come', () => {
  expect(parseHints('Look left.\n\nThen right.\n---\nafter 3: Use `select`.').list).toEqual([
    { text: 'Look left.\n\nThen right.' },
    { after: 3, text: 'Use `select`.' },
  ]);
  expect(parseHints('a\n---\n').problem).toBe('');
  expect(parseHints('a\n---\n\n---\nb').problem).toMatch(/Hint 2 is empty/);
  expect(parseHints('after two: x').problem).toMatch(/how many tries/);
  expect(parseHints(' ').list).toEqual([]);
});

it('what is typed into later tasks moves with them', () => {
  const fault = { text: 'x', problem: 'y' };
  expect(withoutTask({ '0/points': fault, '1/rules': fault, '2/a/b': fault }, 1)).toEqual({
    '0/points': fault,
    '1/a/b': fault,
  });
});
