//! Passkeys: keys that a device keeps, and shows only to the site that they were made for (WebAuthn).
//!
//! ```text
//! my second factor ──challenge──▶ device makes a key ──▶ added (its public half, its name)
//! sign-in, second step ──challenge──▶ device signs ──▶ session      after the password
//! sign-in ──challenge──▶ device makes sure who holds it, signs ──▶ session      without one
//! ```
//!
//! A browser shows the device only where the page's own address is that of [`here()`]; the answer comes back
//! in the fields of a form like any other.

mod challenge;
mod change;
mod show;
mod verify;

pub use change::{add, remove};
pub(crate) use show::show;
pub use verify::Here;

use crate::site::Site;
use crate::store;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::{Tx, params};
use http::{HeaderMap, header};
use kernel::{AccountId, Result, Timestamp};
use serde_json::json;
use web::Values;

/// A passkey as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// Its id.
    pub id: kernel::Uuid,
    /// Browser and device at which it was added, in short.
    pub name: String,
    /// The site that it answers to.
    pub host: String,
    /// When it was added.
    pub added_at: Timestamp,
    /// When it was last shown.
    pub used_at: Option<Timestamp>,
    /// As the device names it.
    pub credential: Vec<u8>,
}

/// The passkeys of an account, the first added first.
pub fn of(tx: &mut dyn Tx, account: AccountId) -> Result<Vec<Info>> {
    tx.query_map(&store::PASSKEYS_OF, &params![account], |r| {
        Ok(Info {
            id: r.get(0)?,
            name: r.get(1)?,
            host: r.get(2)?,
            added_at: r.get(3)?,
            used_at: r.get(4)?,
            credential: r.get(5)?,
        })
    })
}

/// Under which address passkeys are asked for: that of the pack, or on a demonstration the one it was reached
/// by. None where it is a bare number, to which no passkey can belong.
pub(crate) fn here(site: &Site, headers: &HeaderMap) -> Option<Here> {
    let origin = origin(site, headers);
    let (_, rest) = origin.split_once("://")?;
    let host = rest.split(['/', ':']).next()?.to_owned();
    let number = host.parse::<std::net::IpAddr>().is_ok() || host.starts_with('[') || host.is_empty();
    (!number && !rest.contains('/')).then_some(Here { origin, host })
}

/// The address of the site as browsers know it: of the pack, on a demonstration the one it was reached by.
pub(crate) fn origin(site: &Site, headers: &HeaderMap) -> String {
    let asked = headers.get(header::HOST).and_then(|v| v.to_str().ok());
    match asked.filter(|_| site.demo) {
        Some(host) => format!("{}://{host}", if site.settings.https { "https" } else { "http" }),
        None => site.pack.site.url.trim_end_matches('/').to_owned(),
    }
}

/// What a challenge is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum About {
    /// Adding a key to this account.
    Add(AccountId),
    /// This account's second step.
    Second(AccountId),
    /// Signing in as whoever it is.
    SignIn,
}

impl About {
    fn bytes(self) -> Vec<u8> {
        match self {
            About::Add(account) => [&b"add "[..], &account.bytes()].concat(),
            About::Second(account) => [&b"second "[..], &account.bytes()].concat(),
            About::SignIn => b"sign-in".to_vec(),
        }
    }
}

/// What the script needs to ask the device, as JSON. `known` are the keys that may answer, or, when one is
/// added, those that are there already; `user` is whose it will be.
pub(crate) fn options(
    site: &Site,
    here: &Here,
    about: About,
    known: &[Info],
    user: Option<(AccountId, &str, &str)>,
) -> String {
    let challenge = challenge::make(&site.secret, &*site.chance, site.now(), &about.bytes());
    let mine = known.iter().filter(|k| k.host == here.host);
    let user = user.map(|(id, login, name)| json!([text(&id.bytes()), login, name]));
    json!({
        "origin": here.origin,
        "host": here.host,
        "site": site.pack.site.short.zh,
        "challenge": text(&challenge),
        "known": mine.map(|k| text(&k.credential)).collect::<Vec<_>>(),
        "verify": if about == About::SignIn { "required" } else { "preferred" },
        "user": user,
    })
    .to_string()
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What a device answered, as it stands in the form.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The browser's account of what happened.
    client: Vec<u8>,
    /// What the device asserts.
    data: Vec<u8>,
    /// Which key; where one signs.
    credential: Vec<u8>,
    /// Its signature; where one signs.
    signature: Vec<u8>,
    /// The new key; where one is added.
    key: Vec<u8>,
}

impl Answer {
    /// Reads the fields; what cannot be read is empty, and fits nothing.
    pub fn read(values: &Values) -> Answer {
        let bytes = |name: &str| URL_SAFE_NO_PAD.decode(values.one(name)).unwrap_or_default();
        Answer {
            client: bytes("client"),
            data: bytes("data"),
            credential: bytes("credential"),
            signature: bytes("signature"),
            key: bytes("spki"),
        }
    }
}
