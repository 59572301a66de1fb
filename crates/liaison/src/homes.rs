//! What is done to a household together with everything that hangs on it: pairings, counters of duties, visits.
//!
//! ```text
//!  change ─▶ facts, row ─┬─ moved: pairings follow to the other grid        tag, untag ─▶ counters of duties
//!  close ──▶ its end ────┴─ pairings end with it
//!  link ───▶ the other's pairings end; who looked after it goes along where the kept one has nobody of that kind
//!  unlink ─▶ what came along goes back
//! ```
//!
//! [`register::households`] knows of no pairings, so pages and programs that change a household come here.

use crate::model::Pairing;
use crate::pair::{self, NewPairing};
use crate::store::{duties, pairings as store};
use crate::{end, read, tally, work};
use access::accounts::Act;
use access::{Noun, Verb};
use db::{Tx, params};
use kernel::{Date, Error, HouseholdId, PairingId, Result, Uuid};
use register::households::{self, Correction, Household, HouseholdChange, MemberFix, NewTag};
use register::{Mode, units};
use requests::Ctx;

/// The household, and whoever acts in the unit of the post that allows it.
fn acting(tx: &mut dyn Tx, ctx: &Ctx, verb: Verb, id: HouseholdId) -> Result<(Household, Act)> {
    let known = households::demanded(tx, &ctx.scope, verb, id)?;
    let actor = access::acting(&ctx.scope, verb, Noun::Household, &known.path)?;
    Ok((known, Act { actor, at: ctx.at }))
}

/// Changes or corrects a household; where it moves to another grid its pairings follow, and its counters with them.
///
/// Errors: as [`households::change`]; invalid at `unit` where the other grid is out of reach.
pub fn change(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    id: HouseholdId,
    change: &HouseholdChange,
    mode: Mode,
) -> Result<()> {
    let (known, act) = acting(tx, ctx, Verb::Manage, id)?;
    let grid = change.grid.filter(|g| *g != known.unit);
    if let Some(grid) = grid.map(|g| units::get(tx, g)).transpose()?.flatten()
        && !access::may(&ctx.scope, Verb::Manage, Noun::Household, &grid.path)
    {
        return Err(Error::field(
            "unit",
            "这个网格不在您的范围内，请由管两边的上级来迁。",
            "This grid is out of your reach: have it moved by somebody who is in charge of both.",
        ));
    }
    tally::around(tx, &ctx.site, id, |tx| {
        households::change_in(tx, &ctx.site, &known, change, mode, &act)?;
        match households::get(tx, id)? {
            Some(now) if now.path != known.path => end::moved(tx, id, &now.path),
            _ => Ok(()),
        }
    })
}

/// Ends a household and its pairings: `on` is the first day without them.
///
/// Errors: as [`households::close`].
pub fn close(tx: &mut dyn Tx, ctx: &Ctx, id: HouseholdId, on: Date, why: &str) -> Result<()> {
    let (known, act) = acting(tx, ctx, Verb::Manage, id)?;
    households::close_in(tx, &ctx.site, &known, on, why, &act)?;
    end::end_all(tx, &ctx.site, &act, id, on, why)
}

/// Puts a mark on a household or one of its people. Whoever was entered at a household that is linked to it bears theirs
/// there, and keeps it once the link is undone.
///
/// Errors: as [`households::tag`].
pub fn tag(tx: &mut dyn Tx, ctx: &Ctx, id: HouseholdId, new: &NewTag) -> Result<Uuid> {
    let (known, act) = acting(tx, ctx, Verb::Manage, id)?;
    let at = match new.person {
        Some(person) => households::people(tx, id)?.iter().find(|m| m.person == person).map(|m| m.household),
        None => None,
    };
    let home = row(tx, known, at)?;
    around(tx, ctx, home.kept, home.id, |tx| households::tag_in(tx, &ctx.site, &home, new, &act))
}

/// Does what changes what counts for a household, and for the one that stands for it.
fn around<T>(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    kept: Option<HouseholdId>,
    own: HouseholdId,
    job: impl FnOnce(&mut dyn Tx) -> Result<T>,
) -> Result<T> {
    let alone = |tx: &mut dyn Tx| tally::around(tx, &ctx.site, own, job);
    match kept {
        Some(kept) => tally::around(tx, &ctx.site, kept, alone),
        None => alone(tx),
    }
}

/// Of the rows that are one household the one with this id; the one that is kept where there is none.
fn row(tx: &mut dyn Tx, kept: Household, at: Option<HouseholdId>) -> Result<Household> {
    match at.filter(|at| *at != kept.id) {
        Some(at) => households::get(tx, at)?.ok_or(Error::NotFound),
        None => Ok(kept),
    }
}

/// Ends a mark, or strikes it where `on` is none; also one that was put on at a household that is linked to it.
///
/// Errors: as [`households::untag`].
pub fn untag(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    id: HouseholdId,
    fact: Uuid,
    on: Option<Date>,
    why: &str,
) -> Result<()> {
    let (known, act) = acting(tx, ctx, Verb::Manage, id)?;
    let marks = households::tags(tx, id, ctx.today())?;
    let home = row(tx, known, marks.iter().find(|f| f.id == fact).map(|f| f.household))?;
    around(tx, ctx, home.kept, home.id, |tx| households::untag_in(tx, &ctx.site, &home, fact, on, why, &act))
}

/// Links `other` to `kept`: one family that was written down twice. From here on the kept one stands for both: its page
/// and its duties read what was written at either.
///
/// Errors: as [`households::link`].
pub fn link(tx: &mut dyn Tx, ctx: &Ctx, other: HouseholdId, kept: HouseholdId, basis: &str) -> Result<()> {
    let (other, act) = acting(tx, ctx, Verb::Merge, other)?;
    let kept = households::demanded(tx, &ctx.scope, Verb::Merge, kept)?;
    let has = read::of_household(tx, kept.id, ctx.today())?;
    around(tx, ctx, Some(kept.id), other.id, |tx| {
        households::link_in(tx, &ctx.site, &other, &kept, basis, &act)?;
        let open = end::end_open(tx, &act, other.id, ctx.today(), basis)?;
        // From here on the marks of both count for a kind that asks for one.
        for gone in open.iter().filter(|p| has.iter().all(|k| k.kind != p.kind)) {
            pair_again(tx, ctx, gone, &kept, basis)?;
        }
        tx.execute(&duties::SEEN_ALONG, &params![other.id, kept.id])?;
        work::items_along(tx, &ctx.site.pack.work, kept.id, other.id, ctx.at)
    })
}

/// Undoes the link of `other`: both stand in the lists again, and each has whom it had.
///
/// Errors: as [`households::unlink`].
pub fn unlink(tx: &mut dyn Tx, ctx: &Ctx, other: HouseholdId, basis: &str) -> Result<()> {
    let (other, act) = acting(tx, ctx, Verb::Merge, other)?;
    let links = households::links(tx, other.id)?;
    let link = links.into_iter().find(|l| l.household == other.id && l.undone_at.is_none());
    let Some(link) = link else { return households::unlink_in(tx, &ctx.site, &other, basis, &act) };
    // Whom the kept one has, and what is owed there, changes as well.
    households::demanded(tx, &ctx.scope, Verb::Merge, link.kept)?;
    let day = ctx.site.zone.date(link.at);
    // One that began on the day of the link was struck by it. Of each kind there was one.
    let values = params![other.id, day, link.basis.as_str(), link.at];
    let mut gone: Vec<Pairing> = tx.query_map(&store::ENDED_BY, &values, Pairing::from_row)?;
    gone.dedup_by(|a, b| a.kind == b.kind);
    let came = read::of_household(tx, link.kept, ctx.today())?;
    around(tx, ctx, Some(link.kept), other.id, |tx| {
        households::unlink_in(tx, &ctx.site, &other, basis, &act)?;
        tx.execute(&duties::SEEN_BACK, &params![other.id, link.kept])?;
        let alone = Household { kept: None, ..other.clone() };
        for gone in &gone {
            let along = |p: &&Pairing| {
                (p.kind.as_str(), p.account) == (gone.kind.as_str(), gone.account)
                    && p.from == day
                    && p.basis == link.basis
            };
            if let Some(along) = came.iter().find(along) {
                end::write(tx, ctx, along, ctx.today(), basis)?;
            }
            pair_again(tx, ctx, gone, &alone, basis)?;
        }
        work::items_back(tx, &ctx.site.pack.work, link.kept, other.id, ctx.at)
    })
}

/// Two households that were proposed as one are two.
///
/// Errors: as [`households::apart_in`]; what the table refuses at both.
pub fn apart(tx: &mut dyn Tx, ctx: &Ctx, other: HouseholdId, kept: HouseholdId, basis: &str) -> Result<()> {
    let (other, act) = acting(tx, ctx, Verb::Merge, other)?;
    let kept = households::demanded(tx, &ctx.scope, Verb::Merge, kept)?;
    households::apart_in(tx, &ctx.site, &other, &kept, basis, &act)
}

/// Whoever had `gone` looks after `home` from today on, where the kind of pairing still allows it; the caller counts.
fn pair_again(tx: &mut dyn Tx, ctx: &Ctx, gone: &Pairing, home: &Household, basis: &str) -> Result<()> {
    let new = NewPairing {
        id: PairingId::new(ctx.at, &*ctx.site.chance),
        kind: gone.kind.clone(),
        account: gone.account,
        household: home.id,
        from: ctx.today(),
        basis: basis.to_owned(),
    };
    match pair::checked(tx, ctx, &new, home) {
        // Whoever may not have it any more, or has as many as they may: the list of those without shows it.
        Err(Error::Refused { .. } | Error::Invalid(_)) => return Ok(()),
        other => other?,
    }
    pair::write(tx, ctx, &new, &home.path)
}

/// Somebody leaves, wherever of the rows that are one household they were entered: `on` is the first day without them.
///
/// Errors: as [`households::end_member_in`] and [`households::demand_twins`].
pub fn leave(tx: &mut dyn Tx, ctx: &Ctx, id: HouseholdId, entry: Uuid, on: Date, why: &str) -> Result<()> {
    let (known, act) = acting(tx, ctx, Verb::Manage, id)?;
    let at = households::people(tx, id)?.iter().find(|m| m.id == entry).map(|m| m.household);
    if at == Some(id) {
        households::demand_twins(tx, &ctx.scope, Verb::Manage, &known, entry)?;
    }
    let home = row(tx, known, at)?;
    households::end_member_in(tx, &ctx.site, &home, entry, on, why, &act)
}

/// Corrects what was written down about somebody of the household.
///
/// Errors: as [`households::correct_in`] and [`households::demand_twins`].
pub fn correct(tx: &mut dyn Tx, ctx: &Ctx, id: HouseholdId, entry: Uuid, new: &Correction) -> Result<()> {
    let (known, act) = acting(tx, ctx, Verb::Manage, id)?;
    households::demand_twins(tx, &ctx.scope, Verb::Manage, &known, entry)?;
    households::correct_in(tx, &ctx.site, &known, entry, new, &act)
}

/// Strikes the entry of somebody who never belonged to the household.
///
/// Errors: as [`households::fix_member_in`] and [`households::demand_twins`].
pub fn strike(tx: &mut dyn Tx, ctx: &Ctx, id: HouseholdId, entry: Uuid, fix: &MemberFix) -> Result<()> {
    let (known, act) = acting(tx, ctx, Verb::Manage, id)?;
    households::demand_twins(tx, &ctx.scope, Verb::Manage, &known, entry)?;
    households::fix_member_in(tx, &ctx.site, &known, entry, fix, &act)
}
