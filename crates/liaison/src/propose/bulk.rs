//! Pairing a whole place at once, for a demonstration: as a proposal would, without a hand on each household.

use super::make::compute;
use crate::carers::{border, post_for};
use crate::store::pairings as store;
use access::accounts;
use db::{Tx, params};
use kernel::{AccountId, Actor, Chance, Date, HouseholdId, PairingId, Result};
use pack::PairingKind;
use requests::Ctx;
use serde_json::json;

/// Pairs every household at and below `path` that has nobody by `kind`, from a day on, as far as quotas suffice; tells
/// how many. Asks nobody, and keeps no counters: open the periods afterwards.
///
/// Errors: not found where the pack has no such kind; those of the database.
pub fn pair_all(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    chance: &dyn Chance,
    kind: &str,
    path: &str,
    from: Date,
) -> Result<usize> {
    let kind = ctx.site.pack.pairing(kind).ok_or(kernel::Error::NotFound)?;
    let mut many = 0;
    // Whose post is made for it first, then whoever else may.
    let mut first = kind.clone();
    first.roles.truncate(1);
    for kind in [&first, kind] {
        let computed = compute(tx, ctx, kind, path)?;
        for (household, path, account) in computed.new_pairs() {
            pair(tx, ctx, chance, kind, (household, path, account), from)?;
            many += 1;
        }
        if computed.covers_all() {
            break;
        }
    }
    Ok(many)
}

/// Pairs `account` with households that have nobody by `kind`, `most` at most and never beyond the quota: those nearest to
/// their post inside of its border. Tells how many. Nothing for a kind without a border or for certain households alone, nor
/// for somebody who may take on none of it.
///
/// Errors: not found where the pack has no such kind; those of the database.
pub fn pair_first(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    chance: &dyn Chance,
    kind: &str,
    account: AccountId,
    most: usize,
    from: Date,
) -> Result<usize> {
    let kind = ctx.site.pack.pairing(kind).ok_or(kernel::Error::NotFound)?;
    let today = ctx.today();
    if kind.within.is_none() || !kind.only.is_empty() {
        return Ok(0);
    }
    let mut many = 0;
    for unit in accounts::units_of(tx, account, today)? {
        let top = ctx.dir.get(unit).and_then(|u| border(&ctx.dir, kind, u)).map(|u| u.path.clone());
        let Some(top) = top else { continue };
        let above = ctx.dir.ancestors(unit);
        let mut near: Vec<&str> = above.iter().map(|u| u.path.as_str()).chain([ctx.path(unit)]).collect();
        near.retain(|path| path.starts_with(&top));
        while let Some(path) = near.pop() {
            if post_for(tx, &ctx.dir, kind, account, path, today)?.is_none() {
                continue;
            }
            let load = crate::read::load(tx, account, &kind.id)?;
            let room = (i64::from(kind.quota) - load).clamp(0, most as i64 - many as i64);
            let free = crate::coverage::without(tx, kind, path, today, ("", ""), room)?;
            for (household, _, path) in free {
                pair(tx, ctx, chance, kind, (household, &path, account), from)?;
                many += 1;
            }
        }
    }
    Ok(many)
}

/// Writes one pairing, with its event.
fn pair(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    chance: &dyn Chance,
    kind: &PairingKind,
    (household, path, account): (HouseholdId, &str, AccountId),
    from: Date,
) -> Result<()> {
    let id = PairingId::new(ctx.at, chance);
    let basis = kind.citation.zh.as_str();
    let values = params![id, kind.id.as_str(), account, household, path, from, basis, ctx.at];
    tx.put(&store::PUT, &values)?;
    let payload = json!({ "kind": kind.id, "household": household.to_string(),
        "account": account.to_string(), "from": from, "basis": basis });
    let event = journal::NewEvent {
        stream_kind: "pairing",
        stream: id.0,
        at: ctx.at,
        actor: &Actor::System,
        kind: "paired",
        payload,
    };
    journal::append_first(tx, &event).map(drop)
}
