//! Who leads and who works in a unit today.

use crate::ctx::Ctx;
use crate::shield::Shield;
use access::accounts;
use db::Tx;
use kernel::{AccountId, Result, Role, UnitId};

/// Who answers until an officer is named: the lead of the unit, or of the nearest unit above with one.
pub fn duty_officer(tx: &mut dyn Tx, ctx: &Ctx, unit: UnitId) -> Result<Option<AccountId>> {
    let above = ctx.dir.ancestors(unit);
    for unit in std::iter::once(unit).chain(above.iter().rev().map(|u| u.id)) {
        if let Some((lead, _)) = accounts::holders(tx, unit, Role::Lead, ctx.today())?.into_iter().next() {
            return Ok(Some(lead));
        }
    }
    Ok(None)
}

/// [`duty_officer`] for a case that may be kept from some: none of them answers for it.
pub(crate) fn duty_officer_for(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    unit: UnitId,
    shield: Option<&Shield>,
) -> Result<Option<AccountId>> {
    let Some(shield) = shield else { return duty_officer(tx, ctx, unit) };
    let above = ctx.dir.ancestors(unit);
    for unit in std::iter::once(unit).chain(above.iter().rev().map(|u| u.id)) {
        for (lead, _) in accounts::holders(tx, unit, Role::Lead, ctx.today())? {
            if !shield.shuts_out_account(tx, ctx, lead)? {
                return Ok(Some(lead));
            }
        }
    }
    Ok(None)
}

/// [`officers`] without those from whom the case is kept.
pub(crate) fn officers_for(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    unit: UnitId,
    shield: Option<&Shield>,
) -> Result<Vec<(AccountId, String)>> {
    let mut out = Vec::new();
    for (account, name) in officers(tx, ctx, unit)? {
        if !shield.map_or(Ok(false), |s| s.shuts_out_account(tx, ctx, account))? {
            out.push((account, name));
        }
    }
    Ok(out)
}

/// Whether somebody can answer for cases of a unit today: as its officer or its lead.
pub fn works_in(tx: &mut dyn Tx, account: AccountId, unit: UnitId, ctx: &Ctx) -> Result<bool> {
    for role in [Role::Officer, Role::Lead] {
        if accounts::holders(tx, unit, role, ctx.today())?.iter().any(|(id, _)| *id == account) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Those who can answer for cases of a unit today: officers, then the lead.
pub fn officers(tx: &mut dyn Tx, ctx: &Ctx, unit: UnitId) -> Result<Vec<(AccountId, String)>> {
    let mut out = accounts::holders(tx, unit, Role::Officer, ctx.today())?;
    for lead in accounts::holders(tx, unit, Role::Lead, ctx.today())? {
        if !out.iter().any(|(id, _)| *id == lead.0) {
            out.push(lead);
        }
    }
    Ok(out)
}

/// The name of a member of staff; empty for nobody.
pub fn name_of(tx: &mut dyn Tx, account: Option<AccountId>) -> Result<String> {
    let Some(id) = account else { return Ok(String::new()) };
    Ok(accounts::by_id(tx, id)?.map(|a| a.name).unwrap_or_default())
}
