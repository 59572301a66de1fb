//! The second factor of staff: what somebody has, beside the password that they know.
//!
//! ```text
//! none ──set up (first code)──▶ codes from a telephone ──removed (a code)──▶ none
//!   └────add a passkey────────▶ passkeys ───────────────removed (a code)────▶ none
//!        with the first of either: ten recovery codes, shown once, each good once
//! administrator's reset: everything of it goes, the history of sign-ins says so
//!
//! sign-in: password ─▶ step (opens one page, ten minutes) ─▶ code, recovery code or passkey ─▶ session
//! ```
//!
//! Whose posts demand one is a setting: role and days of grace, counted from the day on which the post was
//! taken up. Once they are over, the account reaches nothing but the pages that set one up.

mod change;
mod check;
pub mod totp;

pub(crate) use change::{drop_codes_if_last, make_codes, put_codes};
pub use change::{new_codes, remove_totp, reset, reset_in, set_up};
pub(crate) use check::{Door, check, with_code};

use crate::session::PostInfo;
use crate::site::Settings;
use crate::store;
use db::{Tx, params};
use kernel::{AccountId, DAY, Date, Result, Timestamp};
use std::time::Duration;

/// How many recovery codes are handed out.
pub const CODES: usize = 10;
/// The digits of a recovery code: 40 bits, tried against a lock.
pub const CODE_DIGITS: usize = 12;

/// What an account has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Since when a telephone makes codes for it.
    pub totp: Option<Timestamp>,
    /// Its passkeys, the first added first.
    pub passkeys: Vec<crate::passkey::Info>,
    /// Recovery codes not used yet.
    pub codes: i64,
}

impl State {
    /// Whether there is any second factor.
    pub fn any(&self) -> bool {
        self.totp.is_some() || !self.passkeys.is_empty()
    }
}

/// What an account has.
pub fn state(tx: &mut dyn Tx, account: AccountId) -> Result<State> {
    Ok(State {
        totp: tx.query_opt(&store::TOTP_GET, &params![account])?.map(|r| r.get(1)).transpose()?,
        passkeys: crate::passkey::of(tx, account)?,
        codes: tx.scalar(&store::CODES_LEFT, &params![account])?,
    })
}

/// The day from which on somebody with these posts has to have a second factor; none where no post
/// of theirs demands one.
pub fn due(settings: &Settings, posts: &[PostInfo]) -> Option<Date> {
    let demanded = posts.iter().filter_map(|p| {
        let (_, days) = settings.second_factor.iter().find(|(role, _)| *role == p.role)?;
        let days = u64::try_from(*days).unwrap_or(0).min(3660);
        p.from.checked_add(Duration::from_millis(days * DAY as u64)).ok()
    });
    demanded.min()
}
