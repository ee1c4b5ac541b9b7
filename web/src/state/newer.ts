// A newer build of the page than this tab's.
import { signal } from '@preact/signals';

/** `ready`: kept whole by the service worker, beside this one. `gone`: this build's files have left the host before they were kept. */
export const newerBuild = signal<'' | 'ready' | 'gone'>('');

// A part of the page that cannot be loaded although there is a network.
addEventListener('vite:preloadError', () => {
  if (navigator.onLine && !newerBuild.peek()) newerBuild.value = 'gone';
});
