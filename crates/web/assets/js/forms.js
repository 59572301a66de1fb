// Sending: ask before what cannot be undone, and send once.
on("submit", (e) => {
  const f = e.target, b = e.submitter, ask = b?.dataset.confirm;
  if (f.getAttribute("method") != "post") return;
  if (ask && !b.sure) {
    e.preventDefault();
    const d = modal(ask, make("div", { className: "actions" }, button(say.no, "quiet", () => d.close()),
      button(say.yes, b.matches(".danger") ? "danger" : "main", () => { d.close(); b.sure = 1; f.requestSubmit(b); })));
  } else if (f.sent) e.preventDefault();
  else {
    f.sent = 1;
    if (b) b.ariaDisabled = "true";
    setTimeout(() => fresh(f), 8000);
    leaving(f);
  }
});
const fresh = (f) => { f.sent = 0; all("button", f).forEach((b) => { b.ariaDisabled = null; b.sure = 0; }); };
on("pageshow", () => all("form").forEach(fresh), window);
// Writing: the field grows, the count follows.
const grows = CSS.supports("field-sizing", "content");
const wrote = (t) => {
  const c = document.querySelector(`[data-count="${t.id}"]`);
  if (c) c.textContent = `${t.value.length} / ${t.maxLength}`;
  if (!grows) { t.style.height = "auto"; t.style.height = t.scrollHeight + 2 + "px"; }
};
on("input", (e) => e.target.matches("textarea[data-grow]") && wrote(e.target));
all("textarea[data-grow]").forEach((t) => t.value && wrote(t));
const first = document.querySelector("[data-focus]");
(first?.querySelector("input,textarea") || first)?.focus();
// Enter goes on to the next field, over the rest of its group; Ctrl and Enter send. In a call the hand that
// writes does not look for another key, so there a line break takes Shift.
on("keydown", (e) => {
  const f = e.target.form;
  if (e.key != "Enter" || e.isComposing || e.defaultPrevented || !f?.matches("[data-enter-next]")) return;
  if (e.ctrlKey) f.requestSubmit();
  else if (e.target.matches("input,select,.call textarea") && !e.shiftKey) {
    const fields = [...f.elements].filter((n) => n.type != "hidden" && seen(n) && n.tabIndex >= 0 && n.matches("input,select,textarea,.main"));
    const next = fields.slice(fields.indexOf(e.target)).find((n) => n != e.target && (n.type != "radio" || n.name != e.target.name));
    (fields.find((n) => n.type == "radio" && n.name == next?.name && n.checked) || next)?.focus();
  } else return;
  e.preventDefault();
});
// Files: small pictures before they are sent.
on("change", async (e) => {
  const t = e.target;
  if (!t.matches("[data-preview]")) return;
  const ul = make("ul", { className: "preview" });
  if (t.nextSibling?.className == "preview") t.nextSibling.remove();
  t.after(ul);
  for (const f of t.files) {
    const li = make("li", {}, f.name);
    ul.append(li);
    const p = f.type.startsWith("image/") && (await createImageBitmap(f, { resizeWidth: 176 }).catch(() => 0));
    if (!p) continue;
    const c = make("canvas", { width: p.width, height: p.height });
    c.getContext("2d").drawImage(p, 0, 0);
    li.prepend(c);
  }
});
