"use strict";
// Checks a receipt, or the proof that one head's tree is the beginning of another's, without any server:
// SHA-256 and Ed25519 are the browser's own. The same steps are in the program: lianxin verify-receipt.
(() => {
  const at = (id) => document.getElementById(id);
  const zh = document.documentElement.lang.startsWith("zh");
  const say = (chinese, english) => (zh ? chinese : english);
  const bytes = (text) => new TextEncoder().encode(text);
  const hex = (data) => Array.from(data, (b) => b.toString(16).padStart(2, "0")).join("");
  const unhex = (text) => Uint8Array.from(text.match(/../g) || [], (two) => parseInt(two, 16));
  const unbase = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const join = (parts) => {
    const out = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
    let from = 0;
    for (const p of parts) {
      out.set(p, from);
      from += p.length;
    }
    return out;
  };
  const same = (a, b) => a.length === b.length && hex(a) === hex(b);
  const sha = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", join(parts)));
  // RFC 6962, section 2.1: a leaf begins with 0, a node with 1.
  const leafOf = (data) => sha([0], data);
  const nodeOf = (left, right) => sha([1], left, right);

  async function includes(leaf, index, size, path, root) {
    if (index >= size) {
      return false;
    }
    let place = index;
    let last = size - 1n;
    let hash = leaf;
    for (const p of path) {
      if (last === 0n) {
        return false;
      }
      if (place & 1n || place === last) {
        hash = await nodeOf(p, hash);
        while (!(place & 1n) && place !== 0n) {
          place >>= 1n;
          last >>= 1n;
        }
      } else {
        hash = await nodeOf(hash, p);
      }
      place >>= 1n;
      last >>= 1n;
    }
    return last === 0n && same(hash, root);
  }

  async function grows(from, to, path) {
    if (from.size === 0n || from.size > to.size) {
      return false;
    }
    if (from.size === to.size) {
      return path.length === 0 && same(from.root, to.root);
    }
    const rest = path.slice();
    const whole = (from.size & (from.size - 1n)) === 0n;
    const first = whole ? from.root : rest.shift();
    if (!first) {
      return false;
    }
    let place = from.size - 1n;
    let last = to.size - 1n;
    while (place & 1n) {
      place >>= 1n;
      last >>= 1n;
    }
    let older = first;
    let newer = first;
    for (const p of rest) {
      if (last === 0n) {
        return false;
      }
      if (place & 1n || place === last) {
        older = await nodeOf(p, older);
        newer = await nodeOf(p, newer);
        while (!(place & 1n) && place !== 0n) {
          place >>= 1n;
          last >>= 1n;
        }
      } else {
        newer = await nodeOf(newer, p);
      }
      place >>= 1n;
      last >>= 1n;
    }
    return last === 0n && same(older, from.root) && same(newer, to.root);
  }

  // The bytes of an event: a version and eight fields, each after its length.
  function eventOf(data) {
    if (data[0] !== 1) {
      return null;
    }
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    const fields = [];
    let from = 1;
    while (from < data.length) {
      const length = view.getUint32(from);
      from += 4;
      if (from + length > data.length) {
        return null;
      }
      fields.push(data.subarray(from, from + length));
      from += length;
    }
    if (fields.length !== 8) {
      return null;
    }
    const text = (f) => new TextDecoder("utf-8", { fatal: true }).decode(f);
    const number = (f) => new DataView(f.buffer, f.byteOffset, f.length).getBigInt64(0);
    return { kind: text(fields[1]), seq: number(fields[3]), at: number(fields[4]), payload: JSON.parse(text(fields[7])) };
  }

  // A signed head: origin, size, root, time and more, an empty line, signatures.
  function noteOf(note) {
    const cut = note.indexOf("\n\n");
    if (cut < 0) {
      return null;
    }
    const text = note.slice(0, cut + 1);
    const lines = text.split("\n");
    if (!/^(0|[1-9][0-9]*)$/.test(lines[1]) || !/^time [0-9]+$/.test(lines[3] || "")) {
      return null;
    }
    const signatures = note.slice(cut + 2).split("\n").filter((l) => l.startsWith("— ")).map((l) => l.slice(2).split(" "));
    return { origin: lines[0], size: BigInt(lines[1]), root: unbase(lines[2]), time: Number(lines[3].slice(5)), text, signatures };
  }

  // A public key: its name, four bytes of its hash, and the key after the number of Ed25519.
  async function keyOf(text) {
    const parts = text.trim().match(/^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/);
    if (!parts) {
      return null;
    }
    const data = unbase(parts[3]);
    const id = (await sha(bytes(`${parts[1]}\n`), data)).slice(0, 4);
    return data.length === 33 && data[0] === 1 && hex(id) === parts[2] ? { name: parts[1], id, data: data.slice(1) } : null;
  }

  async function signed(note, key) {
    const head = noteOf(note);
    if (!head || head.origin !== key.name) {
      return null;
    }
    const door = await crypto.subtle.importKey("raw", key.data, { name: "Ed25519" }, false, ["verify"]);
    for (const [name, encoded] of head.signatures) {
      const data = unbase(encoded || "");
      const ours = name === key.name && data.length === 68 && same(data.slice(0, 4), key.id);
      if (ours && (await crypto.subtle.verify({ name: "Ed25519" }, door, data.slice(4), bytes(head.text)))) {
        return head;
      }
    }
    return null;
  }

  const when = (ms) => new Date(Number(ms)).toLocaleString(zh ? "zh-CN" : "en-GB");
  // What cannot be read does not hold.
  const held = async (look) => {
    try {
      return Boolean(await look());
    } catch (fault) {
      return false;
    }
  };

  async function check(file, trusted) {
    const steps = [];
    const facts = [];
    const step = (good, chinese, english) => steps.push([good, say(chinese, english)]);
    const key = await signer(step, trusted, file.key || (file.sealed || {}).key || "");
    if (file.format === "lianxin-consistency-1") {
      step(true, "是一份一致性证明", "It is a proof of consistency");
      const [from, to] = [key && (await signed(file.from, key)), key && (await signed(file.to, key))];
      step(Boolean(from), "较早的树头是用这把公钥签的", "The older head is signed with this key");
      step(Boolean(to), "较新的树头是用这把公钥签的", "The newer head is signed with this key");
      step(await held(() => from && to && grows(from, to, file.path.map(unbase))), "较新的树只是在较早的树后面接着长", "The newer tree only adds to the older one");
      if (from && to) {
        facts.push([say("较早", "Older"), say(`${from.size} 条，${when(from.time)}`, `${from.size} records, ${when(from.time)}`)]);
        facts.push([say("较新", "Newer"), say(`${to.size} 条，${when(to.time)}`, `${to.size} records, ${when(to.time)}`)]);
      }
      return { steps, facts };
    }
    step(file.format === "lianxin-receipt-1", "是一张回执", "It is a receipt");
    const data = unbase(file.event || "");
    const leaf = await leafOf(data);
    step(hex(leaf) === String(file.leaf).toLowerCase(), "登记内容与封存码一致", "The record has the hash that is its seal code");
    let event = null;
    const first = await held(() => {
      event = eventOf(data);
      return event && event.kind === "request" && event.seq === 1n && event.payload.number === file.number;
    });
    step(first, "登记的就是这个编号", "The record is that of this number");
    if (event) {
      facts.push([say("编号", "Number"), String(event.payload.number)], [say("登记时间", "Registered"), when(event.at)]);
    }
    if (file.text) {
      const words = await held(async () => {
        const bound = await sha(bytes("lianxin-commitment-1\0"), unhex(file.text.salt), bytes(file.text.words));
        return file.text.salt.length === 32 && `c1:${hex(bound)}` === event.payload.text;
      });
      step(words, "登记时说的就是这些话", "These are the words that were registered");
      facts.push([say("登记的话", "The words"), file.text.words]);
    }
    if (!file.sealed) {
      step(null, "还没有封存，稍后再下载一次", "It is not sealed yet: download it again later");
      return { steps, facts };
    }
    const head = await (async () => (key ? signed(file.sealed.head, key) : null))().catch(() => null);
    step(Boolean(head), "树头是用这把公钥签的", "The head is signed with this key");
    const stands = await held(() => head && includes(leaf, BigInt(file.sealed.index), head.size, file.sealed.path.map(unbase), head.root));
    step(stands, "这条登记确实在封存的树里", "The record stands in the sealed tree");
    if (head) {
      facts.push([say("封存", "Sealed"), say(`${when(head.time)}，共 ${head.size} 条`, `${when(head.time)}, ${head.size} records in all`)]);
    }
    return { steps, facts };
  }

  async function signer(step, trusted, text) {
    const inside = await keyOf(text).catch(() => null);
    if (!trusted.trim()) {
      return inside;
    }
    const known = await keyOf(trusted).catch(() => null);
    if (!known) {
      step(false, "上面填的公钥读不懂", "The public key above cannot be read");
      return inside;
    }
    if (text) {
      step(Boolean(inside) && same(inside.data, known.data) && inside.name === known.name, "签名公钥就是上面那一把", "The key is the one above");
    }
    return known;
  }

  const element = (name, text, kind) => {
    const out = document.createElement(name);
    out.textContent = text;
    if (kind) {
      out.className = kind;
    }
    return out;
  };

  // `kind` is ok, soon or late, as everywhere on the site.
  function show(verdict, kind, steps, facts) {
    const told = element("div", "", `flash ${kind}`);
    told.setAttribute("role", "status");
    told.append(element("b", verdict));
    const list = element("ul", "", "told");
    for (const [good, text] of steps) {
      const word = good === null ? say("未定", "open") : good ? say("成立", "holds") : say("不成立", "does not hold");
      const item = element("li", "", good === null ? "open" : good ? "good" : "bad");
      item.append(element("b", `${good === null ? "–" : good ? "✓" : "✗"} ${text}`), element("span", word));
      list.append(item);
    }
    const rows = element("dl", "", "facts");
    for (const [name, value] of facts) {
      const row = document.createElement("div");
      row.append(element("dt", name), element("dd", value));
      rows.append(row);
    }
    at("found").replaceChildren(told, list, rows);
    at("found").hidden = false;
  }

  // Why this browser cannot check; nothing where it can.
  async function lacking() {
    if (!window.crypto || !crypto.subtle) {
      return say(
        "这个网址不是 https，浏览器不提供校验功能。请点“保存核对页”，用保存下来的文件打开再核对。",
        "This address is not https, so the browser offers no checking. Save this page as a file, open that, and check there.");
    }
    try {
      await crypto.subtle.importKey("raw", new Uint8Array(32), { name: "Ed25519" }, false, ["verify"]);
    } catch (fault) {
      // Any other fault says that the algorithm is known.
      if (fault.name === "NotSupportedError" || fault.name === "SyntaxError") {
        return say(
          "这个浏览器不认识 Ed25519 签名，没法核对。请换用新版的 Chrome、Edge、Firefox 或 Safari，或者用命令 lianxin verify-receipt。",
          "This browser does not know Ed25519 signatures. Use a current Chrome, Edge, Firefox or Safari, or the command lianxin verify-receipt.");
      }
    }
    return "";
  }

  async function run(text) {
    const lack = await lacking();
    if (lack) {
      show(lack, "late", [], []);
      return;
    }
    let file = null;
    try {
      file = JSON.parse(text);
    } catch (fault) {
      file = null;
    }
    if (!file || typeof file !== "object" || !String(file.format).startsWith("lianxin-")) {
      show(say("这不是回执文件，也不是一致性证明。", "This is neither a receipt nor a proof of consistency."), "late", [], []);
      return;
    }
    const { steps, facts } = await check(file, at("key").value).catch(() => ({ steps: [[false, say("文件内容读不懂", "The file cannot be read")]], facts: [] }));
    const bad = steps.some(([good]) => good === false);
    const open = steps.some(([good]) => good === null);
    const verdict = bad
      ? say("不成立：文件被改过，或者不是这个平台的。", "It does not hold: the file was changed, or is not of this site.")
      : open
        ? say("内容没有被改过，但还没有封存。", "Nothing was changed, but it is not sealed yet.")
        : say("成立：登记在案，没有被改过。", "It holds: it is on record, and nothing was changed.");
    show(verdict, bad ? "late" : open ? "soon" : "ok", steps, facts);
  }

  // The same file chosen again is checked again.
  at("file").addEventListener("click", () => {
    at("file").value = "";
  });
  at("file").addEventListener("change", async () => {
    const [chosen] = at("file").files;
    if (chosen) {
      at("text").value = await chosen.text();
      run(at("text").value);
    }
  });
  at("go").addEventListener("click", () => run(at("text").value));
  lacking().then((lack) => {
    if (lack) {
      show(lack, "late", [], []);
    }
  });
})();
