//! Forgetting what was said and seen at a visit 到期删除: no longer than is needed (个人信息保护法 art. 19), for the years that
//! the pack says.
//!
//! ```text
//!  visit and its corrections ─▶ keep_years over? ─▶ a request of it open, or held by law? ─ yes ─▶ asked again in a month
//!                                                   a promise of it open?       │ no
//!                                     keys of pictures and of sealed words destroyed; texts left with what was tapped;
//!                                     promises left with their days, ratings with their grades
//! ```
//!
//! That there was a visit, on which day and whose, what was tapped, needs, that something was promised and what became of it,
//! help, figures and the journal stand.

use super::{KIND, needs, photos, store, words};
use access::{SharedSite, identity};
use db::{Tx, params};
use kernel::{Date, Error, RecordId, Result};
use register::households;
use requests::case::Case;
use requests::{Ctx, acts, uploads};

/// How many visits one round takes.
const BATCH: i64 = 50;
/// For how many days what is held back is put off.
const LATER: i64 = 30;

/// Visits from before this day are forgotten on `today`.
///
/// Errors: internal where the calendar has no such day.
pub fn before(today: Date, years: u16) -> Result<Date> {
    let year = today.year() - i16::try_from(years).map_err(Error::internal)?;
    // Of the 29th of February the day before.
    let day = Date::new(year, today.month(), today.day()).or_else(|_| Date::new(year, today.month(), 28));
    day.map_err(Error::internal)
}

/// Forgets the visits whose time is over; says whether there may be more.
///
/// Errors: those of the database and of the disk.
pub async fn sweep(site: &SharedSite) -> Result<bool> {
    let ctx = Ctx::system(site);
    let before = before(ctx.today(), site.pack.visit.keep_years)?;
    let due = ctx.read(move |tx, ctx| records::to_forget(tx, KIND, before, ctx.today(), BATCH)).await?;
    let n = due.len() as i64;
    let mut any = false;
    for id in due {
        let gone = ctx.write(move |tx, ctx| one(tx, ctx, id, before)).await?;
        any |= !gone.is_empty();
        for owner in gone {
            let (store, db) = (uploads::store(&ctx), site.db.clone());
            let work = move || files::purge(&store, &db, photos::OWNER, owner.0);
            tokio::task::spawn_blocking(work).await.map_err(Error::internal)??;
        }
    }
    if any {
        empty_log(site).await?;
    }
    Ok(n == BATCH)
}

/// What was overwritten must not stay in the log. Whoever reads just now lets it wait for the next round.
pub(crate) async fn empty_log(site: &SharedSite) -> Result<()> {
    let db = site.db.clone();
    match tokio::task::spawn_blocking(move || db.empty_log()).await.map_err(Error::internal)? {
        Err(Error::Busy) => {
            tracing::info!("the log is emptied later");
            Ok(())
        }
        other => other,
    }
}

/// Forgets a visit with what it corrects and what corrects it, or puts it off; which records were forgotten.
fn one(tx: &mut dyn Tx, ctx: &Ctx, id: RecordId, before: Date) -> Result<Vec<RecordId>> {
    if records::by_id(tx, id)?.is_none_or(|r| r.forgotten_at.is_some()) {
        // With another of the same visit, in this round.
        return Ok(Vec::new());
    }
    let latest = records::put_right(tx, id, None)?.ok_or(Error::NotFound)?;
    let chain = photos::chain(tx, &latest)?;
    let mut all = Vec::new();
    for id in &chain {
        all.extend(records::by_id(tx, *id)?.filter(|r| r.forgotten_at.is_none()));
    }
    // It counts from the day that was put right last.
    if latest.on >= before || held_back(tx, ctx, &latest)? || is_owed(tx, ctx, &latest, &chain, before)? {
        let later = (0..LATER).try_fold(ctx.today(), |day, _| day.tomorrow()).map_err(Error::internal)?;
        all.iter().try_for_each(|r| records::put_off(tx, r.id, later))?;
        return Ok(Vec::new());
    }
    identity::tracelessly(tx, |tx| {
        for record in &all {
            for file in files::list(tx, photos::OWNER, record.id.0)? {
                files::forget(tx, &file, &ctx.scope.actor, ctx.at)?;
            }
            let left = words::left(&ctx.site.pack.visit, record);
            records::forget(tx, &ctx.scope.actor, ctx.at, record, &left)?;
            for stmt in [
                &store::ANSWERS_FORGET,
                &store::ANSWERS_AT_FORGET,
                &store::PROMISES_FORGET,
                &store::RATING_FORGET,
            ] {
                tx.execute(stmt, &params![record.id])?;
            }
        }
        Ok(all.iter().map(|r| r.id).collect())
    })
}

/// Whether a request that came of the visit, or one that it was merged into, is open or held by law.
fn held_back(tx: &mut dyn Tx, ctx: &Ctx, visit: &records::Record) -> Result<bool> {
    for born in needs::born_of(tx, visit)? {
        let mut next = Some(born);
        while let Some(id) = next {
            let row = Case::find(tx, ctx, id)?.row;
            if row.is_live() || acts::forget::held(tx, id)?.is_some() {
                return Ok(true);
            }
            next = row.merged_into;
        }
    }
    Ok(false)
}

/// Whether something that was promised at the visit is still owed to the family. Nobody can answer it any more where the
/// household is no longer in the register. One that is linked to a household that ended is there again once the link is
/// undone, and its family asks for what it was promised: as long after that end as words are kept it may be.
fn is_owed(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    visit: &records::Record,
    chain: &[RecordId],
    before: Date,
) -> Result<bool> {
    let today = ctx.today();
    for id in chain {
        if tx.exists(&store::PROMISE_HOLDS, &params![*id])? {
            let home = households::get(tx, visit.household)?.ok_or(Error::NotFound)?;
            let own = home.is_open(today);
            let kept = households::kept(tx, home)?;
            return Ok(kept.is_open(today) || (own && kept.to.is_some_and(|ended| ended >= before)));
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_is_kept_for_whole_years() {
        let day = |y, m, d| Date::constant(y, m, d);
        assert_eq!(before(day(2029, 11, 17), 3).unwrap(), day(2026, 11, 17));
        assert_eq!(before(day(2028, 2, 29), 3).unwrap(), day(2025, 2, 28));
    }
}
