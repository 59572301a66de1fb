// Keys. A letter alone works outside fields; with Alt it works everywhere.
const WRITE = "input:not([type=radio],[type=checkbox],[type=file]),textarea,select";
const typing = (e) => e.target.closest(WRITE + ",dialog");
const seen = (n) => n.offsetParent && !n.disabled;
const rows = () => all("[data-rows] a.row, ul[data-rows] a, ol[data-rows] a").filter(seen);
const off = () => store?.getItem("lx:keys") == "off";
const keyHelp = () => {
  const list = make("dl");
  const row = (k, t) => list.append(make("dt", {}, make("kbd", { textContent: k })), make("dd", { textContent: t }));
  for (const n of all("[data-key]").filter(seen)) {
    const own = n.cloneNode(true);
    all("kbd,.sr", own).forEach((k) => k.remove());
    row(n.dataset.key, n.ariaLabel || n.labels?.[0]?.firstChild.textContent || own.textContent.trim());
  }
  if (rows().length) row("j k", say.rows);
  row("Alt", say.alt);
  row("?", say.help);
  const box = make("input", { type: "checkbox", checked: !off(), onchange: () => store?.setItem("lx:keys", box.checked ? "on" : "off") });
  const d = modal(say.keys, list, make("label", { className: "row-of" }, box, say.on),
    make("div", { className: "actions" }, button(say.close, "", () => d.close())));
};
on("keydown", (e) => {
  if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.isComposing || (!e.altKey && (off() || typing(e)))) return;
  const key = e.altKey ? e.code.replace(/^(Key|Digit)/, "").toLowerCase() : e.key;
  const n = all("[data-key]").find((n) => n.dataset.key == key && seen(n));
  const r = rows();
  if (n) { n.focus(); if (!n.matches(WRITE)) n.click(); }
  else if (key == "?" || key == "slash") keyHelp();
  else if (!e.altKey && r.length && (key == "j" || key == "k")) {
    const i = r.indexOf(document.activeElement) + (key == "j" ? 1 : -1);
    r[Math.max(0, Math.min(i, r.length - 1))].focus();
  } else return;
  e.preventDefault();
});
all("[data-keys]").forEach((n) => { n.hidden = false; n.onclick = keyHelp; });
on("click", (e) => {
  document.getElementById(e.target.closest("[data-open]")?.dataset.open)?.showModal();
  all("details.who[open]").forEach((d) => d.contains(e.target) || (d.open = false));
});
