import { describe, expect, it } from 'vitest';
import type { CompileResult, Intervention, Values } from '../src/engine/protocol';
import { ablate, changedAt, drawInputs, partsOf } from '../src/state/ablate';

const values = (text: string): Values => ({ values: [...text], types: 's'.repeat(text.length) });
const compiled = {
  layers: [
    { heads: [{ nodes: [3, 3] }, { nodes: [4] }], neurons: [] },
    { heads: [], neurons: [{ node: 5 }] },
  ],
} as unknown as CompileResult;

describe('ablations', () => {
  it('have every head, and the MLPs that have neurons', () => {
    expect(partsOf(compiled).map((x) => x.off)).toEqual([
      { kind: 'zero_head', layer: 0, head: 0 },
      { kind: 'zero_head', layer: 0, head: 1 },
      { kind: 'zero_mlp', layer: 1 },
    ]);
    expect(partsOf(compiled)[0]!.nodes).toEqual([3]);
  });
  it('draw inputs of the vocabulary, none twice, none too long, always the same', () => {
    const drawn = drawInputs(values('abc'), 5, 24);
    expect(drawn).toHaveLength(24);
    expect(new Set(drawn.map((x) => x.values.join(''))).size).toBe(24);
    for (const x of drawn) {
      expect(x.values.join('')).toMatch(/^[abc]{1,5}$/);
      expect(x.types).toHaveLength(x.values.length);
    }
    expect(drawInputs(values('abc'), 5, 24)).toEqual(drawn);
    expect(
      drawInputs(values('a'), 2, 24)
        .map((x) => x.values.join(''))
        .sort(),
    ).toEqual(['a', 'aa']); // there are no more
    expect(drawInputs(values(''), 5, 24)).toEqual([]);
  });
  it('count a position whose value or type changes, where the whole model is right', () => {
    expect(
      changedAt({ values: [1, 1, 1], types: 'iii' }, { values: [1, 2, 1], types: 'iif' }, [true, true, true]),
    ).toEqual([1, 2]);
    expect(changedAt({ values: [1, 1], types: 'ii' }, { values: [2, 2], types: 'ii' }, [false, true])).toEqual([1]);
  });
  it('find what a part does, and an input that shows it', async () => {
    // The first head turns "a" into "b", the second nothing, the MLP everything; on "x" the model is wrong and does not
    // count.
    const trace = async (input: Values, off?: Intervention) => {
      const out =
        off?.kind === 'zero_mlp'
          ? input.values.map(() => '-')
          : off?.kind === 'zero_head' && off.head === 0
            ? input.values
            : input.values.map((v) => (v === 'a' ? 'b' : v));
      return {
        model: { values: out, types: input.types },
        agrees: input.values.map((v) => v !== 'x'),
        defined: input.values.map(() => true),
      };
    };
    const done: number[] = [];
    const result = await ablate(
      compiled,
      [values('bb'), values('ab'), values('x')],
      trace,
      () => true,
      (n) => done.push(n),
    );
    expect(result!.of).toEqual({ inputs: 2, positions: 4 });
    expect(result!.parts.map((r) => [r.inputs, r.positions, r.witness?.values.join('')])).toEqual([
      [1, 1, 'ab'],
      [0, 0, undefined],
      [2, 4, 'bb'],
    ]);
    expect(done).toEqual([1, 2, 3]);
    expect(
      await ablate(
        compiled,
        [values('ab')],
        trace,
        () => false,
        () => {},
      ),
    ).toBeNull();
  });
});
