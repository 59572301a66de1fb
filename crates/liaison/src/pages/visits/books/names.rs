//! Whose book it may be, and the names that stand in books.

use crate::pages::heads::{called, head};
use access::{Noun, Verb, accounts};
use db::Tx;
use kernel::{AccountId, HouseholdId, Result};
use requests::Ctx;
use std::collections::HashMap;

/// The name of somebody whose book whoever asks may read: of a unit where they may read what visits there brought. None
/// where they may not.
pub(super) fn colleague(tx: &mut dyn Tx, ctx: &Ctx, verb: Verb, who: AccountId) -> Result<Option<String>> {
    let Some(found) = accounts::by_id(tx, who)? else { return Ok(None) };
    let units = accounts::units_of(tx, who, ctx.today())?;
    let may = units.iter().any(|u| access::may(&ctx.scope, verb, Noun::Visit, ctx.path(*u)));
    Ok(Some(found.name).filter(|_| may || ctx.account() == Some(who)))
}

/// Names of staff, and codes of households with what their heads are called, each looked up once.
#[derive(Default)]
pub(super) struct Names {
    staff: HashMap<AccountId, String>,
    homes: HashMap<HouseholdId, (String, String)>,
}

impl Names {
    pub(super) fn staff(&mut self, tx: &mut dyn Tx, id: AccountId) -> Result<String> {
        if let Some(known) = self.staff.get(&id) {
            return Ok(known.clone());
        }
        let name = accounts::by_id(tx, id)?.map(|a| a.name).unwrap_or_default();
        self.staff.insert(id, name.clone());
        Ok(name)
    }

    /// The code of a household, and the surname of its head: books are handed on, whoever looks after the family.
    pub(super) fn home(&mut self, tx: &mut dyn Tx, ctx: &Ctx, id: HouseholdId) -> Result<(String, String)> {
        if let Some(known) = self.homes.get(&id) {
            return Ok(known.clone());
        }
        let found = match register::households::get(tx, id)? {
            Some(home) => (home.code.clone(), called(&head(tx, ctx, &home)?, false)),
            None => Default::default(),
        };
        self.homes.insert(id, found.clone());
        Ok(found)
    }
}
