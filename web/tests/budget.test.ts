import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Bundle, budget, judge, parts } from '../budget';

const noise = (n: number) => randomBytes(n).toString('base64'); // gzip gains a quarter at most
const chunk = (fileName: string, code: string, rest = {}) => ({
  type: 'chunk' as const,
  fileName,
  code,
  isEntry: false,
  imports: [],
  dynamicImports: [],
  ...rest,
});
const page = (size = 1000): Bundle => ({
  'a/index.js': chunk('a/index.js', noise(size), {
    isEntry: true,
    imports: ['a/shared.js'],
    dynamicImports: ['a/Editor-1.js', 'a/later.js'],
  }),
  'a/shared.js': chunk('a/shared.js', noise(size)),
  'a/later.js': chunk('a/later.js', noise(4 * size)),
  'a/Editor-1.js': chunk('a/Editor-1.js', noise(size), { imports: ['a/code.js'] }),
  'a/code.js': chunk('a/code.js', noise(2 * size)),
  'a/worker-1.js': { type: 'asset', fileName: 'a/worker-1.js', source: noise(size) },
  'a/engine.wasm': { type: 'asset', fileName: 'a/engine.wasm', source: randomBytes(size) },
});

describe('the budget', () => {
  it('counts what the entry and the editor import, and the worker, as the first load', () => {
    const list = parts(page(), ['Editor']);
    expect(
      list
        .filter((p) => p.first)
        .map((p) => p.name)
        .sort(),
    ).toEqual(['a/Editor-1.js', 'a/code.js', 'a/index.js', 'a/shared.js', 'a/worker-1.js']);
    expect(list.map((p) => p.name)).not.toContain('a/engine.wasm');
    expect(list[0]!.name).toBe('a/later.js');
  });
  it('passes below and at the limit, and names what is over it', () => {
    const list = [
      { name: 'big.js', gzip: 70, first: true },
      { name: 'later.js', gzip: 30, first: false },
    ];
    expect(judge(list, { first: 70, all: 100, python: 0 }).over).toBe('');
    expect(judge(list, { first: 69, all: 100, python: 0 }).over).toMatch(/^The first load takes 70 .* budget is 69$/);
    expect(judge(list, { first: 69, all: 99, python: 0 }).over).toMatch(/All code takes 100 /);
    const withPython = [...list, { name: 'assets/python-1.js', gzip: 20, first: false }];
    expect(judge(withPython, { first: 70, all: 100, python: 20 }).over).toBe('');
    expect(judge(withPython, { first: 70, all: 100, python: 19 }).over).toMatch(/^What Python programs load takes 20 /);
    expect(judge(list).report).toMatch(/70 {2}big\.js {2}\(first load\)\n.*30 {2}later\.js\n/);
  });
  it('fails the build that is over it, and tells which files take the bytes', () => {
    const plugin = budget() as unknown as {
      generateBundle: (this: { error: (m: string) => never }, o: object, b: Bundle) => void;
    };
    const error = (m: string): never => {
      throw new Error(m);
    };
    expect(() => plugin.generateBundle.call({ error }, {}, page(40_000))).toThrow(/first load takes[^]*a\/later\.js/);
    expect(() => plugin.generateBundle.call({ error }, {}, page())).not.toThrow();
  });
});
