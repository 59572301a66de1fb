//! Between password and session: who has given the password, and still has to show a second factor.
//!
//! ```text
//! password right, or an identity provider says who ──▶ step: a token of its own in a cookie of its own, ten minutes
//!     second factor right ──▶ step ends, session begins (in one transaction)
//!     new password, disabling, reset, ten minutes ──▶ gone
//! ```
//!
//! It stands in a table of its own, so that no page can take it for a session.

use crate::session::Token;
use crate::site::Settings;
use crate::store;
use db::{Tx, params};
use http::HeaderMap;
use kernel::{AccountId, MINUTE, Result, Timestamp};

/// How long the second factor may be shown after the password.
pub const FOR: i64 = 10 * MINUTE;

/// Who gave the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Halfway {
    pub account: AccountId,
    pub login: String,
    pub must_change: bool,
    /// The identity provider that said who they are; empty after a password.
    pub provider: String,
}

/// Writes down that the password was right, or which identity provider said who it is, and sweeps those who
/// never went on.
pub(crate) fn open(
    tx: &mut dyn Tx,
    token: &Token,
    account: AccountId,
    provider: &str,
    now: Timestamp,
) -> Result<()> {
    tx.execute(&store::STEPS_SWEEP, &params![now])?;
    tx.execute(&store::STEP_INSERT, &params![token.hash(), account, now.plus(FOR), provider]).map(|_| ())
}

/// Whose step this is; none where it is over or the account is closed.
pub(crate) fn find(tx: &mut dyn Tx, token: &Token, now: Timestamp) -> Result<Option<Halfway>> {
    let row = tx.query_opt(&store::STEP_FIND, &params![token.hash(), now])?;
    row.map(|r| {
        Ok(Halfway { account: r.get(0)?, login: r.get(1)?, must_change: r.get(2)?, provider: r.get(3)? })
    })
    .transpose()
}

/// Ends it.
pub(crate) fn end(tx: &mut dyn Tx, token: &Token) -> Result<()> {
    tx.execute(&store::STEP_END, &params![token.hash()]).map(|_| ())
}

fn cookie_name(settings: &Settings) -> &'static str {
    if settings.https { "__Host-lx-step" } else { "lx-step" }
}

/// The token in the cookie.
pub(crate) fn token_of(settings: &Settings, headers: &HeaderMap) -> Option<Token> {
    Token::from_cookie(&web::look::cookie(headers, cookie_name(settings))?)
}

/// The `Set-Cookie` value that hands the token out.
pub(crate) fn set_cookie(settings: &Settings, token: &Token) -> String {
    cookie(settings, token.value(), FOR / 1000)
}

/// The `Set-Cookie` value that takes it back.
pub(crate) fn clear_cookie(settings: &Settings) -> String {
    cookie(settings, "", 0)
}

fn cookie(settings: &Settings, value: &str, seconds: i64) -> String {
    let secure = if settings.https { "; Secure" } else { "" };
    let name = cookie_name(settings);
    // Lax: one may come to the second step straight from an identity provider.
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}; Max-Age={seconds}")
}
