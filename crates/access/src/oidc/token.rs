//! Reading and checking an ID token (OpenID Connect Core 1.0, 3.1.3.7; RFC 7515, 7517, 7518), as pure
//! functions over its text, the provider's keys, and the time.
//!
//! Two algorithms are understood, both with keys of which the provider publishes one half. `none`, and the
//! HS family, where whoever checks could sign as well, are no algorithms here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::Timestamp;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// By how much clocks may differ, in milliseconds.
const LEEWAY: i64 = 60_000;
/// The longest token that is looked at.
const LONGEST: usize = 32 << 10;

/// The provider's keys (RFC 7517).
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Keys {
    #[serde(default)]
    keys: Vec<Key>,
}

/// One of them, as far as it concerns signatures. What is of another kind stays unread.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Key {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: String,
    n: String,
    e: String,
    x: String,
    y: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Rs256,
    Es256,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

/// What the token has to say.
pub(crate) struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    pub access_token: Option<&'a str>,
    pub now: Timestamp,
}

/// Why a token does not count: for the log, in English; never a word out of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    Shape,
    Algorithm,
    UnknownKey,
    Signature,
    Issuer,
    Audience,
    Expired,
    NotYet,
    Nonce,
    AtHash,
    Subject,
}

/// What a good token says.
#[derive(Clone, Debug)]
pub(crate) struct Claims {
    /// By what the provider names the person, for ever.
    pub subject: String,
    all: Map<String, Value>,
}

impl Claims {
    /// A claim that is text; nothing where it is empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.all.get(name).and_then(Value::as_str).map(str::trim).filter(|t| !t.is_empty())
    }

    /// Whether a claim is plainly `true`.
    pub fn affirms(&self, name: &str) -> bool {
        self.all.get(name).is_some_and(|v| *v == Value::Bool(true) || v == "true")
    }

    /// Whether `acr` or `amr` hold one of these.
    pub fn vouches(&self, values: &[String]) -> bool {
        let is = |v: &Value| v.as_str().is_some_and(|v| values.iter().any(|w| w == v));
        let amr = self.all.get("amr").and_then(Value::as_array);
        self.all.get("acr").is_some_and(is) || amr.is_some_and(|all| all.iter().any(is))
    }
}

/// Reads a token that the provider signed for this sign-in.
///
/// Errors: the first reason for which it does not count.
pub(crate) fn verify(token: &str, keys: &Keys, expected: &Expected<'_>) -> Result<Claims, Unfit> {
    if token.len() > LONGEST {
        return Err(Unfit::Shape);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(Unfit::Shape)?;
    let (head, body) = signed.split_once('.').ok_or(Unfit::Shape)?;
    let header: Header = serde_json::from_slice(&bytes(head)?).map_err(|_| Unfit::Shape)?;
    let algorithm = match header.alg.as_str() {
        "RS256" => Algorithm::Rs256,
        "ES256" => Algorithm::Es256,
        _ => return Err(Unfit::Algorithm),
    };
    if header.crit.is_some() {
        return Err(Unfit::Algorithm);
    }
    let key = keys.pick(algorithm, header.kid.as_deref()).ok_or(Unfit::UnknownKey)?;
    if !key.signed(algorithm, signed.as_bytes(), &bytes(signature)?) {
        return Err(Unfit::Signature);
    }
    let all: Map<String, Value> = serde_json::from_slice(&bytes(body)?).map_err(|_| Unfit::Shape)?;
    check(all, expected)
}

fn check(all: Map<String, Value>, expected: &Expected<'_>) -> Result<Claims, Unfit> {
    let text = |name: &str| all.get(name).and_then(Value::as_str);
    if text("iss") != Some(expected.issuer) {
        return Err(Unfit::Issuer);
    }
    let client = expected.client_id;
    let (ours, several) = match all.get("aud") {
        Some(Value::String(one)) => (one == client, false),
        Some(Value::Array(many)) => (many.iter().any(|v| v == client), many.len() > 1),
        _ => (false, false),
    };
    // Who asked for the token has to be said where others may read it as well, and has to be us.
    let party = text("azp");
    if !ours || (several && party.is_none()) || party.is_some_and(|p| p != client) {
        return Err(Unfit::Audience);
    }
    let instant = |name: &str| all.get(name).and_then(Value::as_f64).map(|s| (s * 1000.0) as i64);
    let now = expected.now.0;
    if instant("exp").is_none_or(|at| at.saturating_add(LEEWAY) <= now) {
        return Err(Unfit::Expired);
    }
    if instant("iat").is_none_or(|at| at > now + LEEWAY) || instant("nbf").is_some_and(|at| at > now + LEEWAY)
    {
        return Err(Unfit::NotYet);
    }
    if text("nonce") != Some(expected.nonce) {
        return Err(Unfit::Nonce);
    }
    if let Some(given) = all.get("at_hash") {
        let half = |t: &str| URL_SAFE_NO_PAD.encode(&Sha256::digest(t.as_bytes())[..16]);
        if given.as_str().is_none() || expected.access_token.map(half).as_deref() != given.as_str() {
            return Err(Unfit::AtHash);
        }
    }
    let subject = text("sub").filter(|s| (1..=255).contains(&s.len())).ok_or(Unfit::Subject)?.to_owned();
    Ok(Claims { subject, all })
}

fn bytes(part: &str) -> Result<Vec<u8>, Unfit> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Unfit::Shape)
}

impl Keys {
    /// The key of this name that may sign so; without a name the only one that may.
    fn pick(&self, algorithm: Algorithm, kid: Option<&str>) -> Option<&Key> {
        let mut fit = self.keys.iter().filter(|k| k.fits(algorithm));
        match kid {
            Some(kid) => fit.find(|k| k.kid.as_deref() == Some(kid)),
            None => fit.next().filter(|_| fit.next().is_none()),
        }
    }
}

impl Key {
    fn fits(&self, algorithm: Algorithm) -> bool {
        let (kind, name) = match algorithm {
            Algorithm::Rs256 => (self.kty == "RSA", "RS256"),
            Algorithm::Es256 => (self.kty == "EC" && self.crv == "P-256", "ES256"),
        };
        kind && self.purpose.as_deref().is_none_or(|u| u == "sig")
            && self.alg.as_deref().is_none_or(|a| a == name)
    }

    fn signed(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let part = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
        match algorithm {
            Algorithm::Rs256 => {
                // A number may be written with zeros in front.
                let number = |text: &str| {
                    let bytes = part(text);
                    let from = bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len());
                    bytes[from..].to_vec()
                };
                let key = RsaPublicKeyComponents { n: number(&self.n), e: number(&self.e) };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
            }
            Algorithm::Es256 => {
                let (x, y) = (part(&self.x), part(&self.y));
                let point = [&[4][..], &x, &y].concat();
                x.len() == 32
                    && y.len() == 32
                    && UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                        .verify(message, signature)
                        .is_ok()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::rand::SystemRandom;
    use ring::signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
    };
    use serde_json::json;

    const NOW: Timestamp = Timestamp(1_770_000_000_000);
    const SECONDS: i64 = NOW.0 / 1000;
    const ISSUER: &str = "https://id.example.org";

    /// The provider of the tests: one key of each kind.
    struct Signer {
        rsa: RsaKeyPair,
        ec: EcdsaKeyPair,
    }

    fn b64(bytes: impl AsRef<[u8]>) -> String {
        URL_SAFE_NO_PAD.encode(bytes)
    }

    impl Signer {
        fn new() -> Signer {
            let random = SystemRandom::new();
            let kind = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let made = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
            Signer {
                // Made for these tests and used nowhere else: ring makes no RSA keys.
                rsa: RsaKeyPair::from_pkcs8(include_bytes!("../../tests/house/rsa-2048.pk8")).unwrap(),
                ec: EcdsaKeyPair::from_pkcs8(kind, made.as_ref(), &random).unwrap(),
            }
        }

        fn keys(&self) -> Value {
            let rsa: RsaPublicKeyComponents<Vec<u8>> = self.rsa.public().into();
            let point = self.ec.public_key().as_ref();
            json!({ "keys": [
                { "kty": "oct", "kid": "h1", "k": b64("shared") },
                { "kty": "RSA", "kid": "r1", "use": "sig", "alg": "RS256",
                  "n": b64(rsa.n),
                  "e": b64(rsa.e) },
                { "kty": "EC", "kid": "e1", "crv": "P-256", "x": b64(&point[1..33]), "y": b64(&point[33..]) },
            ] })
        }

        fn token(&self, header: &Value, body: &Value) -> String {
            let signed = format!("{}.{}", b64(header.to_string()), b64(body.to_string()));
            let random = SystemRandom::new();
            let signature = match header["alg"].as_str() {
                Some("ES256") => self.ec.sign(&random, signed.as_bytes()).unwrap().as_ref().to_vec(),
                Some("none") => Vec::new(),
                // As somebody forges it who takes the published key for a shared one.
                Some("HS256") => {
                    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"shared");
                    ring::hmac::sign(&key, signed.as_bytes()).as_ref().to_vec()
                }
                _ => {
                    let mut out = vec![0; self.rsa.public().modulus_len()];
                    self.rsa.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut out).unwrap();
                    out
                }
            };
            format!("{signed}.{}", b64(signature))
        }
    }

    fn body() -> Value {
        json!({ "iss": ISSUER, "aud": "lianxin", "sub": "248289", "nonce": "n-1", "exp": SECONDS + 300,
                "iat": SECONDS, "preferred_username": "chen", "amr": ["pwd", "otp"] })
    }

    fn read(keys: &Value, token: &str) -> Result<Claims, Unfit> {
        let keys: Keys = serde_json::from_value(keys.clone()).unwrap();
        let expected = Expected {
            issuer: ISSUER,
            client_id: "lianxin",
            nonce: "n-1",
            access_token: Some("opaque-token"),
            now: NOW,
        };
        verify(token, &keys, &expected)
    }

    /// What comes of the good token with these claims changed; null takes one away.
    fn with(signer: &Signer, changes: Value) -> Result<Claims, Unfit> {
        let mut all = body();
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => drop(all.as_object_mut().unwrap().remove(name)),
                value => all[name.as_str()] = value.clone(),
            }
        }
        read(&signer.keys(), &signer.token(&json!({ "alg": "ES256", "kid": "e1" }), &all))
    }

    #[test]
    fn tokens_of_both_algorithms_count_to_the_last_bit() {
        let signer = Signer::new();
        for header in [
            json!({ "alg": "RS256", "kid": "r1" }),
            json!({ "alg": "ES256", "kid": "e1" }),
            json!({ "alg": "RS256" }),
        ] {
            let token = signer.token(&header, &body());
            let claims = read(&signer.keys(), &token).unwrap();
            assert_eq!(
                (claims.subject.as_str(), claims.text("preferred_username")),
                ("248289", Some("chen"))
            );
            for at in 0..token.len() {
                let mut bent = token.clone().into_bytes();
                bent[at] = if bent[at] == b'A' { b'B' } else { b'A' };
                let bent = String::from_utf8(bent).unwrap();
                // The last sign of a part may hold bits that mean nothing; those have to be zero.
                assert!(read(&signer.keys(), &bent).is_err(), "{header} sign {at}");
            }
        }
    }

    #[test]
    fn algorithms_that_prove_nothing_and_keys_of_others_are_refused() {
        let (signer, other) = (Signer::new(), Signer::new());
        let of = |header: Value| read(&signer.keys(), &signer.token(&header, &body())).unwrap_err();
        for alg in ["none", "None", "HS256", "HS512", "RS1", "PS256", ""] {
            assert_eq!(of(json!({ "alg": alg, "kid": "h1" })), Unfit::Algorithm, "{alg}");
        }
        assert_eq!(of(json!({ "alg": "RS256", "kid": "r1", "crit": ["exp"] })), Unfit::Algorithm);
        // A key of another kind under the name, a name that nobody has, a key that only encrypts.
        assert_eq!(of(json!({ "alg": "RS256", "kid": "e1" })), Unfit::UnknownKey);
        assert_eq!(of(json!({ "alg": "ES256", "kid": "new" })), Unfit::UnknownKey);
        let mut keys = signer.keys();
        keys["keys"][1]["use"] = "enc".into();
        let token = signer.token(&json!({ "alg": "RS256", "kid": "r1" }), &body());
        assert_eq!(read(&keys, &token).unwrap_err(), Unfit::UnknownKey);
        // Two that would do, and no word which.
        let mut keys = signer.keys();
        let again = keys["keys"][1].clone();
        keys["keys"].as_array_mut().unwrap().push(again);
        let unnamed = signer.token(&json!({ "alg": "RS256" }), &body());
        assert_eq!(read(&keys, &unnamed).unwrap_err(), Unfit::UnknownKey);
        // Somebody else's key of the same name.
        let token = other.token(&json!({ "alg": "ES256", "kid": "e1" }), &body());
        assert_eq!(read(&signer.keys(), &token).unwrap_err(), Unfit::Signature);
        for shape in ["", "a.b", "a.b.c", "....", &"x".repeat(LONGEST + 1)] {
            assert_eq!(read(&signer.keys(), shape).unwrap_err(), Unfit::Shape);
        }
    }

    #[test]
    fn what_the_token_says_has_to_fit() {
        let signer = Signer::new();
        let hash = b64(&Sha256::digest(b"opaque-token")[..16]);
        for good in [
            json!({}),
            json!({ "aud": ["lianxin"] }),
            json!({ "aud": ["lianxin", "other"], "azp": "lianxin" }),
            json!({ "exp": SECONDS - 59 }),
            json!({ "iat": SECONDS + 59, "nbf": SECONDS + 59 }),
            json!({ "exp": SECONDS as f64 + 0.5 }),
            json!({ "at_hash": hash }),
        ] {
            assert!(with(&signer, good.clone()).is_ok(), "{good}");
        }
        for (bad, why) in [
            (json!({ "iss": "https://id.example.org/" }), Unfit::Issuer),
            (json!({ "iss": null }), Unfit::Issuer),
            (json!({ "aud": "other" }), Unfit::Audience),
            (json!({ "aud": null }), Unfit::Audience),
            (json!({ "aud": [] }), Unfit::Audience),
            (json!({ "aud": ["lianxin", "other"] }), Unfit::Audience),
            (json!({ "aud": ["lianxin", "other"], "azp": "other" }), Unfit::Audience),
            (json!({ "azp": "other" }), Unfit::Audience),
            (json!({ "exp": SECONDS - 60 }), Unfit::Expired),
            (json!({ "exp": null }), Unfit::Expired),
            (json!({ "exp": "soon" }), Unfit::Expired),
            (json!({ "iat": SECONDS + 61 }), Unfit::NotYet),
            (json!({ "iat": null }), Unfit::NotYet),
            (json!({ "nbf": SECONDS + 61 }), Unfit::NotYet),
            (json!({ "nonce": "n-2" }), Unfit::Nonce),
            (json!({ "nonce": null }), Unfit::Nonce),
            (json!({ "at_hash": b64([0; 16]) }), Unfit::AtHash),
            (json!({ "at_hash": 7 }), Unfit::AtHash),
            (json!({ "sub": "" }), Unfit::Subject),
            (json!({ "sub": null }), Unfit::Subject),
            (json!({ "sub": "x".repeat(256) }), Unfit::Subject),
        ] {
            assert_eq!(with(&signer, bad.clone()).err(), Some(why), "{bad}");
        }
    }

    #[test]
    fn a_second_factor_is_taken_for_one_only_where_the_settings_name_it() {
        let signer = Signer::new();
        let asks = |claims: Value, values: &[&str]| {
            let values: Vec<String> = values.iter().map(|v| (*v).to_owned()).collect();
            with(&signer, claims).unwrap().vouches(&values)
        };
        assert!(asks(json!({}), &["otp", "mfa"]) && asks(json!({ "acr": "gold" }), &["gold"]));
        assert!(!asks(json!({}), &["mfa"]) && !asks(json!({}), &[]));
        assert!(!asks(json!({ "amr": "otp" }), &["otp"]), "not the list that it has to be");
    }
}
