// A part of the page that follows what is typed. It is posted: what people type stays out of addresses.
for (const part of all("[data-live-src]")) {
  const form = part.closest("form") || document.getElementById(part.dataset.liveForm);
  const names = (part.dataset.liveFrom || "").split(" ");
  let last = "", stop;
  const ask = later(async () => {
    const body = new URLSearchParams();
    for (const n of form.elements) if ((names.includes(n.name) || n.name == "_csrf") && n.value) body.append(n.name, n.value);
    if (body.toString() == last) return;
    last = body.toString();
    stop?.abort();
    stop = new AbortController();
    const r = await fetch(part.dataset.liveSrc, { method: "POST", body, signal: stop.signal }).catch(() => null);
    if (r?.ok) part.innerHTML = await r.text();
  }, 350);
  if (form) for (const t of ["input", "change"]) on(t, (e) => names.includes(e.target.name) && ask(), form);
}
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
