//! An account gets another sign-in name.

use super::{Act, login_of, tell};
use crate::store;
use db::{Tx, params};
use kernel::{AccountId, Error, Result};

/// Gives an account another sign-in name, inside a transaction: for a demonstration, whose names say what can be seen.
/// The name itself stays out of the journal.
///
/// Errors: invalid, at field `login`; refused (`login-taken`) where somebody else has it, or there is no such account.
pub fn rename_in(tx: &mut dyn Tx, id: AccountId, login: &str, act: &Act) -> Result<()> {
    let login = login_of(login)?;
    if !tx.exists(&store::ACCOUNT_LOGIN, &params![id, login])? {
        return Err(Error::refused(
            "login-taken",
            "这个登录名已经有人用了，请换一个。",
            "This sign-in name is taken; choose another.",
        ));
    }
    tell(tx, act, id, "account-renamed", serde_json::json!({}))
}
