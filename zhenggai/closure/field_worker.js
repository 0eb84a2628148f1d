// The service worker of /field/: the page and what it loads are there without a signal, as they were seen last. Nothing
// else is kept, and nothing is sent from here: the page itself sends its outbox (js/field.js).
const KEPT = "zhenggai-field-1";
const PAGE = "/field/";
const ASSETS = [ASSETS_HERE];

const fill = async () => {
  const cache = await caches.open(KEPT);
  await cache.addAll([...ASSETS, PAGE]);
};
self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));

const tidy = async () => {
  for (const name of await caches.keys()) if (name.startsWith("zhenggai-field-") && name !== KEPT) await caches.delete(name);
  await self.clients.claim();
};
self.addEventListener("activate", (event) => event.waitUntil(tidy()));

const answer = async (request) => {
  const cache = await caches.open(KEPT);
  try {
    const found = await fetch(request);
    // a page to sign in on is not today's sites: then what was kept of another person goes
    if (found.redirected && request.mode === "navigate") await cache.delete(PAGE);
    else if (found.ok) await cache.put(request, found.clone());
    return found;
  } catch (error) {
    const kept = await cache.match(request, { ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
};
self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.method !== "GET") return;
  if (pathname === PAGE || ASSETS.includes(pathname)) event.respondWith(answer(event.request));
});
