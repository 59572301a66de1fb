// A part of the page that follows what is typed. It is posted: what people type stays out of addresses.
for (const part of all("[data-live-src]")) {
  const form = part.closest("form") || document.getElementById(part.dataset.liveForm);
  // A name that ends in a star stands for all that begin with it.
  const names = (part.dataset.liveFrom || "").split(" ");
  const mine = (name) => names.some((n) => (n.endsWith("*") ? name.startsWith(n.slice(0, -1)) : n == name));
  let last = "", stop;
  const ask = later(async () => {
    const body = new URLSearchParams();
    for (const [k, v] of new FormData(form)) if ((mine(k) || k == "_csrf") && v && !v.name) body.append(k, v);
    if (body.toString() == last) return;
    last = body.toString();
    stop?.abort();
    stop = new AbortController();
    const r = await fetch(part.dataset.liveSrc, { method: "POST", body, signal: stop.signal }).catch(() => null);
    if (r?.ok) part.innerHTML = await r.text();
  }, 350);
  // What is typed in the part itself does not make it anew.
  if (form) for (const t of ["input", "change"]) on(t, (e) => mine(e.target.name || "") && !part.contains(e.target) && ask(), form);
}
all("[data-print]").forEach((n) => { n.hidden = false; n.onclick = () => print(); });
// Long work: asked again until the answer no longer wants it.
const poll = () => all("[data-poll]").filter((n) => !n.asked).forEach((n) => {
  n.asked = setTimeout(async () => {
    const r = await fetch(n.dataset.poll).catch(() => null);
    if (r?.ok) n.outerHTML = await r.text();
    else n.asked = 0;
    poll();
  }, 2000);
});
poll();
