/**
 * Local work. Every tab has a slot of its own, so that two tabs, a link or an example never overwrite each other; old
 * slots are "recent work" until a person forgets them. Storage may be full or forbidden: then the page says so once and
 * goes on.
 */
import { checkProject, ownWork } from './check';
import type { Project } from './project';

/** crypto.randomUUID exists on https and localhost only; the page must also open from a plain http host. */
export const freshId = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');

export interface Slot {
  id: string;
  time: number;
  title: string;
  project: Project;
}

const prefix = 'rasp-work/';

export interface Store {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  key(i: number): string | null;
  readonly length: number;
}

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
      return value
        ? {
            id,
            time: Number(value.time) || 0,
            title: String(value.title ?? ''),
            project: checkProject(value.project, ownWork),
          }
        : null;
    } catch {
      return null;
    }
  }

  /** False where there is no room for it. Nothing else is given up for it: the page says so, and what to forget is for a person to choose. */
  write(slot: Slot): boolean {
    try {
      this.store.setItem(
        prefix + slot.id,
        JSON.stringify({ time: slot.time, title: slot.title, project: slot.project }),
      );
      return true;
    } catch {
      return false;
    }
  }

  remove(id: string) {
    this.store.removeItem(prefix + id);
  }
}

/** Takes a slot for this tab until it closes; false where another tab has it. */
export const claim = (id: string): Promise<boolean> =>
  new Promise((resolve) => {
    if (!navigator.locks) return resolve(true);
    navigator.locks
      .request(`rasp-slot-${id}`, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise<void>(() => {});
      })
      .catch(() => resolve(true)); // a browser that forbids storage
  });

/**
 * This tab's slot, and the one whose work it goes on with: that of the history's entry, else the tab's last one. A
 * duplicated tab inherits the other's id: the lock tells them apart.
 */
export async function ownSlot(entry: string | null): Promise<{ id: string; continues: string | null }> {
  let id = entry;
  try {
    id ??= sessionStorage.getItem('rasp-slot');
  } catch {
    /* forbidden */
  }
  const continues = id;
  if (id === null || !(await claim(id))) {
    id = freshId();
    await claim(id);
  }
  try {
    sessionStorage.setItem('rasp-slot', id);
  } catch {
    /* the slot lasts until the reload */
  }
  return { id, continues };
}
