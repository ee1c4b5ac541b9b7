// A part of the page that is loaded when it is first shown.
import { signal } from '@preact/signals';
import type { ComponentChildren, ComponentType } from 'preact';

export function lazy(load: () => Promise<{ default: ComponentType }>) {
  const loaded = signal<ComponentType | null>(null);
  const failed = signal(false);
  let started = false;
  return function Lazy({ fallback }: { fallback: ComponentChildren }) {
    if (!started) {
      started = true;
      load().then((m) => { loaded.value = m.default; }, () => { failed.value = true; started = false; });
    }
    const Part = loaded.value;
    if (failed.value) return <p class="empty">This part of the page could not be loaded. <button type="button" onClick={() => { failed.value = false; }}>Try again</button></p>;
    return Part ? <Part /> : <>{fallback}</>;
  };
}
