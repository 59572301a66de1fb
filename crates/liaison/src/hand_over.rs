//! A household goes from one person to another: the old pairing ends, the new one begins, on one day.
//!
//! What was promised to the family belongs to the household and thus goes along: it stands first on the new person's
//! page. Open matters stay with the officer who answers for them and are shown to both.

use crate::model::Pairing;
use crate::pair::NewPairing;
use crate::{end, pair, read, tally};
use access::{Noun, Verb};
use db::Tx;
use kernel::{AccountId, Date, Error, PairingId, Result};
use register::households;
use requests::Ctx;

/// Whom, to whom, from when.
#[derive(Clone, Debug)]
pub struct HandOver {
    /// The pairing that ends.
    pub pairing: PairingId,
    /// The id of the one that begins.
    pub id: PairingId,
    /// Who takes over.
    pub to: AccountId,
    /// The first day of the new one.
    pub on: Date,
    /// What it rests on.
    pub basis: String,
}

/// Hands over; gives the pairing that ended.
///
/// Errors: as [`end::end`] and [`pair::pair`]; refused `same-person`.
pub fn hand_over(tx: &mut dyn Tx, ctx: &Ctx, over: &HandOver) -> Result<Pairing> {
    let known = read::by_id(tx, over.pairing)?.ok_or(Error::NotFound)?;
    access::demand(&ctx.scope, Verb::Manage, Noun::Pairing, &known.path)?;
    if known.to.is_some() {
        return Err(Error::refused("ended-already", "这次结对已经结束。", "This pairing has ended already."));
    }
    if known.account == over.to {
        return Err(Error::refused("same-person", "交接要交给另一个人。", "Hand it over to somebody else."));
    }
    if over.on < known.from {
        return Err(Error::field(
            "on",
            "交接不能早于结对的日子。",
            "It cannot be handed over before the pairing began.",
        ));
    }
    let household = households::get(tx, known.household)?.ok_or(Error::NotFound)?;
    let new = NewPairing {
        id: over.id,
        kind: known.kind.clone(),
        account: over.to,
        household: known.household,
        from: over.on,
        basis: over.basis.clone(),
    };
    pair::checked(tx, ctx, &new, &household)?;
    tally::around(tx, &ctx.site, known.household, |tx| {
        end::write(tx, ctx, &known, over.on, &over.basis)?;
        pair::write(tx, ctx, &new, &household.path)
    })?;
    Ok(known)
}
