//! Holds by law 依法保留: while one stands, nothing of the case is forgotten.

use super::{On, open, text};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::model::Audience;
use crate::step;
use crate::store::keeping::{self, Hold};
use db::Tx;
use kernel::{Error, Result};
use serde_json::json;

/// Places a hold, with the reason that the person reads when they want to be forgotten.
///
/// Errors: refused (`held-already`); without a reason [`Error::Invalid`].
pub fn place(tx: &mut dyn Tx, ctx: &Ctx, on: On, reason: &str) -> Result<Case> {
    let mut case = open(tx, ctx, on)?;
    case.demand(ctx, access::Verb::Hold)?;
    let ctx = &case.acting(ctx, access::Verb::Hold, access::Noun::Request);
    let reason = text("reason", reason, "请写明依法保留的理由。", "Please give the reason of law.")?;
    // The person reads it, and so may others.
    let reason = rules::mask::mask(&reason).text;
    if keeping::held(tx, case.row.id)?.is_some() {
        return Err(Error::refused("held-already", "已经在依法保留。", "It is held already."));
    }
    let Some(account) = ctx.account() else { return Err(Error::SignIn) };
    keeping::hold(tx, case.row.id, &Hold { held_at: ctx.at, account, reason: reason.clone() })?;
    step::note(tx, ctx, &mut case, "hold", Audience::Inside, &reason, json!({}))?;
    Ok(case)
}

/// Ends the hold that stands.
///
/// Errors: refused (`not-held`); without a reason [`Error::Invalid`].
pub fn release(tx: &mut dyn Tx, ctx: &Ctx, on: On, reason: &str) -> Result<Case> {
    let mut case = open(tx, ctx, on)?;
    case.demand(ctx, access::Verb::Hold)?;
    let ctx = &case.acting(ctx, access::Verb::Hold, access::Noun::Request);
    let reason = text("reason", reason, "请写明解除的理由。", "Please say why it ends.")?;
    let reason = rules::mask::mask(&reason).text;
    if !keeping::release(tx, case.row.id, ctx.at)? {
        return Err(Error::refused("not-held", "没有在依法保留。", "It is not held."));
    }
    step::note(tx, ctx, &mut case, "release", Audience::Inside, &reason, json!({}))?;
    Ok(case)
}
