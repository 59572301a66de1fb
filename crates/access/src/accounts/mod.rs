//! Staff accounts and the posts they hold. Each change is one file, one transaction, one event in
//! the account's stream of the journal; names, telephone numbers and addresses stay out of it.

mod add;
mod add_post;
mod contact;
mod disable;
mod end_post;
mod list;
mod rename;
mod set_password;

pub use add::{NewAccount, add, add_in};
pub use add_post::{NewPost, add_post, add_post_in};
pub use contact::{Contact, email_of, set_contact};
pub use disable::{disable, enable, end_sessions};
pub use end_post::end_post;
pub use list::{
    AccountPage, Colleague, all_names, by_id, by_login, called, colleagues, first_holder, holders, page,
    posted, units_of,
};
pub(crate) use list::{escaped, for_sign_in};
pub use rename::rename_in;
pub use set_password::{change_own, reset, reset_in};

use db::{Row, Tx};
use kernel::{AccountId, Actor, Error, Result, Timestamp};
use serde_json::Value;

/// An account as pages and use cases see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The sign-in name, in small letters.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// Their telephone number at work.
    pub phone: Option<String>,
    /// Their e-mail address at work.
    pub email: Option<String>,
    /// Whether the password was set by somebody else and has to be changed.
    pub must_change: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// Since when it cannot be used.
    pub disabled_at: Option<Timestamp>,
}

fn account(row: &Row) -> Result<Account> {
    Ok(Account {
        id: row.get(0)?,
        login: row.get(1)?,
        name: row.get(2)?,
        phone: row.get(3)?,
        email: row.get(7)?,
        must_change: row.get(4)?,
        created_at: row.get(5)?,
        disabled_at: row.get(6)?,
    })
}

/// Who does it and when: what a use case inside a transaction is given.
#[derive(Clone, Debug)]
pub struct Act {
    /// Who.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
}

/// One event in the account's stream.
pub(crate) fn tell(tx: &mut dyn Tx, act: &Act, account: AccountId, kind: &str, payload: Value) -> Result<()> {
    let event = journal::NewEvent {
        stream_kind: "account",
        stream: account.0,
        at: act.at,
        actor: &act.actor,
        kind,
        payload,
    };
    journal::append(tx, &event).map(|_| ())
}

/// A sign-in name as it is kept: small letters, 2 to 40 of letters, digits, `.`, `-`, `_`, `@`.
///
/// Errors: invalid, at field `login`.
pub fn login_of(given: &str) -> Result<String> {
    let login = given.trim().to_lowercase();
    let fine = login.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@'));
    if fine && (2..=40).contains(&login.chars().count()) {
        Ok(login)
    } else {
        Err(Error::field(
            "login",
            "登录名用 2 到 40 个字母、数字、汉字或 . - _ @。",
            "A sign-in name is 2 to 40 letters, digits, or . - _ @.",
        ))
    }
}
