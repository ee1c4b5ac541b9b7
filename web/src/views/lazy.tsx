// A part of the page that is loaded when it is first shown.
import { signal } from '@preact/signals';
import type { ComponentChildren, ComponentType } from 'preact';

export function lazy<P extends object>(load: () => Promise<{ default: ComponentType<P> }>) {
  const loaded = signal<ComponentType<P> | null>(null);
  const failed = signal(false);
  let started = false;
  return function Lazy({ fallback, ...props }: P & { fallback: ComponentChildren }) {
    if (!started) {
      started = true;
      load().then(
        (m) => {
          loaded.value = m.default;
        },
        () => {
          failed.value = true;
          started = false;
        },
      );
    }
    const Part = loaded.value;
    if (failed.value)
      return (
        <p class="empty">
          This part of the page could not be loaded.{' '}
          <button
            type="button"
            onClick={() => {
              failed.value = false;
            }}
          >
            Try again
          </button>
        </p>
      );
    return Part ? <Part {...(props as unknown as P)} /> : <>{fallback}</>;
  };
}
