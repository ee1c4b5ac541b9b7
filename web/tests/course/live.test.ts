import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import { type Assignment, prepare } from '../../../wasm/course/index.mjs';
import type { Host } from '../../src/course/host';
import { Live } from '../../src/course/live';

const assignment: Assignment = {
  format: 'rasp-assignment',
  version: 1,
  id: 'a',
  title: 'A',
  tasks: [
    {
      id: 't',
      title: 'T',
      points: 10,
      asks: { name: 'x', kind: 's-op' },
      starter: '',
      vocabulary: 'ab',
      max_length: 3,
      cases: [{ input: 'ab', output: [0, 1] }],
    },
  ],
};
const task = assignment.tasks[0]!;

/** An engine that answers when it is told to: the program's text is the output. */
function slowEngine() {
  const pending: (() => void)[] = [],
    asked: string[] = [];
  const host = {
    source: signal(''),
    request: (d: { program: string }) =>
      new Promise((resolve) => {
        asked.push(d.program);
        pending.push(() =>
          resolve({
            ok: true,
            kind: 's-op',
            facts: { names: [] },
            results: [{ values: JSON.parse(d.program), types: 'ii' }],
            diagnostics: [],
          }),
        );
      }),
  } as unknown as Host;
  return {
    host,
    asked,
    answer: async () => {
      for (const p of pending.splice(0)) p();
      await new Promise((r) => setTimeout(r, 5));
    },
  };
}

test('the latest program wins, whenever the answers come', async () => {
  const e = slowEngine(),
    live = new Live(e.host, await prepare(e.host, assignment), 0);
  const first = live.check(task, '[5,5]');
  const second = live.check(task, '[0,1]');
  await e.answer();
  await e.answer();
  expect(await first).toBeNull();
  expect((await second)!.status).toBe('right');
  expect(live.result.value!.cases[0]!.passed).toBe(true);
  expect(live.running.value).toBe(false);
});

test('typing waits for a rest; only the last text is asked for', async () => {
  const e = slowEngine(),
    live = new Live(e.host, await prepare(e.host, assignment), 10);
  live.edited(task, '[1,1]');
  live.edited(task, '[2,2]');
  live.edited(task, '[0,1]');
  await new Promise((r) => setTimeout(r, 40));
  expect(e.asked).toEqual(['[0,1]']);
  await e.answer();
  expect(live.result.value!.status).toBe('right');
  live.edited(task, '[3,3]');
  live.stop();
  await new Promise((r) => setTimeout(r, 40));
  expect(e.asked).toEqual(['[0,1]']);
  expect(live.result.value).toBeNull();
});
