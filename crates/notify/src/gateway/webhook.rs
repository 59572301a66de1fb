//! Messages handed to another program as Standard Webhooks: `webhook-id`, `webhook-timestamp` and
//! `webhook-signature: v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`.
//! The id is the message's own and stays the same at each repetition, so the far side can know one.

use super::notify_v2::mac;
use super::{Delivery, Gateway, Outgoing, http};
use crate::model::Channel;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::Mac;
use serde_json::json;

/// A program that takes messages at an address.
pub struct Webhook {
    name: String,
    url: String,
    key: Vec<u8>,
    agent: ureq::Agent,
}

impl Webhook {
    /// At `url`, signed with `secret`: `whsec_` and base64, or base64 alone. `None` when it is not.
    pub fn new(
        name: impl Into<String>,
        url: impl Into<String>,
        secret: &str,
        timeout_s: u64,
    ) -> Option<Self> {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap_or(secret)).ok()?;
        (!key.is_empty()).then(|| Self {
            name: name.into(),
            url: url.into(),
            key,
            agent: http::agent(timeout_s),
        })
    }

    fn signature(&self, id: &str, timestamp: &str, body: &str) -> String {
        let mut mac = mac(&self.key);
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl Gateway for Webhook {
    fn name(&self) -> &str {
        &self.name
    }

    fn send(&self, m: &Outgoing) -> Delivery {
        let id = format!("msg_{}", m.id.0.simple());
        let timestamp = m.at.0.div_euclid(1000).to_string();
        let body = json!({
            "type": format!("message.{}", m.purpose),
            "timestamp": timestamp_text(m.at),
            "data": {
                "id": m.id, "channel": m.channel.key(), "to": m.to, "subject": m.subject, "body": m.body,
                "locale": m.locale.tag(), "purpose": m.purpose, "template": m.template, "about": m.about,
            },
        })
        .to_string();
        let signature = self.signature(&id, &timestamp, &body);
        let headers = [
            ("webhook-id", id.as_str()),
            ("webhook-timestamp", timestamp.as_str()),
            ("webhook-signature", signature.as_str()),
        ];
        match http::post(&self.agent, &self.url, &headers, body.as_bytes()) {
            // The program itself is the recipient, or it carries the message on to somebody.
            Ok(a) if (200..300).contains(&a.status) => match m.channel {
                Channel::Webhook => Delivery::Delivered(id),
                Channel::Sms | Channel::Email => Delivery::Sent(id),
            },
            Ok(a) if a.status == 504 => Delivery::Unclear(a.status.to_string()),
            Ok(a) => Delivery::Down(a.status.to_string()),
            Err(e) => e.delivery(),
        }
    }
}

fn timestamp_text(at: kernel::Timestamp) -> String {
    format!("{}Z", kernel::Zone(0).civil(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification's reference libraries.
    #[test]
    fn the_signature_is_the_standard_one() {
        let hook = Webhook::new("w", "http://x", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 5).unwrap();
        let made = hook.signature("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", r#"{"test": 2432232314}"#);
        assert_eq!(made, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert!(Webhook::new("w", "http://x", "whsec_not base64", 5).is_none());
        assert_eq!(timestamp_text(kernel::Timestamp(1_614_265_330_000)), "2021-02-25T15:02:10Z");
    }
}
