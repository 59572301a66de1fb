//! Who looks after whom in the demonstration: every kind of pairing of the pack, as far as its people suffice. A few of
//! them were moved elsewhere today and nobody has taken over, so that there is something to propose.

use super::Dice;
use access::{SharedSite, accounts};
use kernel::{AccountId, Result};
use liaison::carers::candidates;
use liaison::propose::{pair_all, pair_first};
use requests::Ctx;
use std::sync::Arc;

/// For so many days.
const DAYS: u32 = 200;

/// So many households go to each of those who can be stepped into before the rest is shared out, as their posts allow.
const FIRST: usize = 8;

/// One in so many was moved elsewhere, and no more than so many in all.
const ONE_IN: usize = 12;
const MOVED: usize = 30;

/// Pairs everybody, border by border.
///
/// Errors: those of the database.
pub(super) fn write(site: &SharedSite, seed: u64) -> Result<()> {
    let ctx = Ctx::system(site);
    let dice = Arc::new(Dice::new(seed, "pairs"));
    let mut from = ctx.today();
    for _ in 0..DAYS {
        from = from.yesterday().unwrap_or(from);
    }
    let today = ctx.today();
    let offered: Vec<AccountId> = site.db.read_now(move |tx| {
        let mut all = Vec::new();
        for one in super::personas(tx, today)? {
            all.extend(accounts::by_login(tx, &one.login)?.map(|a| a.id));
        }
        Ok(all)
    })?;
    for kind in site.pack.pairings.clone() {
        let (inner, own, id, some) = (ctx.clone(), dice.clone(), kind.id.clone(), offered.clone());
        site.db.write_now(move |tx| {
            some.iter().try_for_each(|account| {
                pair_first(tx, &inner, own.chance(), &id, *account, FIRST, from).map(drop)
            })
        })?;
        let areas =
            ctx.dir.iter().filter(|u| kind.within.as_deref().map_or(u.parent.is_none(), |l| u.level == l));
        for path in areas.map(|u| u.path.clone()).collect::<Vec<_>>() {
            // Of its own time: what is written later sorts later, and no index is searched all over for its place.
            let (inner, dice, id) = (Ctx::system(site), dice.clone(), kind.id.clone());
            site.db.write_now(move |tx| pair_all(tx, &inner, dice.chance(), &id, &path, from).map(drop))?;
        }
    }
    Ok(())
}

/// Some were moved elsewhere today: their households have nobody.
///
/// Errors: those of the database.
pub(super) fn move_some(site: &SharedSite) -> Result<()> {
    let ctx = Ctx::system(site);
    let today = ctx.today();
    let Some(top) = ctx.dir.root().map(|u| u.path.clone()) else { return Ok(()) };
    for kind in site.pack.pairings.iter().filter(|k| k.everyone).cloned() {
        let (inner, path) = (ctx.clone(), top.clone());
        site.db.write_now(move |tx| {
            // Not those whose part can be played.
            let mut stay: Vec<AccountId> = Vec::new();
            for one in super::personas(tx, today)? {
                stay.extend(accounts::by_login(tx, &one.login)?.map(|a| a.id));
            }
            let all = candidates(tx, &inner.dir, &kind, &path, today)?;
            let gone = all.iter().filter(|c| !stay.contains(&c.account)).step_by(ONE_IN).take(MOVED);
            for one in gone {
                let theirs = liaison::read::of_account(tx, one.account, today)?;
                for pairing in theirs.iter().filter(|p| p.kind == kind.id) {
                    liaison::end::end(tx, &inner, pairing.id, today, "调离，等待重新安排")?;
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Begins to count the periods of today. Before that nothing is counted, so what is written in bulk comes first.
///
/// Errors: those of the database.
pub(super) fn count(site: &SharedSite) -> Result<()> {
    let shared = site.clone();
    site.db.write_now(move |tx| liaison::tally::open(tx, &shared)).map(drop)
}
