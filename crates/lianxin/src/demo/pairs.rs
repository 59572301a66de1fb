//! Who looks after whom in the demonstration: every kind of pairing of the pack, as far as its people suffice.

use super::Dice;
use access::SharedSite;
use kernel::Result;
use requests::Ctx;
use std::sync::Arc;

/// For so many days.
const DAYS: u32 = 200;

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
    for kind in site.pack.pairings.clone() {
        let areas =
            ctx.dir.iter().filter(|u| kind.within.as_deref().map_or(u.parent.is_none(), |l| u.level == l));
        for path in areas.map(|u| u.path.clone()).collect::<Vec<_>>() {
            let (inner, dice, id) = (ctx.clone(), dice.clone(), kind.id.clone());
            site.db.write_now(move |tx| {
                liaison::propose::pair_all(tx, &inner, dice.chance(), &id, &path, from).map(drop)
            })?;
        }
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
