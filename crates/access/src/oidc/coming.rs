//! What is remembered while somebody is at the provider: in a cookie of their browser, sealed. So a code that
//! somebody else asked for, or that was brought into another browser, opens nothing.

use super::Provider;
use crate::site::{Settings, Site};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use kernel::{MINUTE, Result, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How long somebody may take at the provider, in milliseconds.
const FOR: i64 = 10 * MINUTE;
const PURPOSE: &str = "oidc-going";

/// Somebody on their way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Going {
    /// What the provider has to send back.
    pub state: String,
    /// What the token has to hold.
    pub nonce: String,
    /// What proves that the code was asked for here (RFC 7636).
    pub verifier: String,
    /// Where they want to go afterwards.
    pub next: String,
    at: Timestamp,
}

impl Going {
    /// Somebody who sets off now.
    pub fn new(site: &Site, next: &str) -> Going {
        let draw = || {
            let mut bytes = [0u8; 32];
            site.chance.fill(&mut bytes);
            URL_SAFE_NO_PAD.encode(bytes)
        };
        let next = next.chars().take(500).collect();
        Going { state: draw(), nonce: draw(), verifier: draw(), next, at: site.now() }
    }

    /// What is told of the verifier beforehand.
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.as_bytes()))
    }

    /// The `Set-Cookie` value that keeps it. Lax: one comes back from another site.
    ///
    /// Errors: none that can happen.
    pub fn set_cookie(&self, site: &Site, provider: &Provider) -> Result<String> {
        let json = serde_json::to_vec(self).map_err(kernel::Error::internal)?;
        let sealed = site.secret.seal(&*site.chance, PURPOSE, provider.id.as_bytes(), &json)?;
        Ok(cookie(&site.settings, &URL_SAFE_NO_PAD.encode(sealed), FOR / 1000))
    }

    /// Who set off to this provider from this browser less than ten minutes ago.
    pub fn of(site: &Site, provider: &Provider, headers: &HeaderMap) -> Option<Going> {
        let value = web::look::cookie(headers, cookie_name(&site.settings))?;
        let sealed = URL_SAFE_NO_PAD.decode(value).ok()?;
        let json = site.secret.unseal(PURPOSE, provider.id.as_bytes(), &sealed)?;
        let going: Going = serde_json::from_slice(&json).ok()?;
        (going.at.0..=going.at.0 + FOR).contains(&site.now().0).then_some(going)
    }
}

fn cookie_name(settings: &Settings) -> &'static str {
    if settings.https { "__Host-lx-oidc" } else { "lx-oidc" }
}

/// The `Set-Cookie` value that takes it back.
pub(crate) fn clear_cookie(settings: &Settings) -> String {
    cookie(settings, "", 0)
}

fn cookie(settings: &Settings, value: &str, seconds: i64) -> String {
    let secure = if settings.https { "; Secure" } else { "" };
    let name = cookie_name(settings);
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}; Max-Age={seconds}")
}
