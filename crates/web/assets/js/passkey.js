// Passkeys: the device is asked, its answer goes into the fields of a form, and the form is sent as any other.
// Stands alone, on the pages that need it; where a browser cannot, the form stays hidden.
const bytes = (s) => Uint8Array.from(atob(s.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (b) => btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
const ask = async (o) => {
  const known = o.known.map((id) => ({ type: "public-key", id: bytes(id) }));
  const challenge = bytes(o.challenge);
  if (!o.user) {
    const publicKey = { challenge, rpId: o.host, allowCredentials: known, userVerification: o.verify, timeout: 120000 };
    const got = await navigator.credentials.get({ publicKey });
    const r = got.response;
    return { credential: got.rawId, client: r.clientDataJSON, data: r.authenticatorData, signature: r.signature };
  }
  const [id, name, displayName] = o.user;
  const made = await navigator.credentials.create({ publicKey: {
    challenge, rp: { id: o.host, name: o.site }, user: { id: bytes(id), name, displayName }, excludeCredentials: known,
    pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key", alg })), attestation: "none", timeout: 120000,
    authenticatorSelection: { residentKey: "preferred", userVerification: o.verify },
  } });
  const r = made.response;
  return { client: r.clientDataJSON, data: r.getAuthenticatorData(), spki: r.getPublicKey() };
};
for (const f of document.querySelectorAll("form[data-passkey]")) {
  const o = JSON.parse(f.dataset.passkey);
  if (!window.PublicKeyCredential || location.origin != o.origin) continue;
  for (let n = f; n; n = n.parentElement) n.hidden = false;
  f.addEventListener("submit", async (e) => {
    if (f.ready) return;
    e.preventDefault();
    e.stopPropagation();
    const failed = f.querySelector("[data-failed]");
    failed.hidden = true;
    try {
      for (const [k, v] of Object.entries(await ask(o))) f.elements[k].value = text(v || new ArrayBuffer(0));
      f.ready = 1;
      f.requestSubmit();
    } catch (error) {
      failed.hidden = false;
    }
  });
}
