// The state of the page: what is kept, what Back brings, which experiments are run.
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { CompileResult } from '../src/engine/protocol';

vi.mock('../src/engine/start', () => {
  const engine = { busy: false, generation: 0, request: () => new Promise(() => {}), stop: () => {} };
  return { interpreter: engine, compiler: engine, grader: () => engine };
});

describe('experiments', () => {
  it('fit at every position of the input, the last and BOS too, and at no other', async () => {
    const { experimentFits } = await import('../src/state/experiment');
    const model = { layers: [{ heads: [{}, {}] }], model: { layers: 1, d_model: 4 } } as unknown as CompileResult;
    const at = (position: number, half_layer = 2, dimensions = [3]) =>
      experimentFits({ kind: 'set_residual', half_layer, position, dimensions, values: [1] }, model, 5);
    expect([0, 1, 4, 5, 6].map((p) => at(p))).toEqual([true, true, true, true, false]);
    expect([at(0, 3), at(0, 2, [4])]).toEqual([false, false]);
    const pattern = (size: number) =>
      experimentFits({ kind: 'set_pattern', layer: 0, head: 1, values: Array(size).fill(0) }, model, 5);
    expect([36, 25].map(pattern)).toEqual([true, false]);
    expect([0, 1, 2].map((head) => experimentFits({ kind: 'zero_head', layer: 0, head }, model, 5))).toEqual([
      true,
      true,
      false,
    ]);
    expect(
      ['abcde', 'abcd', ['a', 'b', 1, 2, '𝔸𝔹'], '𝔸𝔹𝔸𝔹𝔸'].map((source) =>
        experimentFits({ kind: 'interchange', s_op: 'x', source }, model, 5),
      ),
    ).toEqual([true, false, true, true]); // of the input's length
    expect([0, 1].map((layer) => experimentFits({ kind: 'zero_mlp', layer }, model, 5))).toEqual([true, false]);
  });
});

describe('work', () => {
  const wait = () =>
    new Promise((r) => {
      setTimeout(r, 300);
    });
  let session: typeof import('../src/state/session');
  let state: typeof import('../src/state/project');
  const move = (slot: unknown) => {
    dispatchEvent(new PopStateEvent('popstate', { state: { slot } }));
  };
  beforeAll(async () => {
    session = await import('../src/state/session');
    state = await import('../src/state/project');
    await session.beginSession();
  });

  it('that nobody changed is not kept; the first change is', async () => {
    session.openProject(state.emptyProject('a = indices;\n'));
    const id = history.state.slot as string;
    await wait();
    expect(session.work.read(id)).toBe(null);
    state.setSource('a = indices + 1;\n');
    await wait();
    expect(session.work.read(id)?.project.files['main.rasp']).toBe('a = indices + 1;\n');
  });

  it('of each step of the history comes back as it was left, and later changes of it are kept, too', async () => {
    session.openProject(state.emptyProject('b = indices;\n'));
    const first = history.state.slot as string;
    state.setSource('b = 1;\n');
    session.openProject(state.emptyProject('c = indices;\n'));
    const second = history.state.slot as string;
    move(first);
    expect(state.source.peek()).toBe('b = 1;\n');
    state.setSource('b = indices;\n'); // as it was opened: a change of what is kept all the same
    move(second);
    expect(state.source.peek()).toBe('c = indices;\n');
    move(first);
    expect(state.source.peek()).toBe('b = indices;\n');
    expect(session.work.read(first)?.project.files['main.rasp']).toBe('b = indices;\n');
  });
});
