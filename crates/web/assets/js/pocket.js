// The pocket book 随身本: my own households on a phone that is without network, sealed under a word that only I know.
// Everything made here has its id and its time from the phone; sent twice it is the same; what is refused stays here.
const $ = (s, e = document) => e.querySelector(s);
const all = (s, e = document) => [...e.querySelectorAll(s)];
const root = $("#pocket");
const say = JSON.parse(root.dataset.say);
const lang = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
const inWords = (t) => (typeof t == "string" ? t : t?.[lang] || t?.zh || "");
const colon = () => inWords({ zh: "：", en: ": " });
const fill = (text, ...values) => values.reduce((t, v) => t.replace("{}", v), text);
const make = (tag, props = {}, ...kids) => {
  const n = Object.assign(document.createElement(tag), props);
  n.append(...kids.filter((k) => k != null && k !== ""));
  return n;
};

// ---- the store: nothing in it can be read without the word --------------------------------------------------
let db, key, mine, gone, csrf = "";
const visits = new Map();
const STORES = ["meta", "visits", "photos", "pixels"];
const openStore = () => new Promise((ok, no) => {
  const r = indexedDB.open("lianxin-pocket", 2);
  r.onupgradeneeded = () => {
    for (const [i, name] of STORES.entries()) {
      if (!r.result.objectStoreNames.contains(name)) r.result.createObjectStore(name, i % 3 ? { keyPath: "id" } : {});
    }
  };
  // Another page of the book holds the older store.
  r.onblocked = () => tell(say.otherTab, "soon");
  r.onsuccess = () => {
    r.result.onversionchange = () => r.result.close();
    ok(r.result);
  };
  r.onerror = () => no(r.error);
});
// Strict: once it says so, it is on the disk, also of a phone that is switched off the next moment.
const act = (store, f, mode = "readwrite") => new Promise((ok, no) => {
  const t = db.transaction(store, mode, { durability: "strict" });
  let r;
  t.oncomplete = () => ok(r?.result);
  t.onabort = () => no(t.error);
  try {
    r = f((name) => t.objectStore(name));
  } catch (e) {
    no(e);
    t.abort();
  }
});
const ofStore = (store, f) => act(store, (at) => f(at(store)), "readonly");
const everything = (store) => ofStore(store, (s) => s.getAll());
const get = (k) => ofStore("meta", (s) => s.get(k));
// Store, key and value of each, without a value to take it away: all of it is there afterwards, or none.
const change = (...all) => act(STORES, (at) => {
  for (const [store, k, v] of all) {
    const s = at(store);
    if (!v) s.delete(k);
    else if (s.keyPath) s.put(v);
    // Of a book that is there already it would lock up everything.
    else if (k == "salt") s.add(v, k);
    else s.put(v, k);
  }
});

const bytes = (t) => new TextEncoder().encode(t);
const chance = (n) => crypto.getRandomValues(new Uint8Array(n));
const ROUNDS = 600000;
const keyOf = async (word, salt) => crypto.subtle.deriveKey(
  { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS },
  await crypto.subtle.importKey("raw", bytes(word.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]),
  { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
// What it is, is bound into the seal, so that nothing can be put in another's place.
const sealRaw = async (what, plain, by = key) => {
  const iv = chance(12);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bytes(what) }, by, plain);
  return { iv, data: new Uint8Array(data) };
};
const unsealRaw = (what, box, by = key) => crypto.subtle.decrypt({ name: "AES-GCM", iv: box.iv, additionalData: bytes(what) }, by, box.data);
const seal = (what, value, by) => sealRaw(what, bytes(JSON.stringify(value)), by);
const unseal = async (what, box, by) => JSON.parse(new TextDecoder().decode(await unsealRaw(what, box, by)));

// Ids are made here, so that what arrives twice is the same thing; they sort by the site's clock.
const newId = () => {
  const b = chance(16);
  for (let t = now(), i = 5; i >= 0; i--, t = Math.floor(t / 256)) b[i] = t % 256;
  b[6] = (b[6] & 15) | 112;
  b[8] = (b[8] & 63) | 128;
  const h = [...b].map((x) => x.toString(16).padStart(2, "0")).join("");
  return [h.slice(0, 8), h.slice(8, 12), h.slice(12, 16), h.slice(16, 20), h.slice(20)].join("-");
};
// By the site's clock, as far as the phone knows it: a phone whose clock is wrong still writes the right day.
const now = () => Date.now() + (mine?.off || 0);
const day = (t) => {
  const d = new Date(t);
  return [d.getFullYear(), d.getMonth() + 1, d.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
};
const when = (t) => new Date(t).toLocaleString(lang == "zh" ? "zh-CN" : "en-GB", { dateStyle: "medium", timeStyle: "short" });

// ---- views ---------------------------------------------------------------------------------------------------
const show = (view) => {
  all("[data-view]").forEach((n) => { n.hidden = n.dataset.view != view; });
  window.scrollTo(0, 0);
  ($("[data-view=" + view + "] [data-focus]") || $("h1"))?.focus?.();
};
const tell = (text, kind = "info", link) => {
  const box = $("#told");
  box.className = "flash " + kind;
  box.replaceChildren(make("span", {}, text, " ", link && make("a", { href: link[0], textContent: link[1] })));
  box.hidden = !text;
};

// Whoever takes along, opens or brings in a book gives the word; the key lives in this page alone.
const word = (form) => form.elements.word.value;
const busy = async (form, f) => {
  const b = $("button[type=submit]", form);
  b.disabled = true;
  try { await f(); } finally { b.disabled = false; form.reset(); }
};

const load = async () => {
  visits.clear();
  for (const row of await everything("visits")) {
    try {
      const answer = row.said && await unseal("said " + row.id, row.said);
      visits.set(row.id, { id: row.id, state: row.state, answer, ...await unseal("visit " + row.id, row.box) });
    } catch { tell(say.damaged, "late"); }
  }
  await loadPhotos();
  const book = await get("mine");
  mine = book && await unseal("mine", book);
  const over = book ? now() > mine.keep_until : await get("until"), old = now() - (mine?.keep_until - mine?.as_of);
  // What the site has goes as the households do; a picture that is still here needs its visit.
  for (const v of visits.values()) {
    if (v.state == "taken" && !ofVisit(v.id).length && (over || (v.answer?.at || 0) < old)) await drop(v.id);
  }
  if (over) {
    mine = null;
    await change(["meta", "mine"]);
  }
  gone = over;
};

const answered = (v, by) => v.answer && seal("said " + v.id, v.answer, by);
// A visit bears the name that the household had on the phone, for when it is no longer there.
const visitRow = async (v, by) => ["visits", v.id,
  { id: v.id, state: v.state, box: await seal("visit " + v.id, { name: v.name, visit: v.visit }, by), said: await answered(v, by) }];
// It is there once it is written; what belongs to it changes with it. One after the other, as it was asked for: a draft
// that is sealed late does not undo what was noted meanwhile.
let kept = Promise.resolve();
const keep = (v, ...more) => {
  const done = kept.then(async () => {
    await change(await visitRow(v), ...more);
    visits.set(v.id, v);
  });
  kept = done.catch(() => {});
  return done;
};
const drop = async (id) => {
  const own = ofVisit(id);
  await change(["visits", id], ...own.flatMap(noPhoto));
  own.forEach((p) => photos.delete(p.id));
  visits.delete(id);
};

// ---- going over the network ----------------------------------------------------------------------------------
const SIGN_IN = ["/sign-in?next=/visits/pocket", say.signIn];
const ask = async (path, body, headers) => {
  const r = await fetch(path, { redirect: "manual", method: body ? "POST" : "GET", body, headers: { accept: "application/json", ...body && { "x-csrf": csrf }, ...headers } });
  if (r.type == "opaqueredirect" || r.status == 401) throw "sign-in";
  if (!r.ok) throw r.status;
  return r.json();
};
const failed = (e) => e instanceof DOMException ? unkept(e) : e == "sign-in" ? tell(say.again, "soon", SIGN_IN) : tell(e instanceof TypeError ? say.noNetwork : say.trouble, "soon");

const take = async (...more) => {
  const sent = Date.now();
  const { csrf: token, ...book } = await ask("/api/liaison/mine");
  csrf = token;
  book.off = book.as_of - sent;
  // A few seconds are the way there and back.
  if (Math.abs(book.off) < 60000) book.off = 0;
  // Until when lies outside of the seal: the households go also from a book that nobody opens any more.
  await change(["meta", "mine", await seal("mine", book)], ["meta", "until", book.keep_until - book.off], ...more);
  mine = book;
};

let sending, again, flying = [], lasting = true;
const ofState = (...states) => [...visits.values()].filter((v) => states.includes(v.state));
const unsent = () => ofState("draft", "waiting", "refused").length;
const send = async () => {
  if (!key) return;
  // What is noted meanwhile goes with the next.
  if (again = sending) return;
  sending = true;
  // What is on its way cannot be changed any more, and what is being changed does not go.
  flying = ofState("waiting").filter((v) => v.id != writing?.id);
  list();
  try {
    await take();
    for (let i = 0; i < flying.length; i += 20) {
      const some = flying.slice(i, i + 20);
      const body = JSON.stringify({ sent_at: Date.now(), visits: some.map((v) => v.visit) });
      const back = await ask("/api/liaison/visits", body, { "content-type": "application/json" });
      for (const out of back.visits) {
        const v = visits.get(out.id);
        // Changed since it was sent, it goes once more.
        if (!v || v.visit != some.find((f) => f.id == out.id).visit || out.outcome == "retry") continue;
        v.state = out.outcome == "refused" ? "refused" : "taken";
        v.answer = { ...out, at: now() };
        await keep(v);
      }
    }
    await sendPhotos();
    // What was promised and asked for stands on the site now.
    if (flying.length) await take();
    const left = ofState("waiting").length + waitingPhotos().length;
    if (Math.abs(mine.off) > 600000) tell(say.clock, "soon");
    else tell(left ? fill(say.left, left) : say.allSent, left ? "soon" : "ok");
  } catch (e) {
    failed(e);
  } finally {
    sending = false;
    flying = [];
    list();
    if (again) send();
  }
};

// ---- the list ------------------------------------------------------------------------------------------------
const head = (h) => h.people.find((p) => p.head)?.name || h.people[0]?.name || h.code;
const standing = (v) => ({ draft: [say.draft, "info"], waiting: [say.waiting, "soon"], taken: [say.taken, "ok"], refused: [say.refused, "late"] })[v.state];
const pill = (v) => make("span", { className: "pill " + standing(v)[1], textContent: standing(v)[0] });

const list = () => {
  const q = $("#find").value.trim();
  const homes = (mine?.households || []).filter((h) => !q || h.code.includes(q) || inWords(h.place).includes(q) || h.people.some((p) => p.name.includes(q)));
  $("#homes").replaceChildren(...homes.map((h) => {
    const own = [...visits.values()].filter((v) => v.visit.household == h.id && v.state != "taken" && !flying.some((f) => f.id == v.id)).pop();
    return make("li", {}, make("div", { className: "card" },
      make("h2", {}, head(h), " ", make("small", { className: "quiet", textContent: h.code })),
      make("p", {}, inWords(h.place), h.address ? " · " + h.address : ""),
      h.people[0]?.phone ? make("p", {}, make("a", { href: "tel:" + h.people[0].phone, textContent: h.people[0].phone })) : "",
      make("p", { className: "quiet", textContent: h.last ? fill(say.last, h.last) : say.never }),
      ...h.promises.map((p) => make("p", {}, make("b", {}, say.promised), p.text, " · ", fill(say.by, p.due))),
      ...h.needs.map((n) => make("p", { className: "quiet" }, n.number, " ", n.title, " · ", inWords(n.state), n.answer ? colon() + n.answer : "")),
      make("div", { className: "actions" },
        make("button", { type: "button", className: "btn main", textContent: own ? say.goOn : say.note, onclick: () => write(h, own) }),
        own ? pill(own) : "")));
  }));
  $("#none").hidden = homes.length > 0;
  const mineTo = mine ? fill(say.keptUntil, when(mine.keep_until)) : gone ? say.over : say.noBook;
  $("#until").textContent = mineTo;
  const made = ofState("waiting", "taken", "refused").reverse();
  $("#made").replaceChildren(...made.map((v) => {
    const h = mine?.households.find((x) => x.id == v.visit.household);
    const why = v.state == "refused" ? [v.answer?.reason, ...(v.answer?.fields || []).map((f) => f.say)].filter(Boolean).map(inWords) : [];
    return make("li", {}, make("div", { className: "card" },
      make("p", {}, make("b", {}, v.name), " · ", v.visit.on, " ", pill(v)),
      ...why.map((t) => make("p", { className: "late", textContent: t })),
      ...photoLines(v),
      ...(v.answer?.needs || []).map((n) => make("p", {}, fill(say.number, n.number, n.code), n.due ? " " + fill(say.by, day(n.due)) : "")),
      v.state == "refused" ? make("div", { className: "actions" },
        h ? make("button", { type: "button", className: "btn", textContent: say.mend, onclick: () => write(h, v) }) : "",
        make("button", { type: "button", className: "btn quiet", textContent: say.discard, onclick: () => confirm(say.sure) && drop(v.id).then(list) })) : ""));
  }));
  $("#made-part").hidden = !made.length;
  const n = unsent();
  $("#may-go").hidden = lasting || !(n + photos.size);
  $("#unsent").textContent = n ? fill(say.unsent, n) : photos.size ? "" : say.nothingUnsent;
  $("#photos-left").hidden = !photos.size;
  $("#photos-left").textContent = photos.size ? fill(say.photosLeft, photos.size, size([...photos.values()])) : "";
};

// ---- one visit -----------------------------------------------------------------------------------------------
let writing = null;
const field = (kind, name, props = {}) => {
  const n = $("#t-" + kind).content.firstElementChild.cloneNode(true);
  const input = $("input,textarea,select", n);
  input.name = name;
  input.id = "p-" + name;
  $("label", n).htmlFor = input.id;
  if (props.label) $("label", n).firstChild.textContent = props.label;
  if (props.value != null) input.value = props.value;
  return n;
};
const options = (legend, name, kind, choices, chosen = []) => make("fieldset", { className: "field" }, make("legend", {}, legend),
  make("div", { className: "options row" }, ...choices.map(([value, label], i) => {
    const input = make("input", { type: kind, name, value, id: "p-" + name + "-" + i, checked: chosen.includes(value) });
    return make("label", { className: "option", htmlFor: input.id }, input, make("span", {}, label));
  })));
const fits = (only, h) => !only.length || only.some((t) => h.tags.includes(t));

const needPart = (h, n, was = {}) => make("div", { className: "stack", id: "need-" + n },
  field("text", `n${n}.text`, { label: say.what, value: was.text }),
  (() => {
    const c = field("class", `n${n}.class`, { value: undefined });
    const s = $("select", c);
    const three = mine.classes.filter(([code]) => code.split(".").length == 3);
    const groups = new Map(mine.classes.filter(([code]) => !code.includes(".")).map(([code, name]) => [code, make("optgroup", { label: inWords(name) })]));
    three.forEach(([code, name]) => groups.get(code.split(".")[0])?.append(make("option", { value: code, textContent: inWords(name) })));
    s.append(...groups.values());
    s.value = was.class || "";
    return c;
  })(),
  h.people.length > 1 ? options(say.who, `n${n}.person`, "radio", h.people.map((p) => [p.id, p.name]), [was.person || h.people[0].id]) : "",
  options(say.consent, `n${n}.consent`, "checkbox", [["yes", say.agreed]], was.consent ? ["yes"] : []),
  options(say.then, `n${n}.then`, "radio", [["pass", say.pass], ["settle", say.settle]], [was.then || "pass"]),
  field("line", `n${n}.answer`, { label: say.how, value: was.answer }),
  options(say.solved, `n${n}.solved`, "radio", [["yes", say.yes], ["no", say.no]], was.solved == null ? [] : [was.solved ? "yes" : "no"]));

const promisePart = (n, was = {}) => make("div", { className: "stack" },
  field("line", `p${n}.text`, { label: say.whatPromised, value: was.text }), field("date", `p${n}.due`, { label: say.byWhen, value: was.due }));

const write = (h, was) => {
  const visit = was?.visit || {};
  writing = { h, was, id: was?.id || newId(), visit, needIds: (visit.needs || []).map((n) => n.id),
    helpIds: Object.fromEntries((visit.helped || []).map((x) => [x.kind + "." + x.item, x.id])), promisedIds: (visit.promised || []).map((p) => p.id) };
  $("#who").textContent = head(h);
  $("#where").textContent = [inWords(h.place), h.address].filter(Boolean).join(" · ");
  const part = (id, ...kids) => { $("#" + id).replaceChildren(...kids); $("#" + id).parentElement.hidden = !kids.length; };
  part("f-promises", ...h.promises.map((p) => {
    const said = (visit.promises || []).find((k) => k.id == p.id) || {};
    return make("div", { className: "stack" },
      options(p.text + " · " + fill(say.by, p.due), "promise." + p.id, "radio", [["kept", say.kept], ["later", say.later], ["cannot", say.cannot]], [said.outcome]),
      field("date", `promise.${p.id}.due`, { label: say.until, value: said.due }),
      field("line", `promise.${p.id}.text`, { label: say.why, value: said.text }));
  }));
  part("f-answers", ...mine.questions.filter((q) => fits(q.only, h)).map((q) => {
    const said = (visit.answers || []).find((a) => a.question == q.id) || {};
    const choices = q.choices.filter((c) => fits(c.only, h)).map((c) => [c.id, inWords(c.name)]);
    return make("div", { className: "stack" },
      choices.length ? options(inWords(q.name) + colon() + inWords(q.ask), "answer." + q.id, "checkbox", choices, said.choices || []) : make("p", {}, make("b", {}, inWords(q.name)), " ", inWords(q.ask)),
      field("line", `answer.${q.id}.text`, { label: say.inWords, value: said.text }));
  }));
  part("f-helped", ...(h.plans || []).flatMap((plan) => plan.items.map((i) => {
    const said = (visit.helped || []).find((x) => x.kind == plan.kind && x.item == i.item);
    return options(inWords(i.name) + " · " + fill(say.by, i.by), `help.${plan.kind}.${i.item}`, "radio",
      [["", say.notThisTime], ...mine.effects.map(([id, name]) => [id, inWords(name)])], [said?.effect || ""]);
  })));
  // Most visits bring neither: each begins with a tap.
  $("#f-needs").replaceChildren(...(visit.needs || []).map((n, i) => needPart(h, i, n)));
  $("#f-promised").replaceChildren(...(visit.promised || []).map((p, i) => promisePart(i, p)));
  const f = $("#visit");
  f.elements.on.value = visit.on || day(now());
  faults([]);
  photoTold("");
  $("#f-photos").replaceChildren();
  showPhotos();
  writing.last = inForm();
  show("visit");
};

// What stands in the form, as the site wants it; what was left alone is left out.
const read = () => {
  const f = $("#visit"), d = new FormData(f), text = (n) => (d.get(n) || "").trim();
  const { h, id, needIds, promisedIds, helpIds } = writing;
  const visit = { id, household: h.id, on: text("on"), seen_at: mine.as_of };
  visit.promises = h.promises.filter((p) => text("promise." + p.id)).map((p) => {
    const outcome = text("promise." + p.id), out = { id: p.id, outcome };
    if (outcome == "later" && text(`promise.${p.id}.due`)) out.due = text(`promise.${p.id}.due`);
    if (text(`promise.${p.id}.text`)) out.text = text(`promise.${p.id}.text`);
    return out;
  });
  visit.answers = mine.questions.map((q) => ({ question: q.id, choices: d.getAll("answer." + q.id), text: text(`answer.${q.id}.text`) }))
    .filter((a) => a.choices.length || a.text);
  visit.helped = (h.plans || []).flatMap((plan) => plan.items.map((i) => ({ kind: plan.kind, item: i.item, effect: text(`help.${plan.kind}.${i.item}`) })))
    .filter((x) => x.effect).map((x) => ({ id: helpIds[x.kind + "." + x.item] ||= newId(), ...x }));
  visit.needs = [];
  for (let n = 0; f.elements[`n${n}.text`]; n++) {
    if (!text(`n${n}.text`)) continue;
    needIds[n] ||= newId();
    const need = { id: needIds[n], text: text(`n${n}.text`), class: text(`n${n}.class`), consent: text(`n${n}.consent`) == "yes", then: text(`n${n}.then`) || "pass" };
    if (text(`n${n}.person`)) need.person = text(`n${n}.person`);
    if (need.then == "settle") {
      need.answer = text(`n${n}.answer`);
      if (text(`n${n}.solved`)) need.solved = text(`n${n}.solved`) == "yes";
    }
    visit.needs.push(need);
  }
  visit.promised = [];
  for (let n = 0; f.elements[`p${n}.text`]; n++) {
    if (!text(`p${n}.text`)) continue;
    promisedIds[n] ||= newId();
    visit.promised.push({ id: promisedIds[n], text: text(`p${n}.text`), due: text(`p${n}.due`) });
  }
  return visit;
};

// What of it was typed: looked at alone, a visit stays what it was.
const inForm = () => JSON.stringify({ ...read(), seen_at: 0 });
const keepDraft = async (at) => {
  const last = inForm();
  await keep({ id: at.id, name: head(at.h), state: "draft", visit: read() });
  // Only now: what could not be kept is tried again when the form is left.
  at.last = last;
};
const isEmpty = (v) => ![v.answers, v.needs, v.promised, v.promises, v.helped, ofVisit(v.id)].some((part) => part.length);

// The same checks as the site makes, as far as a phone can make them: told at once, nothing is lost.
const check = (v) => {
  const out = [];
  const bad = (name, text) => out.push([name, text]);
  if (!v.on || v.on > day(now())) bad("on", say.badDay);
  for (const p of writing.h.promises) {
    const said = v.promises.find((k) => k.id == p.id);
    if (!said) bad("promise." + p.id, fill(say.answerIt, p.text));
    else if (said.outcome == "later" && !said.due) bad(`promise.${p.id}.due`, say.needDay);
    else if (said.outcome != "kept" && !said.text) bad(`promise.${p.id}.text`, say.needWhy);
  }
  v.needs.forEach((n, i) => {
    if (!n.consent) bad(`n${i}.consent`, say.needConsent);
    if (n.then == "settle" && !n.answer) bad(`n${i}.answer`, say.needHow);
  });
  v.promised.forEach((p, i) => { if (!p.due) bad(`p${i}.due`, say.needDay); });
  return out;
};
const faults = (found) => {
  const box = $("#faults");
  box.hidden = !found.length;
  $("ul", box).replaceChildren(...found.map(([name, text]) => {
    const at = $(`#visit [name="${name}"]`);
    return make("li", {}, make("a", { href: "#" + (at?.id || ""), textContent: text, onclick: (e) => { e.preventDefault(); at?.focus(); } }));
  }));
  if (found.length) box.focus();
};

let drafting;
const draft = () => {
  clearTimeout(drafting);
  const at = writing;
  drafting = setTimeout(() => at == writing && keepDraft(at), 300);
};

// ---- taking it out, and in again -----------------------------------------------------------------------------
const b64 = (b) => {
  let t = "";
  for (let i = 0; i < b.length; i += 32768) t += String.fromCharCode(...b.subarray(i, i + 32768));
  return btoa(t);
};
const raw = (t) => Uint8Array.from(atob(t), (c) => c.charCodeAt(0));
const packed = (box) => box && { iv: b64(box.iv), data: b64(box.data) };
const unpacked = (box) => box && { iv: raw(box.iv), data: raw(box.data) };
const download = async () => {
  const rows = await everything("visits");
  const book = { pocket: 1, salt: b64(await get("salt")), check: packed(await get("check")),
    visits: rows.map((r) => ({ id: r.id, state: r.state, box: packed(r.box), said: packed(r.said) })) };
  // Picture by picture, so that no phone has to hold all of them twice.
  const parts = [JSON.stringify(book).slice(0, -1), `,"photos":[`];
  for (const [i, p] of (await everything("photos")).entries()) {
    parts.push(i ? "," : "", JSON.stringify({ ...p, said: packed(p.said), box: packed(await photoBox(p.id)) }));
  }
  parts.push("]}");
  const a = make("a", { download: `lianxin-${day(now())}.json`, href: URL.createObjectURL(new Blob(parts, { type: "application/json" })) });
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 1000);
  tell(say.saved, "ok");
};
// What is in a file, as it is kept here, and how much of it cannot be opened. Nothing of it is written yet.
const opening = async (file, secret) => {
  const book = JSON.parse(await file.text());
  if (book.pocket != 1) throw "format";
  const by = await keyOf(secret, raw(book.salt)), to = key || by, all = [], known = new Set(visits.keys());
  await unseal("check", unpacked(book.check), by);
  if (!key) all.push(["meta", "salt", raw(book.salt)], ["meta", "check", unpacked(book.check)]);
  let bad = 0;
  const each = async (list = [], here, f) => {
    for (const r of list.filter((r) => !here.has(r.id))) {
      try {
        await f(r, r.said && await unseal("said " + r.id, unpacked(r.said), by));
      } catch {
        bad++;
      }
    }
  };
  await each(book.visits, visits, async ({ id, state, box }, answer) => {
    all.push(await visitRow({ id, state, answer, ...await unseal("visit " + id, unpacked(box), by) }, to));
    known.add(id);
  });
  await each(book.photos, photos, async ({ id, visit, size, state, box }, answer) => {
    if (!known.has(visit)) throw "visit";
    all.push(...await photoRows({ id, visit, size, state, answer }, await unsealRaw(sealedAs({ id, visit }), unpacked(box), by), to));
  });
  return { all, bad, to };
};

// ---- what can be pressed -------------------------------------------------------------------------------------
const on = (s, t, f) => all(s).forEach((n) => n.addEventListener(t, (e) => { if (t == "submit") e.preventDefault(); Promise.resolve(f(e)).catch(unkept); }));
// It is locked by now, on another page.
const unkept = (e) => e?.name == "ConstraintError" ? location.reload() : tell(e?.name == "QuotaExceededError" ? say.photoFull : say.notKept, "late");
const opened = async () => {
  await load();
  list();
  show("list");
  if (navigator.onLine) send();
  // What no browser promises to keep, and what fills its room, is better in a file as well.
  const of = navigator.storage, { usage, quota } = await of?.estimate?.() || {};
  lasting = !!await of?.persist?.() && !(usage > quota * 0.8);
  list();
};
on("#make", "submit", (e) => busy(e.target, async () => {
  tell("");
  if (word(e.target).length < 6) return tell(say.short, "late");
  if (word(e.target) != e.target.elements.again.value) return tell(say.differ, "late");
  const salt = chance(16), made = await keyOf(word(e.target), salt);
  try {
    key = made;
    await take(["meta", "salt", salt], ["meta", "check", await seal("check", "lianxin")]);
  } catch (error) {
    key = null;
    return failed(error);
  }
  await opened();
}));
on("#open", "submit", (e) => busy(e.target, async () => {
  tell("");
  const tried = await keyOf(word(e.target), await get("salt"));
  try {
    await unseal("check", await get("check"), tried);
  } catch {
    return tell(say.wrong, "late");
  }
  key = tried;
  await opened();
}));
on("form.bring", "submit", (e) => busy(e.target, async () => {
  let found;
  try {
    found = await opening(e.target.elements.file.files[0], word(e.target));
  } catch {
    return tell(say.notRead, "late");
  }
  // At once: a phone that goes off meanwhile has all of it, or what it had.
  await change(...found.all);
  key = found.to;
  $("#brought").hidden = !found.bad;
  $("#brought").textContent = fill(say.broughtBad, found.bad);
  await opened();
}));
on("#visit", "submit", async () => {
  const visit = read(), found = check(visit);
  faults(found);
  if (found.length) return;
  clearTimeout(drafting);
  await keep({ id: visit.id, name: head(writing.h), state: "waiting", visit: { ...visit, device_at: Date.now() } });
  writing = null;
  list();
  show("list");
  tell(say.noted, "ok");
  if (navigator.onLine) send();
});
on("#visit", "input", draft);
on("#back", "click", async () => {
  clearTimeout(drafting);
  const at = writing;
  if (inForm() != at.last) await keepDraft(at);
  if (!at.was && isEmpty(read())) await kept.then(() => drop(at.id));
  writing = null;
  list();
  show("list");
  if (navigator.onLine && ofState("waiting").length) send();
});
const add = (into, part, name) => {
  const n = $(into).children.length;
  $(into).append(part(n));
  $(`[name="${name}${n}.text"]`).focus();
};
on("#more", "click", () => add("#f-needs", (n) => needPart(writing.h, n), "n"));
on("#promise", "click", () => add("#f-promised", (n) => promisePart(n), "p"));
on("#find", "input", list);
on("#photo", "change", (e) => addPhotos(e.target));
on("#send", "click", send);
on("#download", "click", download);
on("#lock", "click", () => location.reload());
on("#destroy", "click", async () => {
  const n = unsent() + photos.size;
  if (!confirm(n ? fill(say.destroyUnsent, n) : say.destroySure)) return;
  db.close();
  indexedDB.deleteDatabase("lianxin-pocket");
  location.reload();
});
addEventListener("online", () => key && send());
addEventListener("offline", () => tell(say.offline, "info"));

if (!crypto.subtle || !window.indexedDB) {
  tell(say.cannotHere, "late");
} else {
  navigator.serviceWorker?.register("/visits/sw.js", { scope: "/visits" });
  try {
    db = await openStore();
    if (Date.now() > await get("until")) await change(["meta", "mine"]);
    show(await get("salt") ? "locked" : "new");
  } catch {
    tell(say.cannotHere, "late");
  }
}
