import { describe, expect, it } from 'vitest';
import { arcPath, arcsOf, joined, laneWidth, scoreOf, trueName } from '../src/draw/score';
import { promisesText } from '../src/draw/promises';
import type { CompileResult } from '../src/engine/protocol';
import { parseTokens, show, tokensText, token } from '../src/values';

describe('values', () => {
  it.each([
    [2, 'i', '2'],
    [2, 'f', '2.0'],
    [0.3333333, 'f', '0.333'],
    [true, 'b', 'T'],
    [false, 'b', 'F'],
    ['x', 's', 'x'],
    [null, '-', '?'],
  ] as const)('%j of type %s reads %s', (v, t, text) => {
    expect(show(v, t)).toBe(text);
  });
  it('tokens show their blanks', () => {
    expect([token(' '), token(''), token('a b')]).toEqual(['␣', '∅', 'a␣b']);
  });
  it('a field holds characters or a JSON list', () => {
    expect(parseTokens('ab c')).toEqual({ tokens: 'ab c' });
    expect(parseTokens(' [1.0, "a"]')).toEqual({ tokens: { raw: ' [1.0, "a"]' } });
    for (const bad of ['[', '[1,', '[null]', '[[1]]', '[{}]'])
      expect(parseTokens(bad).problem).toMatch(/looks like this/);
  });
  it('the text of a field is read back as the same tokens', () => {
    expect(tokensText({ values: ['a', 'b'], types: 'ss' })).toBe('ab');
    expect(tokensText({ values: ['ab', 'b'], types: 'ss' })).toBe('["ab", "b"]');
    expect(tokensText({ values: ['[', 'b'], types: 'ss' })).toBe('["[", "b"]');
    expect(tokensText({ values: [1, 1], types: 'if' })).toBe('[1, 1.0]');
    expect(tokensText({ values: ['😀', 'é'], types: 'ss' })).toBe('😀é');
  });
});

describe('promises on the current input', () => {
  const under = ['count(tokens, "$") == 1'];
  it('are named where they hold, and nothing is said where there are none', () => {
    expect(promisesText(under, [], 0)).toEqual({
      kept: true,
      text: '✓ On this input the promises hold: count(tokens, "$") == 1.',
    });
    expect(promisesText(undefined, [], 3)).toBeNull();
  });
  it('a broken one is named, and what differs then is no fault', () => {
    expect(promisesText(under, ['it is false at position 0'], 1)).toEqual({
      kept: false,
      text: '✗ This input breaks what the program promises: it is false at position 0. The model gives something else at 1 position, as it may.',
    });
    expect(promisesText(under, ['it is false at position 0'], 0)?.text).toMatch(/agrees all the same/);
  });
});

describe('the score', () => {
  // sort's rank: two heads count, an MLP adds their widths; the parts have names of their own.
  const subspace = (node: number, label: string, written: number, encoding = 'numerical') => ({
    node,
    label,
    written,
    dead: -1,
    encoding,
    dimensions: [written],
  });
  const head = (nodes: number[], selector: number, label: string, reads: number[]) => ({
    nodes,
    selector,
    label,
    role: 'counting_width',
    query_subspaces: reads,
    key_subspaces: reads,
    value_subspaces: [],
  });
  const compiled = {
    nodes: ['tokens', 'smaller', 'equal', 'rank'].map((name, id) => ({ id, name, label: name, args: [] })),
    subspaces: [
      subspace(0, 'tokens', 0, 'categorical'),
      subspace(3, 'selector_width(smaller)', 1),
      subspace(3, 'selector_width(equal)', 1),
      subspace(3, 'rank', 2, 'categorical'),
    ],
    layers: [
      {
        heads: [head([3], 1, 'smaller', [0]), head([3], 2, 'equal', [0])],
        neurons: [{ node: 3, subspaces: [1, 2], begin: 0, end: 11, how: 'steps' }],
        d_mlp: 11,
      },
    ],
    output_subspaces: [3],
  } as unknown as CompileResult;
  const lines = scoreOf(compiled);
  it('has a band a head and a row for what each writes, top to bottom', () => {
    expect(lines.map((l) => l.key)).toEqual(['e', 's0', 'a0', 'h0.0', 's1', 'h0.1', 's2', 'm0', 's3']);
  });
  it('names parts as parts, and the whole only where it is the whole', () => {
    expect(trueName(compiled, 1)).toEqual({ name: 'width of smaller', part: true });
    expect(trueName(compiled, 3)).toEqual({ name: 'rank', part: false });
  });
  it('joins a band with the rows that it reads and writes', () => {
    const { reads, writes } = joined(lines, 'h0.1');
    expect([[...reads], [...writes]]).toEqual([['s0'], ['s2']]);
  });
  it('draws an arc from the lane of each key down to the lane of its query', () => {
    const values = [1, 0, 0, 0, 0, 1, 0, 1, 0]; // BOS and two positions: each looks at the other
    expect(arcsOf(values, 3).flat()).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(arcPath([[1, 1]], 20, 30)).toBe('M30 0V30');
    expect(arcPath([[0, 1]], 20, 30)).toMatch(/^M30 0C.* 10 30$/);
  });
  it('lanes shrink to 14 px and no further', () => {
    expect([laneWidth(400, 4), laneWidth(400, 20), laneWidth(400, 100)]).toEqual([56, 20, 14]);
  });
});
