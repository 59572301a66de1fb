//! Which program comes, and under which address it reached us.

use crate::ctx::Ctx;
use access::keys::{self, Known};
use access::throttle::{Throttle, network};
use access::{SharedSite, Site};
use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, header};
use kernel::{Actor, KeyId, Result, Scope};
use pack::ChannelKind;
use std::convert::Infallible;

/// The header that carries a key.
pub(super) const KEY_HEADER: &str = "x-api-key";

/// The longest text that is looked up as a key; ours have 43 signs.
const KEY_MAX: usize = 200;

/// A program with a key that is in force.
#[derive(Clone, Debug)]
pub(super) struct Client {
    /// The name the key was given to.
    pub(super) name: String,
    key: KeyId,
}

impl Client {
    /// Whose key this is; nobody's where it is unknown or revoked.
    pub(super) async fn by_key(site: &SharedSite, key: &str) -> Result<Option<Client>> {
        if key.is_empty() || key.len() > KEY_MAX {
            return Ok(None);
        }
        let key = key.to_owned();
        let Some(known) = site.db.read(move |tx| keys::find(tx, &key)).await? else { return Ok(None) };
        keys::touch(&site.db, &known, site.now()).await;
        let Known { name, id, .. } = known;
        Ok(Some(Client { name, key: id }))
    }

    /// Whose key stands in the header; nobody's where there is none.
    pub(super) async fn by_header(site: &SharedSite, headers: &HeaderMap) -> Result<Option<Client>> {
        let key = headers.get(KEY_HEADER).and_then(|v| v.to_str().ok()).unwrap_or("").trim();
        Client::by_key(site, key).await
    }

    /// Takes one from what may be sent in by this key.
    ///
    /// Errors: too many, with the time to wait.
    pub(super) fn admit(&self, site: &Site) -> Result<()> {
        let who = format!("key {}", self.key);
        site.kept.get::<Throttle>().take(&who, site.settings.key_rate, site.now())
    }

    /// What it may do: as much as anybody, in its own name.
    pub(super) fn ctx(&self, site: &SharedSite) -> Ctx {
        let actor = Actor::Client { name: self.name.clone() };
        Ctx::new(site, Scope { actor, grants: Vec::new(), on: site.today() })
    }
}

/// Takes one from what programs may send in from this address, with or without a key.
///
/// Errors: too many, with the time to wait.
pub(super) fn admit(site: &Site, parts: &Parts) -> Result<()> {
    let who = format!("from {}", network(&access::address_of(site, parts)));
    site.kept.get::<Throttle>().take(&who, site.settings.address_rate, site.now())
}

/// The channel of the pack by which programs come in.
pub(super) fn channel(site: &Site) -> &str {
    let of = |kind| site.pack.channels.iter().find(|c| c.kind == kind);
    of(ChannelKind::Client).or_else(|| of(ChannelKind::Web)).map_or("open311", |c| c.id.as_str())
}

/// The address that the program used, without a path: what links in answers begin with.
#[derive(Clone, Debug)]
pub(super) struct Base(pub(super) String);

impl FromRequestParts<SharedSite> for Base {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        site: &SharedSite,
    ) -> std::result::Result<Self, Infallible> {
        Ok(Base(base(site, &parts.headers)))
    }
}

fn base(site: &Site, headers: &HeaderMap) -> String {
    let told = |name: &str| {
        let value = headers.get(name)?.to_str().ok()?;
        // A chain of proxies lists the visitor's own first.
        Some(value.split(',').next().unwrap_or("").trim())
    };
    let behind = site.settings.behind_proxy;
    let forwarded = |name: &str| if behind { told(name) } else { None };
    let host = forwarded("x-forwarded-host").or_else(|| told(header::HOST.as_str())).filter(|h| is_host(h));
    let Some(host) = host else { return site.pack.site.url.trim_end_matches('/').to_owned() };
    let secure = site.settings.https || forwarded("x-forwarded-proto") == Some("https");
    format!("{}://{host}", if secure { "https" } else { "http" })
}

/// Whether a text can stand in an address as its host and port.
fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 260
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_cannot_carry_more_than_a_host() {
        assert!(is_host("127.0.0.1:8080") && is_host("lx.example") && is_host("[::1]:80"));
        for bad in ["", "a b", "a/b", "a\"b", "x@y", "例.cn"] {
            assert!(!is_host(bad), "{bad}");
        }
    }
}
