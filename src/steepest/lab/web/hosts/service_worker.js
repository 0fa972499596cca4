// @ts-check
/** Keeps the page of a static site for the time without a network: of each version all files, and no older ones. */

/** The site's files and their version: see `steepest.lab.static_site`. */
const { version, names } = /** @type {{version: string, names: string[]}} */ (Reflect.get(globalThis, "shell"));
const worker = /** @type {any} */ (globalThis);
const PREFIX = "steepest-";

worker.addEventListener("install", (/** @type {any} */ event) => {
  const keep = async () => {
    const cache = await caches.open(PREFIX + version);
    await cache.addAll(names.map((name) => new Request(name, { cache: "reload" })));
    await worker.skipWaiting();
  };
  event.waitUntil(keep());
});

worker.addEventListener("activate", (/** @type {any} */ event) => {
  const tidy = async () => {
    const old = (await caches.keys()).filter((key) => key.startsWith(PREFIX) && key !== PREFIX + version);
    await Promise.all(old.map((key) => caches.delete(key)));
    await worker.clients.claim();
  };
  event.waitUntil(tidy());
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  if (event.request.method !== "GET") return;
  const answer = async () => {
    const cache = await caches.open(PREFIX + version);
    try {
      return await fetch(event.request); // the newest, where there is a network
    } catch (error) {
      const wanted = event.request.mode === "navigate" ? "./" : event.request;
      const kept = await cache.match(wanted, { ignoreSearch: true });
      if (kept) return kept;
      throw error;
    }
  };
  event.respondWith(answer());
});
