//! Who is paired with whom, as far as visits ask.

use crate::read;
use db::Tx;
use kernel::{AccountId, Date, HouseholdId, Result};

/// The households of an account on this day, each once, with the kinds of pairing.
pub(crate) fn of_account(
    tx: &mut dyn Tx,
    account: AccountId,
    on: Date,
) -> Result<Vec<(HouseholdId, Vec<String>)>> {
    let mut out: Vec<(HouseholdId, Vec<String>)> = Vec::new();
    for pairing in read::of_account(tx, account, on)? {
        match out.iter_mut().find(|(known, _)| *known == pairing.household) {
            Some((_, kinds)) => kinds.push(pairing.kind),
            None => out.push((pairing.household, vec![pairing.kind])),
        }
    }
    Ok(out)
}
