// Offline after the first visit. Files of a build carry a hash in their names; the page itself is asked from the network first, so
// that a new release is seen at once, and comes from here where there is none.
const version = 'rasp-__VERSION__';
const files = __FILES__;

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(version).then((cache) => cache.addAll(files)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(caches.keys().then((keys) => Promise.all(keys.filter((k) => k.startsWith('rasp-') && k !== version).map((k) => caches.delete(k)))).then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin) return;
  const cached = () => caches.match(event.request, { ignoreSearch: true }).then((hit) => hit ?? (event.request.mode === 'navigate' ? caches.match('./') : undefined));
  if (event.request.mode === 'navigate') event.respondWith(fetch(event.request).catch(async () => (await cached()) ?? Response.error()));
  else event.respondWith(cached().then((hit) => hit ?? fetch(event.request)));
});
