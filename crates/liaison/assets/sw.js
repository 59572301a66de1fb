// Keeps the pages of the pocket book at hand, so that it opens without network. It keeps nothing about anybody:
// names and visits lie sealed in the page's own store. A new build is a new name, and the old ones go.
const NAME = "pocket HASH";
const FILES = FILES_LIST;
const BOOK = "/visits/pocket";
self.addEventListener("install", (e) => e.waitUntil(
  caches.open(NAME).then((c) => c.addAll(FILES)).then(() => self.skipWaiting())));
self.addEventListener("activate", (e) => e.waitUntil(
  caches.keys().then((names) => Promise.all(names.filter((n) => n != NAME).map((n) => caches.delete(n)))).then(() => self.clients.claim())));
const fresh = async (request) => {
  const answer = await fetch(request);
  if (answer.ok && !answer.redirected) (await caches.open(NAME)).put(BOOK, answer.clone());
  return answer;
};
self.addEventListener("fetch", (e) => {
  const at = new URL(e.request.url);
  if (e.request.method != "GET" || at.origin != location.origin) return;
  if (FILES.includes(at.pathname) && at.pathname != BOOK) {
    e.respondWith(caches.match(at.pathname).then((kept) => kept || fetch(e.request)));
  } else if (e.request.mode == "navigate") {
    // Without network every page of visits is the book.
    const asked = at.pathname == BOOK ? fresh(e.request) : fetch(e.request);
    e.respondWith(asked.catch(() => caches.match(BOOK)));
  }
});
