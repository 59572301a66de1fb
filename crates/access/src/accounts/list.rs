//! Reading accounts and who holds which post.

use super::{Account, account};
use crate::store;
use db::{Tx, params};
use kernel::{AccountId, Date, Error, Result, Role, UnitId};

/// One page of accounts, by sign-in name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountPage {
    /// The accounts.
    pub accounts: Vec<Account>,
    /// How many fit the search in all.
    pub total: i64,
    /// What to pass as `after` for the next page; none on the last.
    pub next: Option<String>,
}

/// `size` accounts after the sign-in name `after` whose sign-in name or name contains `search`.
pub fn page(tx: &mut dyn Tx, search: &str, after: &str, size: i64) -> Result<AccountPage> {
    let like = format!("%{}%", escaped(&search.trim().to_lowercase()));
    let mut accounts =
        tx.query_map(&store::ACCOUNT_PAGE, &params![after, like.as_str(), size + 1], account)?;
    let more = accounts.len() as i64 > size;
    accounts.truncate(size.max(0) as usize);
    let next = accounts.last().filter(|_| more).map(|a| a.login.clone());
    let total = tx.scalar(&store::ACCOUNT_COUNT, &params![like])?;
    Ok(AccountPage { accounts, total, next })
}

/// Text for the inside of a `LIKE` pattern, with `!` as its escape.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            out.push('!');
        }
        out.push(c);
    }
    out
}

/// An account, by id.
pub fn by_id(tx: &mut dyn Tx, id: AccountId) -> Result<Option<Account>> {
    tx.query_opt(&store::ACCOUNT_BY_ID, &params![id])?.as_ref().map(account).transpose()
}

/// An account, by its sign-in name as kept (small letters).
pub fn by_login(tx: &mut dyn Tx, login: &str) -> Result<Option<Account>> {
    tx.query_opt(&store::ACCOUNT_BY_LOGIN, &params![login])?.as_ref().map(account).transpose()
}

/// Somebody who holds a post in a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    /// Their account.
    pub account: AccountId,
    /// Their name.
    pub name: String,
    /// Their telephone number at work.
    pub phone: Option<String>,
    /// The part they play.
    pub role: Role,
    /// What the post is called; empty where the role says it all.
    pub title: String,
}

/// Who holds a post in exactly this unit on a day, by name.
pub fn colleagues(tx: &mut dyn Tx, unit: UnitId, on: Date) -> Result<Vec<Colleague>> {
    tx.query_map(&store::PEOPLE_OF_UNIT, &params![unit, on], |r| {
        let role: String = r.get(3)?;
        Ok(Colleague {
            account: r.get(0)?,
            name: r.get(1)?,
            phone: r.get(2)?,
            role: Role::from_key(&role).ok_or_else(|| Error::internal(format!("the role {role}")))?,
            title: r.get(4)?,
        })
    })
}

/// Who holds this role in exactly this unit on a day, by name: the officers to choose from.
pub fn holders(tx: &mut dyn Tx, unit: UnitId, role: Role, on: Date) -> Result<Vec<(AccountId, String)>> {
    // A few rows that many look up: the answer may serve all of them.
    let rows = tx.query(&store::HOLDERS_IN_UNIT, &params![unit, role.key(), on])?;
    rows.iter().map(|r| Ok((r.get(0)?, r.get(1)?))).collect()
}

/// Everybody who holds some post in exactly this unit on a day, also by a closed account.
pub fn posted(tx: &mut dyn Tx, unit: UnitId, on: Date) -> Result<Vec<AccountId>> {
    tx.query_map(&store::POSTED_IN_UNIT, &params![unit, on], |r| r.get(0))
}

/// Everybody of exactly this name, also closed accounts.
pub fn called(tx: &mut dyn Tx, name: &str) -> Result<Vec<AccountId>> {
    tx.query_map(&store::ACCOUNTS_CALLED, &params![name], |r| r.get(0))
}

/// The units in which an account holds some post on a day.
pub fn units_of(tx: &mut dyn Tx, account: AccountId, on: Date) -> Result<Vec<UnitId>> {
    tx.query_map(&store::UNITS_OF_ACCOUNT, &params![account, on], |r| r.get(0))
}

/// The first account, by sign-in name, that holds this role on a day: for stepping in on a
/// demonstration site.
pub fn first_holder(tx: &mut dyn Tx, role: Role, on: Date) -> Result<Option<AccountId>> {
    tx.query_opt(&store::FIRST_HOLDER, &params![role.key(), on])?.map(|r| r.get(0)).transpose()
}

/// The names of all accounts, also closed ones: for lists that show who did something.
pub fn all_names(tx: &mut dyn Tx) -> Result<Vec<(AccountId, String)>> {
    tx.query_map(&store::NAMES_OF_ACCOUNTS, &[], |r| Ok((r.get(0)?, r.get(1)?)))
}

/// What signing in has to know of an account.
pub(crate) struct ForSignIn {
    /// Whose.
    pub id: AccountId,
    /// What the password has to fit.
    pub pass_hash: String,
    /// Whether it has to be changed.
    pub must_change: bool,
    /// Whether there is a second factor to show.
    pub secured: bool,
    /// Whether the account is closed.
    pub disabled: bool,
}

/// The account with this sign-in name, for signing in.
pub(crate) fn for_sign_in(tx: &mut dyn Tx, login: &str) -> Result<Option<ForSignIn>> {
    let row = tx.query_opt(&store::ACCOUNT_BY_LOGIN, &params![login])?;
    row.map(|r| {
        Ok(ForSignIn {
            id: r.get(0)?,
            must_change: r.get(4)?,
            disabled: r.get::<Option<i64>>(6)?.is_some(),
            pass_hash: r.get(8)?,
            secured: r.get(9)?,
        })
    })
    .transpose()
}
