// Keeps the page, so that it opens without a network. What lies under /app/ is named by its content and never
// changes; the page itself is asked for first, and taken from here when nobody answers soon.
const FILES = {{files}};
const KEPT = "parlor";
const PATIENCE = 3000;

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(forget()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith("/app/")) event.respondWith(file(request));
  if (pathname === "/") event.respondWith(page(request));
});

async function keep() {
  const kept = await caches.open(KEPT);
  const there = new Set((await kept.keys()).map(({ url }) => new URL(url).pathname));
  await kept.addAll(["/", ...FILES.filter((name) => !there.has(name))]);
  await self.skipWaiting();
}

async function forget() {
  const kept = await caches.open(KEPT);
  const old = (await kept.keys()).filter(({ url }) => !["/", ...FILES].includes(new URL(url).pathname));
  await Promise.all(old.map((request) => kept.delete(request)));
}

async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

async function page(request) {
  const here = await caches.match("/", { ignoreVary: true });
  const late = new Promise((_, reject) => here && setTimeout(reject, PATIENCE));
  try {
    return await Promise.race([fetch(request), late]);
  } catch (error) {
    if (here) return here;
    throw error;
  }
}
