//! Forgetting words of pairing work 到期删除: what a family wished, what was done for it, what a check asked, what the family
//! said of the year. No longer than is needed (个人信息保护法 art. 19): as many years as the words of a visit.
//!
//! ```text
//!  plan, help, check of a year ─▶ keep_years after it over? ─▶ key of the sealed words destroyed; left: items, days, effects
//! ```
//!
//! That there was a plan, help, a check, their days, items with where each stood, and every figure stand, and so does the
//! journal. Each record is judged by its own year, so a year goes as a whole, in rounds.

use super::{CHECK, HELP, PLAN, read, store};
use crate::visits::forget::empty_log;
use access::{SharedSite, identity};
use db::{Tx, params};
use kernel::{Date, Error, RecordId, Result};
use records::{Left, Record};
use requests::Ctx;
use serde_json::{Value, json};

/// How many records of a kind one round takes.
const BATCH: i64 = 50;

/// The first year whose words are kept in `today`'s year.
fn first_kept(today: Date, years: u16) -> Result<i16> {
    Ok(today.year() - i16::try_from(years).map_err(Error::internal)?)
}

/// Forgets the words of years whose time is over; says whether there may be more.
///
/// Errors: those of the database.
pub async fn sweep(site: &SharedSite) -> Result<bool> {
    let ctx = Ctx::system(site);
    let years = site.pack.visit.keep_years;
    let kept = first_kept(ctx.today(), years)?;
    let (mut more, mut any) = (false, false);
    // What the others are about happened in their year or before it; a check may look at the year before.
    for (kind, before) in [(PLAN, kept), (HELP, kept), (CHECK, kept + 1)] {
        let before = Date::new(before, 1, 1).map_err(Error::internal)?;
        let due = ctx.read(move |tx, ctx| records::to_forget(tx, kind, before, ctx.today(), BATCH)).await?;
        more |= due.len() as i64 == BATCH;
        for id in due {
            any |= ctx.write(move |tx, ctx| one(tx, ctx, id, kept, years)).await?;
        }
    }
    any |= ctx.write(move |tx, _| words(tx, kept)).await?;
    if any {
        empty_log(site).await?;
    }
    Ok(more)
}

/// Forgets the words of a record, or puts it off until its year's time is over; whether they were forgotten.
fn one(tx: &mut dyn Tx, ctx: &Ctx, id: RecordId, kept: i16, years: u16) -> Result<bool> {
    let record = records::by_id(tx, id)?.ok_or(Error::NotFound)?;
    let year = read::year_of(&record)?;
    if year >= kept {
        let over = year + i16::try_from(years).map_err(Error::internal)? + 1;
        records::put_off(tx, id, Date::new(over, 1, 1).map_err(Error::internal)?)?;
        return Ok(false);
    }
    identity::tracelessly(tx, |tx| {
        records::forget(tx, &ctx.scope.actor, ctx.at, &record, &left(&record))?;
        Ok(true)
    })
}

/// What families said of years before `kept`.
fn words(tx: &mut dyn Tx, kept: i16) -> Result<bool> {
    identity::tracelessly(tx, |tx| Ok(tx.execute(&store::WORDS_FORGET, &params![i64::from(kept)])? > 0))
}

/// What is left of a record: its particulars, without whatever somebody wrote.
fn left(record: &Record) -> Left {
    let mut data = record.data.clone();
    for written in ["wish", "text", "ask", "word"] {
        if let Some(words) = data.get_mut(written) {
            *words = json!("");
        }
    }
    for item in data.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(item) = item.as_object_mut() {
            item.remove("text");
        }
    }
    Left { text: String::new(), data }
}
