// Pictures in the pocket book: made small on the phone, where nothing of place and camera is left of them; sealed like
// everything else; sent after their visit, piece by piece, going on where it broke off.
const SIDE = 1600, PIECE = 262144;
// Without their bytes, which are read when they are wanted.
const photos = new Map();
const ofVisit = (id) => [...photos.values()].filter((p) => p.visit == id);
const sealedAs = (p) => "photo " + p.id + " " + p.visit;
const size = (all) => (all.reduce((n, p) => n + p.size, 0) / 1048576).toFixed(1) + " MB";

// One at a time, and none for longer than it is drawn: that of a camera unfolds to fifty megabytes.
let turn = Promise.resolve();
const unfolded = (blob, draw) => {
  const done = turn.then(() => createImageBitmap(blob)).then((picture) => {
    try { return draw(picture); } finally { picture.close(); }
  });
  turn = done.catch(() => {});
  return done;
};
const shrink = async (file) => {
  const canvas = await unfolded(file, (picture) => {
    const by = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const canvas = make("canvas", { width: Math.round(picture.width * by), height: Math.round(picture.height * by) });
    const draw = canvas.getContext("2d");
    draw.fillStyle = "white";
    draw.fillRect(0, 0, canvas.width, canvas.height);
    draw.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas;
  });
  const blob = await new Promise((ok) => canvas.toBlob(ok, "image/jpeg", 0.8));
  canvas.width = 0;
  return new Uint8Array(await blob.arrayBuffer());
};

const photoRows = async (p, plain, by) => {
  const { id, visit, size, state } = p, rows = [["photos", id, { id, visit, size, state, said: await answered(p, by) }]];
  if (plain) rows.push(["pixels", id, await sealRaw(sealedAs(p), plain, by)]);
  return rows;
};
const noPhoto = (p) => [["photos", p.id], ["pixels", p.id]];
// What it is and what is on it are there together, or neither is.
const keepPhoto = async (p, plain) => {
  await change(...await photoRows(p, plain));
  photos.set(p.id, p);
};
const photoBox = (id) => ofStore("pixels", (s) => s.get(id));
// None where another page of the book has sent it, and where it cannot be opened.
const photoBytes = async (p) => {
  const box = await photoBox(p.id);
  return box && unsealRaw(sealedAs(p), box).then((b) => new Uint8Array(b), () => null);
};
const dropPhoto = async (p) => {
  await change(...noPhoto(p));
  photos.delete(p.id);
};
const loadPhotos = async () => {
  photos.clear();
  for (const { said, ...p } of await everything("photos")) {
    photos.set(p.id, { ...p, answer: said && await unseal("said " + p.id, said).catch(() => undefined) });
  }
};

// ---- on its way ----------------------------------------------------------------------------------------------
const waitingPhotos = () => [...photos.values()].filter((p) => p.state == "waiting" && visits.get(p.visit)?.state == "taken");
const sendPhoto = async (p) => {
  const plain = await photoBytes(p), at = "/api/liaison/photos/" + p.id;
  if (plain === undefined) return dropPhoto(p);
  // One that cannot be opened keeps none of the others back.
  if (!plain) return keepPhoto({ ...p, state: "refused", answer: { reason: say.photoBad } });
  const sum = [...new Uint8Array(await crypto.subtle.digest("SHA-256", plain))].map((x) => x.toString(16).padStart(2, "0")).join("");
  let have = (await ask(at)).have;
  // Each round brings it on; what does not come to an end is left for later.
  for (let round = 0; round < plain.length / PIECE + 3; round++) {
    // Addresses get into logs: what it is and where it belongs does not stand in them.
    const out = await ask(at, plain.slice(have, have + PIECE),
      { "content-type": "application/octet-stream", "x-visit": p.visit, "x-size": plain.length, "x-sum": sum, "x-from": have });
    have = out.have;
    if (out.outcome == "more") continue;
    if (out.outcome == "refused") await keepPhoto({ ...p, state: "refused", answer: out });
    if (out.outcome == "taken" || out.outcome == "again") {
      const v = visits.get(p.visit);
      // Counted as it goes: a phone that goes off in between would count it twice.
      await keep({ ...v, answer: { ...v.answer, photos: (v.answer?.photos || 0) + 1 } }, ...noPhoto(p));
      photos.delete(p.id);
    }
    return;
  }
};
const sendPhotos = async () => {
  const all = waitingPhotos();
  for (const [i, p] of all.entries()) {
    tell(fill(say.sendingPhoto, i + 1, all.length));
    await sendPhoto(p);
  }
};

// ---- in the form and in the list -----------------------------------------------------------------------------
const photoTold = (text) => {
  $("#photo-told").hidden = !text;
  $("#photo-told").textContent = text;
};
const thumb = async (p, n) => {
  const canvas = make("canvas", { width: 96, height: 72, role: "img", ariaLabel: fill(say.photoNo, n) });
  return unfolded(new Blob([await photoBytes(p) || ""]), (picture) => {
    const by = Math.max(96 / picture.width, 72 / picture.height);
    const w = picture.width * by, h = picture.height * by;
    canvas.getContext("2d").drawImage(picture, (96 - w) / 2, (72 - h) / 2, w, h);
    return canvas;
  }).catch(() => make("span", {}, say.photoBad));
};
const showPhotos = async () => {
  const at = writing, own = ofVisit(at.id), most = mine.photos || 0;
  $("#photos-part").hidden = !most && !own.length;
  $("#photo-field").hidden = own.length >= most;
  const items = [];
  for (const [i, p] of own.entries()) {
    items.push(make("li", {}, make("div", { className: "actions" }, await thumb(p, i + 1), make("span", {}, fill(say.photoNo, i + 1), " · ", size([p])),
      make("button", { type: "button", className: "btn quiet", textContent: say.photoOut, onclick: () => dropPhoto(p).then(showPhotos) }))));
  }
  if (at == writing) $("#f-photos").replaceChildren(...items);
};
const addPhotos = async (input) => {
  const at = writing;
  photoTold("");
  const unkept = (e) => photoTold(e?.name == "QuotaExceededError" ? say.photoFull : say.photoBad);
  try {
    // The visit first, so that no picture is there without one.
    await keepDraft(at);
  } catch (e) {
    return unkept(e);
  }
  for (const file of [...input.files]) {
    if (ofVisit(at.id).length >= mine.photos) {
      photoTold(fill(say.photoMost, mine.photos));
      break;
    }
    try {
      const plain = await shrink(file);
      await keepPhoto({ id: newId(), visit: at.id, size: plain.length, state: "waiting" }, plain);
    } catch (e) {
      unkept(e);
    }
  }
  input.value = "";
  if (at == writing) await showPhotos();
};
const photoLines = (v) => {
  const own = ofVisit(v.id), out = own.filter((p) => p.state == "refused"), left = own.length - out.length;
  return [
    v.answer?.photos ? make("p", {}, fill(say.photosTaken, v.answer.photos)) : "",
    left ? make("p", { className: "quiet" }, fill(say.photosHere, left, size(own.filter((p) => p.state != "refused")))) : "",
    ...out.map((p) => make("div", { className: "actions" }, make("p", { className: "late", textContent: say.photoRefused + inWords(p.answer?.reason) }),
      // Signed in as somebody else, or before there was room for it.
      make("button", { type: "button", className: "btn", textContent: say.onceMore,
        onclick: () => keepPhoto({ ...p, state: "waiting", answer: undefined }).then(list) }),
      make("button", { type: "button", className: "btn quiet", textContent: say.discard, onclick: () => confirm(say.sure) && dropPhoto(p).then(list) }))),
  ];
};
