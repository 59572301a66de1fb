//! Applying a proposal: change by change, each only where things are still as they were when it was made.

use super::model::{Change, by_id};
use crate::hand_over::{HandOver, hand_over};
use crate::model::Pairing;
use crate::pair::{NewPairing, pair};
use crate::store::{pairings, proposals as store};
use access::{Noun, Verb};
use db::{Tx, params};
use kernel::{Error, PairingId, Result, Uuid};
use requests::Ctx;

/// What came of one round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Applied {
    /// Changes made.
    pub made: i64,
    /// Changes that no longer fit: somebody else was paired meanwhile, the household ended, a quota is full.
    pub stale: i64,
    /// There is more to do.
    pub more: bool,
}

/// Makes the next changes of a proposal, at most `most`, in one transaction.
///
/// Errors: not found; forbidden.
pub fn apply(tx: &mut dyn Tx, ctx: &Ctx, id: Uuid, most: i64) -> Result<Applied> {
    let proposal = by_id(tx, id)?.ok_or(Error::NotFound)?;
    access::demand(&ctx.scope, Verb::Manage, Noun::Pairing, &proposal.path)?;
    let todo = tx.query_map(&store::TODO, &params![id, most], Change::from_row)?;
    let mut applied = Applied { more: i64::try_from(todo.len()).unwrap_or(0) == most, ..Applied::default() };
    for change in &todo {
        // 1: made; 2: it no longer fits.
        let done = match one(tx, ctx, &proposal.kind, change) {
            Ok(true) => 1,
            Ok(false) | Err(Error::Refused { .. } | Error::NotFound | Error::Invalid(_)) => 2,
            Err(e) => return Err(e),
        };
        applied.made += i64::from(done == 1);
        applied.stale += i64::from(done == 2);
        tx.execute(&store::DONE, &params![id, change.path.as_str(), change.code.as_str(), done])?;
    }
    let values = params![id, ctx.at, ctx.account(), applied.made, applied.stale];
    tx.execute(&store::APPLIED, &values)?;
    Ok(applied)
}

fn one(tx: &mut dyn Tx, ctx: &Ctx, kind: &str, change: &Change) -> Result<bool> {
    let open = tx.query_map(&pairings::OPEN_OF, &params![change.household], Pairing::from_row)?;
    let now = open.into_iter().find(|p| p.kind == kind);
    if now.as_ref().map(|p| p.account) != change.from {
        return Ok(false);
    }
    let Some(to) = change.to else { return Ok(false) };
    let id = PairingId::new(ctx.at, &*ctx.site.chance);
    let basis = match ctx.site.pack.pairing(kind) {
        Some(kind) => format!("结对建议：{}", kind.citation.zh),
        None => "结对建议".to_owned(),
    };
    let basis: String = basis.chars().take(200).collect();
    match now {
        Some(now) => {
            let on = ctx.today().max(now.from);
            hand_over(tx, ctx, &HandOver { pairing: now.id, id, to, on, basis })?;
        }
        None => {
            let new = NewPairing {
                id,
                kind: kind.to_owned(),
                account: to,
                household: change.household,
                from: ctx.today(),
                basis,
            };
            pair(tx, ctx, &new)?;
        }
    }
    Ok(true)
}
