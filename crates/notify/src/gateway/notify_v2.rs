//! Text messages over HTTP in the shape of GOV.UK Notify's API, version 2, which several services
//! speak and for which clients and mock servers exist.
//!
//! `POST /v2/notifications/sms` with `{phone_number, template_id, personalisation, reference}`
//! answers 201 with an `id`; `GET /v2/notifications/{id}` tells its `status`;
//! `GET /v2/notifications?reference=…` finds it again. Each call carries a JWT (HS256 over `iss`,
//! the service's id, and `iat`). Our words are made here, so the far side's template is one
//! placeholder.

use super::http::{self, Answer};
use super::{Delivery, Found, Gateway, Outgoing};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use kernel::{MessageId, Timestamp};
use serde_json::{Value, json};
use sha2::Sha256;

/// A service that speaks Notify's version 2.
pub struct NotifyV2 {
    name: String,
    base: String,
    issuer: String,
    secret: String,
    template: String,
    placeholder: String,
    agent: ureq::Agent,
}

impl NotifyV2 {
    /// At `base` (without a slash at its end), with a key in Notify's form: a name, the service's
    /// id and the secret, both 36 characters, joined by `-`. `None` when the key has not this form.
    /// `template` is the far side's id of a template whose only placeholder is `placeholder`.
    pub fn new(
        name: impl Into<String>,
        base: &str,
        key: &str,
        template: impl Into<String>,
        placeholder: impl Into<String>,
        timeout_s: u64,
    ) -> Option<Self> {
        let at = key.len().checked_sub(73)?;
        let (issuer, secret) = (key.get(at..at + 36)?, key.get(at + 37..)?);
        let dash = key.get(at + 36..at + 37)? == "-";
        dash.then(|| Self {
            name: name.into(),
            base: base.trim_end_matches('/').to_owned(),
            issuer: issuer.to_owned(),
            secret: secret.to_owned(),
            template: template.into(),
            placeholder: placeholder.into(),
            agent: http::agent(timeout_s),
        })
    }

    fn bearer(&self, now: Timestamp) -> String {
        let head = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"HS256"}"#);
        let claims = json!({ "iss": self.issuer, "iat": now.0.div_euclid(1000) }).to_string();
        let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims));
        let mut mac = mac(self.secret.as_bytes());
        mac.update(signed.as_bytes());
        format!("Bearer {signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }
}

pub(super) fn mac(key: &[u8]) -> Hmac<Sha256> {
    // HMAC takes a key of any length, so this cannot fail.
    <Hmac<Sha256> as Mac>::new_from_slice(key).expect("HMAC takes any key")
}

impl Gateway for NotifyV2 {
    fn name(&self) -> &str {
        &self.name
    }

    fn send(&self, m: &Outgoing) -> Delivery {
        let body = json!({
            "phone_number": m.to,
            "template_id": self.template,
            "personalisation": { &self.placeholder: m.body },
            "reference": m.id.to_string(),
        })
        .to_string();
        let url = format!("{}/v2/notifications/sms", self.base);
        let auth = self.bearer(m.at);
        match http::post(&self.agent, &url, &[("authorization", &auth)], body.as_bytes()) {
            Ok(a) if a.status == 201 || a.status == 200 => match value(&a)["id"].as_str() {
                Some(id) => Delivery::Accepted(id.to_owned()),
                None => Delivery::Unclear("taken, but without an id".to_owned()),
            },
            Ok(a) => failure(&a),
            Err(e) => e.delivery(),
        }
    }

    fn status(&self, reference: &str, now: Timestamp) -> Delivery {
        let id: String = reference.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let url = format!("{}/v2/notifications/{id}", self.base);
        match http::get(&self.agent, &url, &[("authorization", &self.bearer(now))]) {
            Ok(a) if a.status == 200 => standing(&value(&a), reference),
            // Not to be asked now is not a failure of the message.
            _ => Delivery::Pending,
        }
    }

    fn find(&self, id: MessageId, now: Timestamp) -> Found {
        let url = format!("{}/v2/notifications?reference={id}", self.base);
        match http::get(&self.agent, &url, &[("authorization", &self.bearer(now))]) {
            Ok(a) if a.status == 200 => match value(&a)["notifications"].as_array().and_then(|n| n.first()) {
                Some(n) => {
                    let reference = n["id"].as_str().unwrap_or_default();
                    Found::Known(match standing(n, reference) {
                        Delivery::Pending => Delivery::Accepted(reference.to_owned()),
                        other => other,
                    })
                }
                None => Found::NotThere,
            },
            _ => Found::CannotTell,
        }
    }
}

fn value(a: &Answer) -> Value {
    serde_json::from_str(&a.body).unwrap_or(Value::Null)
}

/// Their status word as ours.
fn standing(n: &Value, reference: &str) -> Delivery {
    let status = n["status"].as_str().unwrap_or_default();
    let said = || status.to_owned();
    match status {
        "delivered" => Delivery::Delivered(reference.to_owned()),
        "sent" => Delivery::Sent(reference.to_owned()),
        "temporary-failure" => Delivery::NotReached(said()),
        "permanent-failure" | "validation-failed" | "cancelled" => Delivery::Refused(said()),
        "technical-failure" => Delivery::Down(said()),
        _ => Delivery::Pending,
    }
}

/// A 400 that is about the number is the recipient's; every other refusal is ours or theirs to mend.
fn failure(a: &Answer) -> Delivery {
    let v = value(a);
    let said: Vec<String> = v["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|e| {
            let (kind, message) = (e["error"].as_str(), e["message"].as_str());
            format!("{}: {}", kind.unwrap_or("?"), message.unwrap_or("?"))
        })
        .collect();
    let said = format!("{} {}", a.status, said.join("; "));
    match a.status {
        400 if said.contains("phone_number") => Delivery::Refused(said),
        // A gateway in between gave up waiting: the far side may have taken it.
        504 => Delivery::Unclear(said),
        _ => Delivery::Down(said),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_the_one_that_any_jwt_library_makes() {
        let iss = "11111111-1111-1111-1111-111111111111";
        let secret = "22222222-2222-2222-2222-222222222222";
        let g = NotifyV2::new("n", "http://x/", &format!("my-key-{iss}-{secret}"), "t", "body", 5).unwrap();
        assert_eq!((g.issuer.as_str(), g.secret.as_str(), g.base.as_str()), (iss, secret, "http://x"));
        let token = g.bearer(Timestamp(1_700_000_000_999));
        let parts: Vec<&str> = token.strip_prefix("Bearer ").unwrap().split('.').collect();
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
        assert_eq!(claims, json!({"iss": iss, "iat": 1_700_000_000}));
        let mut check = mac(secret.as_bytes());
        check.update(format!("{}.{}", parts[0], parts[1]).as_bytes());
        check.verify_slice(&URL_SAFE_NO_PAD.decode(parts[2]).unwrap()).unwrap();
        for bad in ["", "short", &format!("k-{iss}_{secret}"), &"汉".repeat(40)] {
            assert!(NotifyV2::new("n", "http://x", bad, "t", "b", 5).is_none(), "{bad}");
        }
    }
}
