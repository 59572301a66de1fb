// Keys. A letter alone works outside fields; with Alt it works everywhere.
const WRITE = "input:not([type=radio],[type=checkbox],[type=file]),textarea,select";
const typing = (e) => e.target.closest(WRITE + ",dialog");
const seen = (n) => !n.disabled && (n.checkVisibility ? n.checkVisibility() : n.offsetParent);
// A key also reaches what is folded away, and unfolds it.
const folded = (n) => n.closest("details:not([open])");
// What an address points at is unfolded, and on paper whatever belongs there.
const point = () => {
  const n = document.getElementById(location.hash.slice(1)), d = n && folded(n);
  if (d) { d.open = true; n.scrollIntoView(); }
};
on("hashchange", point, window);
point();
on("beforeprint", () => all(".keep").forEach((d) => { d.open = true; }), window);
const keyed = () => all("[data-key]").filter((n) => seen(n) || (folded(n) && !n.disabled));
const rows = () => all("[data-rows] a.row, ul[data-rows] a, ol[data-rows] a").filter(seen);
const off = () => store?.getItem("lx:keys") == "off";
const keyHelp = () => {
  const list = make("dl");
  const row = (k, t) => list.append(make("dt", {}, make("kbd", { textContent: k })), make("dd", { textContent: t }));
  for (const n of keyed()) {
    const own = n.cloneNode(true);
    all("kbd,.sr", own).forEach((k) => k.remove());
    row(n.dataset.key, n.ariaLabel || n.labels?.[0]?.firstChild.textContent || own.textContent.trim());
  }
  if (rows().length) row("j k ↓ ↑", say.rows);
  row("Alt", say.alt);
  row("?", say.help);
  const box = make("input", { type: "checkbox", checked: !off(), onchange: () => store?.setItem("lx:keys", box.checked ? "on" : "off") });
  const d = modal(say.keys, list, make("label", { className: "row-of" }, box, say.on),
    make("div", { className: "actions" }, button(say.close, "", () => d.close())));
};
// The arrows go from row to row once one of them has the focus; before, they move the page.
const step = (key, r) => ({ j: 1, k: -1 })[key] || (r.includes(document.activeElement) && { ArrowDown: 1, ArrowUp: -1 }[key]);
on("keydown", (e) => {
  if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.isComposing || (!e.altKey && (off() || typing(e)))) return;
  const key = e.altKey ? e.code.replace(/^(Key|Digit)/, "").toLowerCase() : e.key;
  const n = keyed().find((n) => n.dataset.key == key);
  const r = rows();
  if (n) { if (folded(n)) folded(n).open = true; n.focus(); if (!n.matches(WRITE)) n.click(); }
  else if (key == "?" || key == "slash") keyHelp();
  else if (!e.altKey && r.length && step(key, r)) {
    const i = r.indexOf(document.activeElement) + step(key, r);
    r[Math.max(0, Math.min(i, r.length - 1))].focus();
  } else return;
  e.preventDefault();
});
all("[data-keys]").forEach((n) => { n.hidden = false; n.onclick = keyHelp; });
on("click", (e) => {
  all("details.who[open]").forEach((d) => d.contains(e.target) || (d.open = false));
});
