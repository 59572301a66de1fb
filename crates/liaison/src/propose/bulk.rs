//! Pairing a whole place at once, for a demonstration: as a proposal would, without a hand on each household.

use super::make::compute;
use crate::store::pairings as store;
use db::{Tx, params};
use kernel::{Actor, Chance, Date, PairingId, Result};
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
    let actor = Actor::System;
    let mut many = 0;
    // Whose post is made for it first, then whoever else may.
    let mut first = kind.clone();
    first.roles.truncate(1);
    for kind in [&first, kind] {
        let computed = compute(tx, ctx, kind, path)?;
        for (household, path, account) in computed.new_pairs() {
            let id = PairingId::new(ctx.at, chance);
            let basis = kind.citation.zh.as_str();
            let values = params![id, kind.id.as_str(), account, household, path, from, basis, ctx.at];
            tx.put(&store::PUT, &values)?;
            let payload = json!({ "kind": kind.id, "household": household.to_string(),
                "account": account.to_string(), "from": from, "basis": basis });
            let (at, actor) = (ctx.at, &actor);
            let event = journal::NewEvent {
                stream_kind: "pairing",
                stream: id.0,
                at,
                actor,
                kind: "paired",
                payload,
            };
            journal::append_first(tx, &event)?;
            many += 1;
        }
    }
    Ok(many)
}
