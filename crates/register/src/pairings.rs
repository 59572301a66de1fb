//! Who looks after which household: the facts, as far as capabilities beside the way to people ask for them.

use crate::store::pairings as store;
use db::{Tx, params};
use kernel::{AccountId, Date, Result};

/// Who looks after a household on a day that `account` looks after as well, by whatever kind of pairing; whichever of its
/// rows they hold, where it was written down twice.
///
/// Errors: those of the database.
pub fn beside(tx: &mut dyn Tx, account: AccountId, on: Date) -> Result<Vec<AccountId>> {
    tx.query_map(&store::BESIDE, &params![account, on], |r| r.get(0))
}
