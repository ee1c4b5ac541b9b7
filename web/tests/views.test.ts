import { describe, expect, it } from 'vitest';
import { edgesOf, orderRows } from '../src/draw/edges';
import type { CompileResult } from '../src/engine/protocol';
import { parseTokens, show, tokensText, token } from '../src/values';

describe('values', () => {
  it.each([[2, 'i', '2'], [2, 'f', '2.0'], [0.3333333, 'f', '0.333'], [true, 'b', 'T'], [false, 'b', 'F'], ['x', 's', 'x'], [null, '-', '?']] as const)('%j of type %s reads %s', (v, t, text) => {
    expect(show(v, t)).toBe(text);
  });
  it('tokens show their blanks', () => { expect([token(' '), token(''), token('a b')]).toEqual(['␣', '∅', 'a␣b']); });
  it('a field holds characters or a JSON list', () => {
    expect(parseTokens('ab c')).toEqual({ tokens: 'ab c' });
    expect(parseTokens(' [1.0, "a"]')).toEqual({ tokens: { raw: ' [1.0, "a"]' } });
    for (const bad of ['[', '[1,', '[null]', '[[1]]', '[{}]']) expect(parseTokens(bad).problem).toMatch(/looks like this/);
  });
  it('the text of a field is read back as the same tokens', () => {
    expect(tokensText({ values: ['a', 'b'], types: 'ss' })).toBe('ab');
    expect(tokensText({ values: ['ab', 'b'], types: 'ss' })).toBe('["ab", "b"]');
    expect(tokensText({ values: ['[', 'b'], types: 'ss' })).toBe('["[", "b"]');
    expect(tokensText({ values: [1, 1], types: 'if' })).toBe('[1, 1.0]');
    expect(tokensText({ values: ['😀', 'é'], types: 'ss' })).toBe('😀é');
  });
});

describe('the dataflow', () => {
  // tokens → head 0.0 (count) → MLP 0 (code) → output
  const compiled = {
    subspaces: [{ node: 0, written: 0 }, { node: 2, written: 1 }, { node: 3, written: 2 }],
    layers: [{ heads: [{ nodes: [2], query_subspaces: [0], key_subspaces: [0], value_subspaces: [] }], neurons: [{ node: 3, subspaces: [1] }], d_mlp: 4 }],
    output_subspaces: [2],
  } as unknown as CompileResult;
  it('has one edge for each box that reads another', () => {
    expect(edgesOf(compiled)).toEqual([{ from: 's0', to: 'h0.0', node: 0 }, { from: 'h0.0', to: 'g0.0', node: 2 }, { from: 'g0.0', to: 'out', node: 3 }]);
  });
  it('orders the boxes of a row by what they read', () => {
    const edges = [{ from: 'a', to: 'x', node: 0 }, { from: 'b', to: 'y', node: 1 }];
    expect(orderRows([['a', 'b'], ['y', 'x']], edges)).toEqual([['a', 'b'], ['x', 'y']]);
  });
});
