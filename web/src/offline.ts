// After the first visit the page needs no network: a service worker keeps its own files.
import { workerUrl } from './engine/trusted';

export async function registerOffline() {
  try {
    await navigator.serviceWorker.register(workerUrl(new URL('./sw.js', location.href).href));
  } catch { /* not on this host: the page works online all the same */ }
}
