// The first picture: what is not needed for it is loaded afterwards.
import { diagnostics, picture } from './live';

const mostMs = 4000;

/** Resolves when the first picture is on the screen, when there will be none for now, or after a few seconds at the latest. */
export const drawn = new Promise<void>((resolve) => {
  const timer = setTimeout(resolve, mostMs);
  const stop = picture.subscribe(check),
    stopToo = diagnostics.subscribe(check);
  function check() {
    if (!picture.peek() && !diagnostics.peek().some((d) => d.severity === 'error')) return;
    clearTimeout(timer);
    requestAnimationFrame(() =>
      setTimeout(() => {
        stop();
        stopToo();
        resolve();
      }),
    );
  }
});

export const idle = () =>
  new Promise<void>((resolve) => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(() => resolve(), { timeout: 2000 });
    else setTimeout(resolve, 500);
  });
