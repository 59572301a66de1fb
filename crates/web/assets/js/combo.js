// Finding one of many while typing: the combobox pattern over a list or an address.
const combo = (input, find, pick) => {
  const ul = make("ul", { id: input.id + "-list", role: "listbox", hidden: true });
  const status = make("span", { className: "sr", role: "status" });
  let found = [], at = -1, turn = 0;
  input.after(ul, status);
  Object.assign(input, { role: "combobox", ariaAutoComplete: "list", ariaExpanded: "false", autocomplete: "off" });
  input.setAttribute("aria-controls", ul.id);
  const mark = (i) => {
    at = i;
    [...ul.children].forEach((li, j) => { li.ariaSelected = "" + (j == i); if (j == i) li.scrollIntoView({ block: "nearest" }); });
    input.setAttribute("aria-activedescendant", i < 0 ? "" : ul.id + i);
  };
  const open = (yes) => { ul.hidden = !yes; input.ariaExpanded = "" + yes; if (!yes) mark(-1); };
  const take = (o) => { input.value = o.label; pick(o); open(false); };
  const show = async () => {
    const mine = ++turn, list = await find(input.value.trim());
    if (mine != turn || document.activeElement != input) return;
    found = list.slice(0, 60);
    ul.replaceChildren(...found.map((o, i) => make("li", { id: ul.id + i, role: "option", onmousedown: (e) => { e.preventDefault(); take(o); } },
      o.label, ...(o.hint ? [make("small", { textContent: o.hint })] : []))));
    if (!found.length) ul.append(make("li", { className: "none", textContent: say.none }));
    status.textContent = say.n.replace("{}", found.length);
    open(true);
    mark(found.length ? 0 : -1);
  };
  const soon = later(show, 120);
  on("input", () => { pick(null); soon(); }, input);
  on("click", show, input);
  on("blur", () => { turn++; open(false); pick(); }, input);
  on("keydown", (e) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) ul.hidden ? show() : mark((at + step + found.length) % found.length);
    else if (e.key == "Enter" && !ul.hidden && found[at]) { take(found[at]); if (input.form?.matches("[data-enter-next]")) return; }
    else if (e.key == "Escape" && !ul.hidden) open(false);
    else return;
    e.preventDefault();
  }, input);
};
for (const s of all("select[data-filter]")) {
  const choices = [...s.options].filter((o) => o.value).map((o) => ({ value: o.value, label: o.text, hint: o.dataset.hint }));
  const name = () => (s.value ? s.selectedOptions[0].text : "");
  const input = make("input", { type: "text", id: s.id, value: name(), required: s.required });
  for (const a of ["aria-describedby", "aria-invalid", "data-key"]) if (s.hasAttribute(a)) { input.setAttribute(a, s.getAttribute(a)); s.removeAttribute(a); }
  Object.assign(s, { id: "", required: false, hidden: true });
  s.replaceWith(make("div", { className: "combo" }, input));
  input.after(s);
  combo(input, (q) => {
    const words = q == name() ? [] : q.toLowerCase().split(/\s+/);
    return choices.filter((o) => words.every((w) => (o.label + " " + (o.hint || "")).toLowerCase().includes(w)));
  }, (o) => {
    // Nothing new was chosen: an empty field clears, anything else falls back to what stood there.
    if (o === undefined) { if (!input.value) s.value = ""; input.value = name(); }
    else if (o) { s.value = o.value; s.dispatchEvent(new Event("input", { bubbles: true })); }
  });
}
for (const input of all("input[data-filter][data-src]")) {
  const value = input.parentNode.querySelector("[type=hidden]");
  combo(input, async (q) => {
    const u = new URL(input.dataset.src, location);
    u.searchParams.set("q", q);
    const r = await fetch(u).catch(() => null);
    return r?.ok ? r.json() : [];
  }, (o) => { if (o !== undefined) { value.value = o ? o.value : ""; if (o) input.dispatchEvent(new Event("change", { bubbles: true })); } });
}
