// A part of the page that follows what is typed. It is posted: what people type stays out of addresses.
for (const part of all("[data-live-src]")) {
  const form = part.closest("form") || document.getElementById(part.dataset.liveForm);
  // A name that ends in a star stands for all that begin with it.
  const names = (part.dataset.liveFrom || "").split(" ");
  const mine = (name) => names.some((n) => (n.endsWith("*") ? name.startsWith(n.slice(0, -1)) : n == name));
  let last = "", stop, busy;
  const ask = later(async () => {
    const body = new URLSearchParams();
    for (const [k, v] of new FormData(form)) if ((mine(k) || k == "_csrf") && v && !v.name) body.append(k, v);
    if (body.toString() == last) return;
    last = body.toString();
    stop?.abort();
    stop = new AbortController();
    busy = 1;
    const r = await fetch(part.dataset.liveSrc, { method: "POST", body, signal: stop.signal }).catch(() => null);
    busy = 0;
    if (!r?.ok) return;
    const text = await r.text(), at = document.activeElement;
    const held = part.contains(at) && `[name="${at.name}"]` + (at.type == "radio" ? `[value="${at.value}"]` : "");
    part.innerHTML = text;
    if (held) part.querySelector(held)?.focus();
  }, 350);
  // What is chosen in the part itself does not make it anew, unless an answer without it is on its way.
  const heard = (e) => {
    if (!mine(e.target.name || "")) return;
    if (part.contains(e.target)) { if (!busy) return; stop.abort(); last = ""; }
    ask();
  };
  if (form) for (const t of ["input", "change"]) on(t, heard, form);
}
all("[data-print]").forEach((n) => { n.hidden = false; n.onclick = () => print(); });
// Where the device is: asked for by a press of the person's alone, and sent with the form.
on("click", (e) => {
  const n = e.target.closest("[data-locate]"), f = n?.form;
  const no = () => { n.textContent = n.dataset.locate; };
  if (!n) return;
  if (!navigator.geolocation) return no();
  navigator.geolocation.getCurrentPosition((p) => {
    f.gps.value = p.coords.longitude + "," + p.coords.latitude;
    f.requestSubmit(f.querySelector("[value=here]"));
  }, no);
});
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
