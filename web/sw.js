// Offline after the first visit. Each build keeps its own files, under a name of its own. A new build waits until every tab of the old one
// is closed: till then the old files stay, so that an open page finds all of its parts. Navigations ask the network first: a reload shows
// the new build at once, and without a network the newest one that is kept whole.
const version = 'rasp-__VERSION__';
const files = __FILES__;
// Python, which the page puts there itself when it first needs it, and which a new build does not load again.
const python = '__PYTHON__';
// Query strings are options of the page, and what a response varies by (Vary: Origin) is the same for all files of one origin.
const loosely = { ignoreSearch: true, ignoreVary: true };

self.addEventListener('install', (event) => {
  // What has no hash in its name may be that of the build before in the browser's own cache.
  const requests = files.map((f) => new Request(f, { cache: f.startsWith('assets/') ? 'default' : 'no-cache' }));
  event.waitUntil(caches.open(version).then((cache) => cache.addAll(requests)));
});

// Only now is no tab left that was begun under an older worker.
self.addEventListener('activate', (event) => {
  event.waitUntil(olderPython().then(ours).then((names) => Promise.all(names.filter((k) => k !== version).map((k) => caches.delete(k)))).then(() => self.clients.claim()));
});

const olderPython = () => caches.keys().then((names) => Promise.all(names.filter((k) => k.startsWith('python-') && k !== python).map((k) => caches.delete(k))));
const ours = () => caches.keys().then((names) => names.filter((k) => k.startsWith('rasp-')));

/** In the newest build that has it. An address in it that no build has is the page itself. */
async function kept(request) {
  const builds = (await ours()).reverse();
  for (const name of builds) {
    const hit = await (await caches.open(name)).match(request, loosely);
    if (hit) return hit;
  }
  if (request.mode !== 'navigate') return undefined;
  for (const name of builds) {
    const page = await (await caches.open(name)).match('./', loosely);
    if (page) return page;
  }
  return undefined;
}

self.addEventListener('fetch', (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (request.mode === 'navigate') event.respondWith(fetch(request).catch(async () => (await kept(request)) ?? Response.error()));
  else if (url.pathname.includes(`/${python}/`)) event.respondWith(caches.match(request, { cacheName: python, ...loosely }).then((hit) => hit ?? fetch(request)));
  else event.respondWith(kept(request).then((hit) => hit ?? fetch(request)));
});
