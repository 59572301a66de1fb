//! Signing in through an organization's own identity provider (OpenID Connect Core 1.0, authorization code
//! flow with PKCE, RFC 7636).
//!
//! ```text
//! sign-in page ─▶ /sign-in/with/{id} ─▶ the provider ─▶ /sign-in/callback/{id}
//!                 state, nonce, verifier    they sign     same browser, same state? code ─▶ ID token
//!                 sealed in a cookie        in there      signature, issuer, audience, times, nonce
//!                                                                        ▼
//!      session ◀── second factor, unless the provider did one ◀── linked account
//! ```
//!
//! The provider says who somebody is; what they may do, posts say here. No call to it is made inside of a
//! transaction, and while it is down passwords and passkeys work. Nothing that it hands out is kept but the
//! subject, by which it names the person.

pub(crate) mod coming;
pub(crate) mod link;
pub(crate) mod remote;
mod token;

pub use link::{Link, links};

use kernel::{Role, Text};
use zeroize::Zeroizing;

/// How an account and somebody at the provider come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkBy {
    /// At their first sign-in, where the claim is an account's sign-in name.
    FirstSignIn,
    /// An administrator writes down what the account is called at the provider.
    Administrator,
}

/// A provider, as the operator set it.
#[derive(Clone)]
pub struct Provider {
    /// Its name in addresses: small letters, digits, hyphens.
    pub id: String,
    /// Its issuer identifier: an https address, or http on this machine.
    pub issuer: String,
    /// What this site is called there.
    pub client_id: String,
    /// What this site shows there; none for a public client.
    pub client_secret: Option<Zeroizing<String>>,
    /// What staff call it.
    pub label: Text,
    /// The claim that names the account.
    pub claim: String,
    /// How accounts are linked.
    pub link: LinkBy,
    /// Whether somebody unknown gets an account without posts.
    pub create: bool,
    /// Whose accounts may sign in by it: all posts of today have to be among these; empty: everybody's.
    pub roles: Vec<Role>,
    /// Values of `acr` or `amr` that say that it asked for a second factor itself; empty: it never counts.
    pub second_factor: Vec<String>,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Provider({} {})", self.id, self.issuer)
    }
}

impl Provider {
    /// What is wrong with it, in English, for whoever writes the settings.
    pub fn fault(&self) -> Option<String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.id.is_empty() || self.id.len() > 40 || !self.id.chars().all(plain) {
            return Some(format!("id \"{}\": small letters, digits and hyphens", self.id));
        }
        if !remote::is_safe(&self.issuer) || self.issuer.contains(['?', '#']) {
            return Some(format!("issuer \"{}\": an https address", self.issuer));
        }
        if self.client_id.is_empty() || self.claim.is_empty() {
            return Some(format!("\"{}\" needs a client-id and a claim", self.id));
        }
        None
    }
}

/// The provider with this name in addresses.
pub(crate) fn by_id<'a>(site: &'a crate::Site, id: &str) -> Option<&'a Provider> {
    site.settings.oidc.iter().find(|p| p.id == id)
}
