// After the first visit the page needs no network: a service worker keeps its own files. It also learns of a new build
// while this one is
// open: the page goes on with its own files and offers the new build, which a reload shows.
import { newerBuild } from './state/newer';
import { workerUrl } from './engine/trusted';

const askEveryMs = 60 * 60 * 1000;

/** Whether a build that waits is another than this page's: then it lacks one of the page's own scripts or style sheets. */
async function differs(): Promise<boolean> {
  const newest = (await caches.keys()).filter((k) => k.startsWith('rasp-')).at(-1);
  if (!newest) return false;
  const cache = await caches.open(newest);
  const own = [
    ...document.querySelectorAll<HTMLScriptElement | HTMLLinkElement>('script[src], link[rel="stylesheet"]'),
  ].map((e) => ('src' in e ? e.src : e.href));
  return (await Promise.all(own.map((url) => cache.match(url, { ignoreVary: true })))).some((hit) => !hit);
}

const announce = () => {
  void differs().then((other) => {
    if (other) newerBuild.value = 'ready';
  });
};

function watch(registration: ServiceWorkerRegistration) {
  if (registration.waiting) announce();
  registration.addEventListener('updatefound', () => {
    const found = registration.installing;
    found?.addEventListener('statechange', () => {
      if (found.state === 'installed' && navigator.serviceWorker.controller) announce();
    });
  });
  const ask = () => {
    registration.update().catch(() => {
      /* offline: later */
    });
  };
  setInterval(ask, askEveryMs);
  addEventListener('online', ask);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) ask();
  });
}

export async function registerOffline() {
  try {
    watch(await navigator.serviceWorker.register(workerUrl(new URL('./sw.js', location.href).href)));
  } catch {
    /* not on this host: the page works online all the same */
  }
}
