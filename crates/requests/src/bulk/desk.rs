//! Who leads which unit, read once for a whole load.

use crate::ctx::Ctx;
use access::accounts;
use db::Tx;
use kernel::{AccountId, Result, Role, UnitId};
use std::collections::HashMap;

/// The lead of every unit today, or of the nearest unit above with one.
#[derive(Clone, Debug, Default)]
pub struct Desk {
    leads: HashMap<UnitId, AccountId>,
}

impl Desk {
    /// Reads it.
    pub fn load(tx: &mut dyn Tx, ctx: &Ctx) -> Result<Desk> {
        let mut leads: HashMap<UnitId, AccountId> = HashMap::with_capacity(ctx.dir.len());
        // The directory gives each unit after the one above it.
        for unit in ctx.dir.iter() {
            let own = accounts::holders(tx, unit.id, Role::Lead, ctx.today())?.into_iter().next();
            let above = unit.parent.and_then(|p| leads.get(&p).copied());
            if let Some(lead) = own.map(|(id, _)| id).or(above) {
                leads.insert(unit.id, lead);
            }
        }
        Ok(Desk { leads })
    }

    /// Who answers in this unit until an officer is named.
    pub fn lead(&self, unit: UnitId) -> Option<AccountId> {
        self.leads.get(&unit).copied()
    }
}
