import { describe, expect, it } from 'vitest';
import { examplePage, preview, wrapped } from '../previews';

const small = {
  verdict: '',
  input: ['a', 'b'],
  output: ['b', 'a'],
  bands: [{ kind: 'head' as const, layer: 0, number: 0, label: 'x', matrix: ['01', '10'], row: ['b', 'a'] }],
};

describe('previews of examples', () => {
  it('breaks lines at spaces and never drops a word', () => {
    for (const most of [4, 9, 40]) expect(wrapped('one two three four', most).join(' ')).toBe('one two three four');
    expect(wrapped('one two three', 8)).toEqual(['one two', 'three']);
  });
  it('draws an arc for each selected pair, and nothing beyond the picture', () => {
    const many = { ...small, bands: Array.from({ length: 40 }, (_, number) => ({ ...small.bands[0]!, number })) };
    for (const s of [small, many]) {
      const svg = preview('A & B', 'what it <does>', s);
      expect(svg).toContain('A &amp; B');
      expect(svg.match(/M[\d.]+ [\d.]+C/g)).toHaveLength(2 * s.bands.length);
      for (const [, y] of svg.matchAll(/ y="([\d.]+)"/g)) expect(Number(y)).toBeLessThan(630);
    }
  });
  it('names its picture by its whole address where that is known', () => {
    expect(examplePage('sort', 'Sort', 'd', '')).toContain('content="sort.png"');
    expect(examplePage('sort', 'Sort', 'd', 'https://a.example/p/')).toContain(
      'content="https://a.example/p/example/sort.png"',
    );
  });
});
