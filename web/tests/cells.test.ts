import { expect, test } from 'vitest';
import { subspaceCells } from '../src/draw/cells';
import type { Run } from '../src/state/live';

test('tuples are short in a cell, and whole beside it', () => {
  const values = ['', "('^', 'a')", "(1, ('b', None))", 'a|b', "('it\\'s', 2)"],
    trace = { T: 5, decoded: [{ rows: [{ half_layer: 0, values }] }] };
  const cells = subspaceCells({ trace, baseline: null } as unknown as Run, 0, 0);
  expect(cells.map((c) => c.text)).toEqual(['(^,a)', '(1,(b,None))', '∗', "('it\\'s', 2)"]);
  expect(cells[0]!.full).toBe("('^', 'a')");
});
