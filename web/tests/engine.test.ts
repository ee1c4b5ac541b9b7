import { describe, expect, it, vi } from 'vitest';
import { Engine, latestWins } from '../src/engine/client';
import { rawText, serialise } from '../src/engine/raw';

class FakeWorker {
  onmessage: ((e: { data: any }) => void) | null = null;
  onerror: (() => void) | null = null;
  terminated = false;
  sent: any[] = [];
  constructor(private readonly answer: (m: any, w: FakeWorker) => void) {}
  postMessage(m: any) {
    this.sent.push(m);
    queueMicrotask(() => {
      if (!this.terminated) this.answer(m, this);
    });
  }
  terminate() {
    this.terminated = true;
  }
}
const echo = (m: any, w: FakeWorker) => w.onmessage!({ data: { id: m.id, result: { ok: true, got: m.request } } });

describe('Engine', () => {
  it('answers each request with its own result', async () => {
    const engine = new Engine(() => new FakeWorker(echo) as unknown as Worker);
    const results = await Promise.all([1, 2, 3].map((n) => engine.request({ n })));
    expect(results.map((r) => r.result.got.n)).toEqual([1, 2, 3]);
    expect(engine.busy).toBe(false);
  });

  it('ends a worker at its deadline, refuses what waited, and starts another', async () => {
    vi.useFakeTimers();
    const workers: FakeWorker[] = [];
    const engine = new Engine(() => {
      const w = new FakeWorker(workers.length ? echo : () => {});
      workers.push(w);
      return w as unknown as Worker;
    }, 100);
    const first = engine.request({}),
      second = engine.request({});
    await vi.advanceTimersByTimeAsync(101);
    expect((await first).result.diagnostics[0].code).toBe('limit-time');
    expect((await second).result.ok).toBe(false);
    expect(workers[0]!.terminated).toBe(true);
    expect(engine.generation).toBe(1);
    const third = engine.request({ n: 3 });
    await vi.advanceTimersByTimeAsync(1);
    expect((await third).result.ok).toBe(true);
    vi.useRealTimers();
  });

  it('survives a thousand crashes', async () => {
    const engine = new Engine(
      () => new FakeWorker((m, w) => w.onmessage!({ data: { id: m.id, crashed: 'RangeError' } })) as unknown as Worker,
    );
    for (let i = 0; i < 1000; ++i) expect((await engine.request({})).result.diagnostics[0].code).toBe('limit-memory');
    expect(engine.generation).toBe(1000);
    expect(engine.busy).toBe(false);
  });

  it('notices a worker that the browser ends, asks again once, and refuses what was about its models', async () => {
    const ends: (() => void)[] = [],
      workers: FakeWorker[] = [];
    let lost = 0;
    const start = () => {
      const w = new FakeWorker(workers.length >= 2 ? echo : () => {});
      workers.push(w);
      queueMicrotask(() => w.onmessage!({ data: { lock: 'name' } }));
      return w as unknown as Worker;
    };
    const engine = new Engine(
      start,
      100_000,
      () =>
        new Promise((resolve) => {
          ends.push(resolve);
        }),
    );
    engine.onEnded = () => {
      ++lost;
    };
    const analyze = engine.request({ command: 'analyze' }),
      trace = engine.request({ command: 'trace', handle: 1 });
    await Promise.resolve();
    ends[0]!();
    expect((await trace).result.diagnostics[0].code).toBe('stopped');
    expect([engine.generation, lost, workers.length]).toEqual([1, 1, 2]);
    await Promise.resolve();
    ends[1]!();
    expect((await analyze).result.diagnostics[0].code).toBe('stopped');
    expect((await engine.request({ command: 'analyze' })).result.ok).toBe(true);
    ends[0]!(); // of a worker that is no longer there: nothing is lost
    await Promise.resolve();
    expect(engine.generation).toBe(2);
  });

  it('passes on what the model of a compilation is to be run on, again where the worker was lost', async () => {
    const ends: (() => void)[] = [],
      workers: FakeWorker[] = [];
    const start = () => {
      const w = new FakeWorker(workers.length ? echo : () => {});
      workers.push(w);
      queueMicrotask(() => w.onmessage!({ data: { lock: 'name' } }));
      return w as unknown as Worker;
    };
    const engine = new Engine(
      start,
      100_000,
      () =>
        new Promise((resolve) => {
          ends.push(resolve);
        }),
    );
    const answer = engine.request({ command: 'compile' }, { raw: '["a", 1.0]' });
    await Promise.resolve();
    ends[0]!();
    expect((await answer).result.ok).toBe(true);
    expect(workers.map((w) => w.sent.map((m) => m.input))).toEqual([[{ raw: '["a", 1.0]' }], [{ raw: '["a", 1.0]' }]]);
  });

  it('says so when a worker cannot be started', async () => {
    const engine = new Engine(() => new FakeWorker((_, w) => w.onerror!()) as unknown as Worker);
    expect((await engine.request({})).result.diagnostics[0].code).toBe('engine');
  });
});

describe('latestWins', () => {
  it('runs the first and the last of a burst, one at a time', async () => {
    const ran: number[] = [];
    let atOnce = 0;
    let superseded = false;
    const schedule = latestWins<number>(async (n, newer) => {
      expect(++atOnce).toBe(1);
      ran.push(n);
      await new Promise((r) => setTimeout(r, 5));
      superseded ||= n === 1 && newer();
      --atOnce;
    });
    for (let i = 1; i <= 10; ++i) schedule(i);
    await new Promise((r) => setTimeout(r, 40));
    expect(ran).toEqual([1, 10]);
    expect(superseded).toBe(true);
  });

  it('goes on after a job that threw', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const ran: string[] = [];
    const schedule = latestWins<string>(async (s) => {
      ran.push(s);
      if (s === 'bad') throw new Error('bug');
    });
    schedule('bad');
    await new Promise((r) => setTimeout(r, 1));
    schedule('good');
    await new Promise((r) => setTimeout(r, 1));
    expect(ran).toEqual(['bad', 'good']);
    expect(error).toHaveBeenCalledOnce();
    error.mockRestore();
  });
});

describe('tokens on their way to the engine', () => {
  it('keep floats floats', () => {
    expect(rawText({ values: [1, 1, 0.5, 'a"b', true, 1e21], types: 'iffsbf' })).toBe(
      '[1, 1.0, 0.5, "a\\"b", true, 1e+21]',
    );
  });
  it('are put into the request as they are', () => {
    expect(serialise({ command: 'trace', input: { raw: '[1.0]' }, files: { raw: 3 }, nothing: undefined })).toBe(
      '{"command":"trace","input":[1.0],"files":{"raw":3}}',
    );
  });
});
