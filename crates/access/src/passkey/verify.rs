//! Reading and checking what a device answers (WebAuthn Level 2, 7.1 and 7.2), as pure functions.
//!
//! No attestation is asked for, so a new key comes as the browser reads it out of the device's answer
//! (SubjectPublicKeyInfo): nothing signed says more about it in either form, and no CBOR has to be read.

use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use sha2::{Digest, Sha256};

/// The site that a passkey is asked for at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Here {
    /// Such as `https://lx.example`.
    pub origin: String,
    /// Its name alone: what a passkey is made for.
    pub host: String,
}

/// What the device asserts about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asserted {
    /// The device made sure who holds it: a PIN, a finger, a face.
    pub verified: bool,
    /// How often it has signed, where it counts.
    pub counter: u32,
    /// The name of a new key.
    pub credential: Option<Vec<u8>>,
}

/// The challenge in the browser's own account of what happened, when that is of this `kind`
/// (`webauthn.create`, `webauthn.get`) and of this site.
pub(crate) fn challenge_in(client: &[u8], kind: &str, here: &Here) -> Option<Vec<u8>> {
    use base64::Engine as _;
    let said: serde_json::Value = serde_json::from_slice(client).ok()?;
    let is = |name: &str, wanted: &str| said.get(name).and_then(|v| v.as_str()) == Some(wanted);
    let framed = said.get("crossOrigin").and_then(serde_json::Value::as_bool).unwrap_or(false);
    if !is("type", kind) || !is("origin", &here.origin) || framed {
        return None;
    }
    let challenge = said.get("challenge")?.as_str()?;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(challenge).ok()
}

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const NEW_KEY: u8 = 0x40;

/// Reads the authenticator data, when it is of this host and somebody was there.
pub(crate) fn asserted(data: &[u8], host: &str) -> Option<Asserted> {
    let (about, rest) = data.split_at_checked(32)?;
    let (flags, rest) = rest.split_first()?;
    let (counter, rest) = rest.split_first_chunk::<4>()?;
    if about != Sha256::digest(host.as_bytes()).as_slice() || flags & PRESENT == 0 {
        return None;
    }
    let credential = if flags & NEW_KEY == 0 {
        None
    } else {
        // Which model of device it is (16 bytes) is none of our business.
        let (_, rest) = rest.split_at_checked(16)?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length));
        Some(rest.get(..length).filter(|id| (1..=1023).contains(&id.len()))?.to_vec())
    };
    Some(Asserted { verified: flags & VERIFIED != 0, counter: u32::from_be_bytes(*counter), credential })
}

/// Whether the key signed the data together with the browser's account.
pub(crate) fn signed(spki: &[u8], data: &[u8], client: &[u8], signature: &[u8]) -> bool {
    let Some((algorithm, key)) = key_in(spki) else { return false };
    let message = [data, Sha256::digest(client).as_slice()].concat();
    UnparsedPublicKey::new(algorithm, key).verify(&message, signature).is_ok()
}

/// Whether we can check what this key signs.
pub(crate) fn is_key(spki: &[u8]) -> bool {
    key_in(spki).is_some()
}

/// `SEQUENCE { SEQUENCE { OID id-ecPublicKey, OID prime256v1 }, BIT STRING }` up to the point (RFC 5480).
const P256: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// `SEQUENCE { SEQUENCE { OID id-Ed25519 }, BIT STRING }` up to the key (RFC 8410).
const ED: &[u8] = &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// `SEQUENCE { OID rsaEncryption, NULL }` (RFC 3279), as older Windows machines make them.
const RSA: &[u8] =
    &[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

fn key_in(spki: &[u8]) -> Option<(&'static dyn VerificationAlgorithm, &[u8])> {
    if let Some(point) = spki.strip_prefix(P256) {
        return (point.len() == 65 && point[0] == 4).then_some((&ECDSA_P256_SHA256_ASN1, point));
    }
    if let Some(key) = spki.strip_prefix(ED) {
        return (key.len() == 32).then_some((&ED25519, key));
    }
    let (inner, rest) = element(spki, 0x30)?;
    let bits = inner.strip_prefix(RSA).filter(|_| rest.is_empty())?;
    let (key, rest) = element(bits, 0x03)?;
    let key = key.strip_prefix(&[0]).filter(|k| rest.is_empty() && (256..=1100).contains(&k.len()))?;
    Some((&RSA_PKCS1_2048_8192_SHA256, key))
}

/// One DER element with this tag: what it holds, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (head, rest) = der.split_first_chunk::<2>()?;
    let (length, rest) = match *head {
        [t, _] if t != tag => return None,
        [_, short @ 0..=127] => (usize::from(short), rest),
        [_, 0x81] => rest.split_first().map(|(l, r)| (usize::from(*l), r))?,
        [_, 0x82] => rest.split_first_chunk::<2>().map(|(l, r)| (usize::from(u16::from_be_bytes(*l)), r))?,
        _ => return None,
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};

    fn here() -> Here {
        Here { origin: "https://lx.example".into(), host: "lx.example".into() }
    }

    fn data(host: &str, flags: u8, rest: &[u8]) -> Vec<u8> {
        let mut out = Sha256::digest(host.as_bytes()).to_vec();
        out.push(flags);
        out.extend([0, 0, 0, 9]);
        out.extend(rest);
        out
    }

    #[test]
    fn signatures_of_both_kinds_of_key_are_checked_to_the_last_bit() {
        let (random, client) = (SystemRandom::new(), b"{\"type\":\"webauthn.get\"}");
        let data = data("lx.example", PRESENT, &[]);
        let message = [data.as_slice(), Sha256::digest(client).as_slice()].concat();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let ec = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).unwrap();
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
        let ed = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
        for (spki, signature) in [
            ([P256, ec.public_key().as_ref()].concat(), ec.sign(&random, &message).unwrap()),
            ([ED, ed.public_key().as_ref()].concat(), ed.sign(&message)),
        ] {
            assert!(is_key(&spki) && signed(&spki, &data, client, signature.as_ref()));
            for i in 0..data.len() {
                let mut bent = data.clone();
                bent[i] ^= 1;
                assert!(!signed(&spki, &bent, client, signature.as_ref()), "byte {i}");
            }
            assert!(!signed(&spki, &data, b"{}", signature.as_ref()));
            assert!(!signed(&spki[1..], &data, client, signature.as_ref()));
            assert!(!signed(&spki, &data, client, &signature.as_ref()[1..]));
        }
        // One key's signature is not the other's.
        let other = [ED, &[7u8; 32]].concat();
        assert!(!signed(&other, &data, client, ed.sign(&message).as_ref()));
    }

    #[test]
    fn a_signature_of_rsa_is_checked_to_the_last_bit() {
        use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
        // Made for the tests and used nowhere else: ring makes no RSA keys.
        let rsa = RsaKeyPair::from_pkcs8(include_bytes!("../../tests/house/rsa-2048.pk8")).unwrap();
        let wrapped =
            |tag: u8, inner: &[u8]| [&[tag, 0x82][..], &(inner.len() as u16).to_be_bytes(), inner].concat();
        let bits = wrapped(0x03, &[&[0][..], rsa.public().as_ref()].concat());
        let spki = wrapped(0x30, &[RSA, &bits].concat());
        let client = b"{\"type\":\"webauthn.get\"}";
        let data = data("lx.example", PRESENT | VERIFIED, &[]);
        let message = [data.as_slice(), Sha256::digest(client).as_slice()].concat();
        let mut signature = vec![0; rsa.public().modulus_len()];
        rsa.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &message, &mut signature).unwrap();
        assert!(is_key(&spki) && signed(&spki, &data, client, &signature));
        for at in 0..signature.len() {
            let mut bent = signature.clone();
            bent[at] ^= 1;
            assert!(!signed(&spki, &data, client, &bent), "byte {at} of the signature");
        }
        for at in 0..data.len() {
            let mut bent = data.clone();
            bent[at] ^= 1;
            assert!(!signed(&spki, &bent, client, &signature), "byte {at} of the data");
        }
        assert!(!signed(&spki, &data, b"{}", &signature) && !signed(&spki[1..], &data, client, &signature));
        // Another modulus.
        let mut other = spki.clone();
        let at = other.len() - 40;
        other[at] ^= 1;
        assert!(!signed(&other, &data, client, &signature));
    }

    #[test]
    fn a_key_of_rsa_is_taken_out_of_its_wrapping() {
        let inner = vec![0x30; 270];
        let bits = [&[0x03, 0x82, 0x01, 0x0f, 0x00][..], &inner].concat();
        let body = [RSA, &bits].concat();
        let spki = [&[0x30, 0x82][..], &(body.len() as u16).to_be_bytes(), &body].concat();
        assert!(key_in(&spki).is_some_and(|(_, key)| key == inner));
        for bad in [&spki[..spki.len() - 1], &[spki.as_slice(), b"x"].concat(), b"", &[0x30, 0x84, 0, 0]] {
            assert!(!is_key(bad));
        }
    }

    #[test]
    fn the_answer_counts_for_this_site_and_only_when_somebody_was_there() {
        let name = [&[0u8; 16][..], &[0, 3], b"key", b"\xa5..."].concat();
        let new = asserted(&data("lx.example", PRESENT | VERIFIED | NEW_KEY, &name), "lx.example").unwrap();
        assert_eq!(new, Asserted { verified: true, counter: 9, credential: Some(b"key".to_vec()) });
        let plain = asserted(&data("lx.example", PRESENT, &[]), "lx.example").unwrap();
        assert!(!plain.verified && plain.credential.is_none());
        assert!(asserted(&data("evil.example", PRESENT, &[]), "lx.example").is_none());
        assert!(asserted(&data("lx.example", VERIFIED, &[]), "lx.example").is_none());
        assert!(asserted(&data("lx.example", PRESENT | NEW_KEY, &name[..20]), "lx.example").is_none());
        assert!(asserted(&data("lx.example", PRESENT, &[])[..36], "lx.example").is_none());
    }

    #[test]
    fn the_browser_has_to_say_that_it_was_here() {
        let said = |kind: &str, origin: &str, more: &str| {
            let text =
                format!("{{\"type\":\"{kind}\",\"challenge\":\"YWJj\",\"origin\":\"{origin}\"{more}}}");
            challenge_in(text.as_bytes(), "webauthn.get", &here())
        };
        assert_eq!(said("webauthn.get", "https://lx.example", "").unwrap(), b"abc");
        assert_eq!(said("webauthn.get", "https://lx.example", ",\"crossOrigin\":false").unwrap(), b"abc");
        assert!(said("webauthn.create", "https://lx.example", "").is_none());
        assert!(said("webauthn.get", "https://lx.example.evil", "").is_none());
        assert!(said("webauthn.get", "http://lx.example", "").is_none());
        assert!(said("webauthn.get", "https://lx.example", ",\"crossOrigin\":true").is_none());
        assert!(challenge_in(b"rubbish", "webauthn.get", &here()).is_none());
    }
}
