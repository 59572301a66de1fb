//! Draws of a made-up past, for the demonstration.

use super::{Lot, bind, draw, end_of, last_day, secret};
use crate::acts::judge;
use crate::acts::sample::{self, Check};
use crate::ctx::Ctx;
use crate::model::Satisfaction;
use access::SharedSite;
use journal::tree;
use journal::tree::note::SigningKey;
use kernel::{DAY, Error, HOUR, Result, Scope};
use rules::case::Word;
use rules::lot::{Sheet, commitment};

/// Draws of the last so many whole times as if it had been done in time, and has `caller` ask about them. The
/// heads of a made-up past are all signed at its end, so no head holds what was bound before. Blocks.
///
/// Errors: those of the database.
pub fn past(site: &SharedSite, key: &SigningKey, times: usize, caller: &Scope) -> Result<()> {
    let now = Ctx::system(site);
    let every = now.site.pack.call_back.lot.every;
    // The first days of the times before the one that today lies in.
    let mut firsts = Vec::new();
    let mut day = now.today();
    while firsts.len() < times {
        day = day.yesterday().map_err(Error::internal)?;
        let begins = day.yesterday().map(|d| last_day(every, d) != last_day(every, day)).unwrap_or(true);
        if begins && last_day(every, day) < now.today() {
            firsts.push(day);
        }
    }
    let head =
        site.db.read_now(|tx| tree::latest(tx))?.ok_or_else(|| Error::internal("nothing is sealed"))?;
    for from in firsts.into_iter().rev() {
        let to = last_day(every, from);
        let hash = commitment(&key.vouch(&Sheet::label(&key.public().name, from, to)));
        let mut ctx = now.clone();
        ctx.at = site.zone.start_of(from).plus(-5 * DAY);
        let early = ctx.clone();
        site.db.write_now(move |tx| bind(tx, &early, from, to, &hash))?;
        let lot: Lot = site.db.read_now(move |tx| super::one(tx, from))?.ok_or(Error::NotFound)?;
        ctx.at = end_of(&ctx, &lot)?.plus(HOUR / 4);
        let (origin, secret) = (key.public().name.clone(), secret(key, &lot).unwrap_or_default());
        let (late, head, drawn) = (ctx.clone(), head.clone(), lot.clone());
        site.db.write_now(move |tx| draw(tx, &late, &drawn, &origin, &secret, &head))?;
        ask(site, &ctx, &lot, caller)?;
    }
    Ok(())
}

/// Most of what was drawn is asked on the following days; in the last time some wait.
fn ask(site: &SharedSite, drawn: &Ctx, lot: &Lot, caller: &Scope) -> Result<()> {
    let of = lot.clone();
    let all = site.db.read_now(move |tx| super::asked(tx, &of))?;
    for (n, asked) in all.into_iter().enumerate() {
        let mut ctx = drawn.clone();
        ctx.scope = caller.clone();
        ctx.at = drawn.at.plus((1 + n as i64 % 3) * DAY + 9 * HOUR + n as i64 * 60_000);
        if ctx.at > site.now() {
            continue;
        }
        let on = asked.id.into();
        let done = match n % 9 {
            4 => (0..ctx.site.pack.call_back.attempt_days).try_for_each(|day| {
                let mut ctx = ctx.clone();
                ctx.at = ctx.at.plus(i64::from(day) * DAY);
                let missed = judge::Missed { on, outcome: "no-answer".into(), note: String::new() };
                if ctx.at > site.now() {
                    return Ok(());
                }
                site.db.write_now(move |tx| sample::missed(tx, &ctx, &missed)).map(drop)
            }),
            // A no opens the case again: told of the latest only, for nobody went on with an older one.
            7 if ctx.at.plus(7 * DAY) > site.now() => {
                said(site, &ctx, on, Word::NotSolved, Satisfaction::Bad)
            }
            n => said(
                site,
                &ctx,
                on,
                Word::Solved,
                if n % 2 == 0 { Satisfaction::Good } else { Satisfaction::Fair },
            ),
        };
        match done {
            // Not for this caller, or moved on since.
            Err(Error::Refused { .. } | Error::Forbidden(_)) => {}
            done => done?,
        }
    }
    Ok(())
}

fn said(site: &SharedSite, ctx: &Ctx, on: crate::acts::On, word: Word, grade: Satisfaction) -> Result<()> {
    let (ctx, note) = (ctx.clone(), String::new());
    let check = Check { on, word, satisfaction: Some(grade), note };
    site.db.write_now(move |tx| sample::check(tx, &ctx, &check)).map(drop)
}
