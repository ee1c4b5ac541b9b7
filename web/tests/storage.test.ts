import { describe, expect, it } from 'vitest';
import { BadProject, checkProject } from '../src/state/check';
import { emptyProject } from '../src/state/project';
import { type Store, Work } from '../src/state/storage';

class Room implements Store {
  map = new Map<string, string>();
  constructor(private readonly size = Infinity) {}
  get length() {
    return this.map.size;
  }
  key(i: number) {
    return [...this.map.keys()][i] ?? null;
  }
  getItem(k: string) {
    return this.map.get(k) ?? null;
  }
  removeItem(k: string) {
    this.map.delete(k);
  }
  setItem(k: string, v: string) {
    const used = [...this.map].reduce((n, [key, value]) => n + (key === k ? 0 : value.length), 0);
    if (used + v.length > this.size) throw new DOMException('full', 'QuotaExceededError');
    this.map.set(k, v);
  }
}
const slot = (id: string, time: number, text = id) => ({ id, time, title: id, project: emptyProject(text) });

describe('local work', () => {
  it('is listed newest first and read back as it was', () => {
    const work = new Work(new Room());
    for (let i = 0; i < 5; ++i) expect(work.write(slot(`s${i}`, i))).toBe(true);
    expect(work.list().map((s) => s.id)).toEqual(['s4', 's3', 's2', 's1', 's0']);
    expect(work.read('s2')).toEqual(slot('s2', 2));
  });

  it('of two tabs stays apart', () => {
    const room = new Room(),
      a = new Work(room),
      b = new Work(room);
    a.write(slot('a', 1, 'mine'));
    b.write(slot('b', 2, 'other'));
    a.write(slot('a', 3, 'mine again'));
    expect(b.read('b')?.project.files['main.rasp']).toBe('other');
    expect(a.read('a')?.project.files['main.rasp']).toBe('mine again');
  });

  it('keeps every piece of work, the thirteenth and the first', () => {
    const work = new Work(new Room());
    for (let i = 0; i < 40; ++i) work.write(slot(`s${i}`, i));
    expect(work.list().map((s) => s.id)).toEqual(Array.from({ length: 40 }, (_, i) => `s${39 - i}`));
  });

  it('gives nothing up for what does not fit, and says that it does not', () => {
    const work = new Work(new Room(4000));
    let kept = 0;
    while (work.write(slot(`s${kept}`, kept, 'x'.repeat(400)))) ++kept;
    expect(kept).toBeGreaterThan(3);
    expect(work.write(slot('huge', 99, 'x'.repeat(5000)))).toBe(false);
    expect(work.list().map((s) => s.id)).toEqual(Array.from({ length: kept }, (_, i) => `s${kept - 1 - i}`));
    work.remove('s0');
    expect(work.write(slot('later', 100, 'x'.repeat(400)))).toBe(true);
  });

  it('is read back even where it is larger than what a link or file may hold', () => {
    const work = new Work(new Room());
    const large = slot('large', 1, 'x'.repeat((1 << 20) + 1));
    const many = {
      ...slot('many', 2),
      project: {
        ...emptyProject(),
        files: Object.fromEntries(Array.from({ length: 80 }, (_, i) => [i ? `f${i}.rasp` : 'main.rasp', ''])),
      },
    };
    for (const s of [large, many]) {
      expect(work.write(s)).toBe(true);
      expect(work.read(s.id)).toEqual(s);
      expect(() => checkProject(s.project)).toThrow(BadProject);
    }
  });

  it('that is damaged is skipped, not thrown', () => {
    const room = new Room();
    room.setItem('rasp-work/bad', '{"project":');
    room.setItem('rasp-work/odd', '{"project":{"files":7}}');
    const work = new Work(room);
    work.write(slot('good', 1));
    expect(work.list().map((s) => s.id)).toEqual(['good']);
    expect(work.read('bad')).toBe(null);
  });
});
