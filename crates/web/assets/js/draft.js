// What was not sent yet stays on the device, except what is about a person.
const draftKey = (n) => "lx:draft:" + n;
const keeps = (n) => n.name && !n.matches("[type=hidden],[type=password],[type=file],[data-private]");
const leaving = (f) => {
  const k = draftKey(f.dataset.draft), d = f.dataset.draft && store?.getItem(k);
  if (d) store.setItem(k, JSON.stringify({ ...JSON.parse(d), sent: 1 }));
};
all("[data-draft-done]").forEach((n) => store?.removeItem(draftKey(n.dataset.draftDone)));
// Sent, and now on a page that shows no fault with it: taken in.
for (const k of Object.keys(store || {}).filter((k) => k.startsWith("lx:draft:"))) {
  const f = document.querySelector(`form[data-draft="${k.slice(9)}"]`);
  if (JSON.parse(store.getItem(k)).sent && (!f || document.querySelector(".flash.ok"))) store.removeItem(k);
}
for (const f of store ? all("form[data-draft]") : []) {
  const k = draftKey(f.dataset.draft), kept = JSON.parse(store.getItem(k) || "{}").v;
  const fields = () => [...f.elements].filter(keeps);
  const box = (n) => n.type == "radio" || n.type == "checkbox";
  if (kept?.length && !document.querySelector(".errors") && !fields().some((n) => n.tagName == "TEXTAREA" && n.value)) {
    fields().forEach((n) => {
      const v = kept.filter((p) => p[0] == n.name).map((p) => p[1]);
      if (box(n)) n.checked = v.includes(n.value);
      else if (v.length) { n.value = v[0]; if (n.dataset.grow != null) wrote(n); }
    });
    f.prepend(make("p", { className: "draft", role: "status" }, say.kept,
      button(say.drop, "quiet", () => { store.removeItem(k); f.reset(); f.firstChild.remove(); })));
  }
  on("input", later(() => store.setItem(k, JSON.stringify({
    v: fields().filter((n) => (box(n) ? n.checked : n.value)).map((n) => [n.name, n.value]) })), 400), f);
}
