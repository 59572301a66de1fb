// Comfort only: every page works without this. The parts are joined into one module.
const all = (s, e = document) => [...e.querySelectorAll(s)];
const on = (t, f, e = document) => e.addEventListener(t, f);
const say = JSON.parse(document.body.dataset.say || "{}");
const make = (tag, props, ...kids) => {
  const n = Object.assign(document.createElement(tag), props);
  n.append(...kids);
  return n;
};
const later = (f, ms) => {
  let t;
  return () => { clearTimeout(t); t = setTimeout(f, ms); };
};
// Some browsers forbid storage by throwing.
const store = (() => { try { return localStorage; } catch { return null; } })();
const modal = (title, ...kids) => {
  const d = make("dialog", { ariaLabel: title }, make("h2", { textContent: title }), ...kids);
  on("close", () => d.remove(), d);
  document.body.append(d);
  d.showModal();
  return d;
};
const button = (text, kind, click) => make("button", { type: "button", className: "btn " + kind, textContent: text, onclick: click });
