//! A pairing ends with a day; it stays on record.

use crate::model::Pairing;
use crate::store::pairings as store;
use crate::{pair, read, tally, tell};
use access::accounts::Act;
use access::{Noun, Site, Verb};
use db::{Tx, params};
use kernel::{Date, Error, HouseholdId, PairingId, Result};
use requests::Ctx;
use serde_json::json;

/// Ends a pairing: `on` is the first day without it.
///
/// Errors: not found; invalid at `on`, `basis`; refused: `ended-already`.
pub fn end(tx: &mut dyn Tx, ctx: &Ctx, pairing: PairingId, on: Date, basis: &str) -> Result<Pairing> {
    let known = read::by_id(tx, pairing)?.ok_or(Error::NotFound)?;
    check(ctx, &known, on, basis)?;
    tally::around(tx, &ctx.site, known.household, |tx| write(tx, ctx, &known, on, basis))?;
    Ok(known)
}

/// Whether it may be ended like this.
///
/// Errors: forbidden; invalid at `on`, `basis`.
pub(crate) fn check(ctx: &Ctx, known: &Pairing, on: Date, basis: &str) -> Result<()> {
    access::demand(&ctx.scope, Verb::Manage, Noun::Pairing, &known.path)?;
    pair::basis(basis)?;
    if on > ctx.today() || on < known.from {
        return Err(Error::field(
            "on",
            "日期不能晚于今天，也不能早于结对的日子。",
            "The date cannot lie in the future, or before the pairing began.",
        ));
    }
    Ok(())
}

/// Writes the end and its event.
pub(crate) fn write(tx: &mut dyn Tx, ctx: &Ctx, known: &Pairing, on: Date, basis: &str) -> Result<()> {
    if !tx.exists(&store::END, &params![known.id, on, basis.trim()])? {
        return Err(Error::refused("ended-already", "这次结对已经结束。", "This pairing has ended already."));
    }
    // What began and ended on one day was never in force; it stays readable as superseded.
    if on == known.from {
        tx.put(&store::STRIKE, &params![known.id, ctx.at])?;
    }
    tell(tx, ctx, known.id, "ended", json!({ "to": on, "basis": basis.trim() }))
}

/// Ends all pairings of a household that has ended; to be called in the same transaction.
///
/// Errors: those of the database.
pub fn end_all(
    tx: &mut dyn Tx,
    site: &Site,
    act: &Act,
    household: HouseholdId,
    on: Date,
    basis: &str,
) -> Result<()> {
    tally::around(tx, site, household, |tx| end_open(tx, act, household, on, basis).map(drop))
}

/// The same where whoever calls keeps the counters; gives what ended.
pub(crate) fn end_open(
    tx: &mut dyn Tx,
    act: &Act,
    household: HouseholdId,
    on: Date,
    basis: &str,
) -> Result<Vec<Pairing>> {
    let open = tx.query_map(&store::OPEN_OF, &params![household], Pairing::from_row)?;
    for known in &open {
        let on = on.max(known.from);
        if !tx.exists(&store::END, &params![known.id, on, basis.trim()])? {
            continue;
        }
        if on == known.from {
            tx.put(&store::STRIKE, &params![known.id, act.at])?;
        }
        let payload = json!({ "to": on, "basis": basis.trim() });
        crate::told(tx, &act.actor, act.at, known.id, "ended", payload)?;
    }
    Ok(open)
}

/// Takes a household's pairings along to another grid; to be called in the transaction that moves it, inside
/// [`tally::around`](crate::tally::around) where its counters are to follow at once.
///
/// Errors: those of the database.
pub fn moved(tx: &mut dyn Tx, household: HouseholdId, path: &str) -> Result<()> {
    tx.execute(&store::MOVED, &params![household, path]).map(drop)
}
