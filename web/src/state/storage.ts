/**
 * Local work. Every tab has a slot of its own, so that two tabs, a link or an example never overwrite each other; old slots are
 * "recent work" until newer ones push them out. Storage may be full or forbidden: then the page says so once and goes on.
 */
import { checkProject, ownWork } from './check';
import type { Project } from './project';

/** crypto.randomUUID exists on https and localhost only; the page must also open from a plain http host. */
export const freshId = (): string => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');

export interface Slot { id: string; time: number; title: string; project: Project }

const prefix = 'rasp-work/';
const slotsKept = 12;

export interface Store { getItem(key: string): string | null; setItem(key: string, value: string): void; removeItem(key: string): void; key(i: number): string | null; readonly length: number }

export class Work {
  constructor(private readonly store: Store) {}

  /** Newest first. Slots that cannot be read are left alone and not listed. */
  list(): Slot[] {
    const out: Slot[] = [];
    for (let i = 0; i < this.store.length; ++i) {
      const key = this.store.key(i);
      if (!key?.startsWith(prefix)) continue;
      const slot = this.read(key.slice(prefix.length));
      if (slot) out.push(slot);
    }
    return out.sort((a, b) => b.time - a.time);
  }

  read(id: string): Slot | null {
    try {
      const value = JSON.parse(this.store.getItem(prefix + id) ?? 'null');
      return value ? { id, time: Number(value.time) || 0, title: String(value.title ?? ''), project: checkProject(value.project, ownWork) } : null;
    } catch {
      return null;
    }
  }

  /** False where it could not be kept even after the oldest slots of other tabs were given up. */
  write(slot: Slot): boolean {
    const text = JSON.stringify({ time: slot.time, title: slot.title, project: slot.project });
    const others = this.list().filter((s) => s.id !== slot.id);
    for (const old of others.splice(slotsKept - 1)) this.store.removeItem(prefix + old.id);
    for (;;) {
      try {
        this.store.setItem(prefix + slot.id, text);
        return true;
      } catch {
        const oldest = others.length > 3 ? others.pop() : undefined;  // the last few stay: they may be open elsewhere
        if (!oldest) return false;
        this.store.removeItem(prefix + oldest.id);
      }
    }
  }

  remove(id: string) { this.store.removeItem(prefix + id); }
}

/** This tab's slot, and the one whose work it goes on with. A duplicated tab inherits the other's id: the lock tells them apart. */
export async function ownSlot(): Promise<{ id: string; continues: string | null }> {
  let id: string | null = null;
  try { id = sessionStorage.getItem('rasp-slot'); } catch { /* forbidden */ }
  const take = (name: string) => new Promise<boolean>((resolve) => {
    if (!navigator.locks) return resolve(true);
    void navigator.locks.request(`rasp-slot-${name}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise<void>(() => {});  // held until the tab closes
    });
  });
  const continues = id;
  if (id === null || !await take(id)) {
    id = freshId();
    await take(id);
  }
  try { sessionStorage.setItem('rasp-slot', id); } catch { /* the slot lasts until the reload */ }
  return { id, continues };
}
