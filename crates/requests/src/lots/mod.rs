//! Call-backs by lot 抽签回访: some of the words that no caller of another unit took down are asked again, and
//! anybody can compute afterwards that nobody chose them.
//!
//! ```text
//!  two days before a time begins   secret = the site key's signature under "lot of these days"
//!                                  its hash ──▶ journal, the head of the day, /proof/lots
//!  the time goes by                cases are closed; nobody who handles them knows the secret
//!  the first head after its end    seed = SHA-256(secret ‖ root): nobody knew the root before
//!                                  draw ([`rules::lot`]) ──▶ sheet; its hash ──▶ journal, the head of the day
//!  calls                           drawn words ──▶ queue of another unit's callers ([`crate::acts::sample`])
//!  all asked, or the time is over  the sheet is published: secret, seed, cases by seal code, result
//! ```
//!
//! The sheet waits until the calls are over, so that nobody hears from it whom to talk to first; its hash is
//! signed at once, so that it cannot be another one by then. What this promises and what it does not is told in
//! docs/security.md.

mod check;
mod drawn;
mod past;

pub use check::{Checked, Found, check, check_file};
pub use drawn::{CameOut, Wanted, drawn, place};
pub use past::past;

pub use crate::store::lots::Lot;
pub use crate::store::samples::Asked;

use crate::ctx::Ctx;
use crate::store::lots as store;
use crate::store::samples::{self, Sample};
use crate::store::streams;
use access::SharedSite;
use db::Tx;
use journal::NewEvent;
use journal::tree::note::SigningKey;
use journal::tree::{self, Head};
use kernel::{DAY, Date, Error, RequestId, Result, Timestamp, UnitId, Uuid};
use rules::lot::{Candidate, Every, Hash, Sheet, Standing, Why, commitment};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};

/// The word before the line of a time whose secret is bound, in a head: first day, last day, hash.
pub const BOUND: &str = "lot";
/// The word before the line of a draw, in a head: first day, hash of the sheet.
pub const DRAWN: &str = "drawn";
/// So many days before it begins a time is bound, so that the head of a day before it says so.
const AHEAD: i64 = 2;
/// How many of the latest stand in the head of a day.
const SAID: i64 = 6;

/// The stream of the journal that tells of draws.
pub const STREAM: Uuid = Uuid::from_u128(0x6c78_6c6f_7473_0000_0000_0000_0000_0001);

/// What the head of a day says of draws.
///
/// Errors: those of the database.
pub fn lines(tx: &mut dyn Tx) -> Result<Vec<String>> {
    let mut out = Vec::new();
    for lot in store::before(tx, "9", SAID)?.iter().rev() {
        out.push(format!("{BOUND} {} {} {}", lot.from, lot.to, hex::encode(&lot.commitment)));
        if let Some(hash) = &lot.hash {
            out.push(format!("{DRAWN} {} {}", lot.from, hex::encode(hash)));
        }
    }
    Ok(out)
}

/// The last day of the time that begins on `from`.
fn last_day(every: Every, from: Date) -> Date {
    match every {
        Every::Month => from.last_of_month(),
        Every::Week => {
            let left = 7 - from.weekday().to_monday_one_offset();
            (0..left).fold(from, |day, _| day.tomorrow().unwrap_or(day))
        }
    }
}

/// The days of the next time, where one has to be bound now.
fn next(ctx: &Ctx, last: Option<&Lot>) -> Result<Option<(Date, Date)>> {
    let today = ctx.today();
    let soonest = ctx.site.zone.date(ctx.at.plus(AHEAD * DAY));
    let from = match last {
        Some(last) if last.from > soonest => return Ok(None),
        // Days on which nobody was bound, as after a long standstill, are in no draw, and the list shows it.
        Some(last) => last.to.tomorrow().map_err(Error::internal)?.max(soonest),
        None => soonest,
    };
    debug_assert!(from > today);
    Ok(Some((from, last_day(ctx.site.pack.call_back.lot.every, from))))
}

/// Whether the secret of a key is the one that was bound.
fn secret(key: &SigningKey, lot: &Lot) -> Option<Vec<u8>> {
    let secret = key.vouch(&Sheet::label(&key.public().name, lot.from, lot.to));
    (commitment(&secret).as_slice() == lot.commitment.as_slice()).then_some(secret)
}

/// One round: binds the next time, and draws where one is over and a head was signed since. It may be done
/// twice. Says whether there is more to do.
///
/// Errors: those of the database and of the key's file.
pub async fn look(site: &SharedSite, keeper: proof::Keeper) -> Result<bool> {
    let key = tokio::task::spawn_blocking(move || keeper.key()).await.map_err(Error::internal)??;
    // Before the first sealing there is no key, and nothing to draw.
    let Some(key) = key else { return Ok(false) };
    let ctx = Ctx::system(site);
    let last = ctx.read(|tx, _| Ok(store::before(tx, "9", 1)?.pop())).await?;
    if let Some((from, to)) = next(&ctx, last.as_ref())? {
        let hash = commitment(&key.vouch(&Sheet::label(&key.public().name, from, to)));
        ctx.write(move |tx, ctx| bind(tx, ctx, from, to, &hash)).await?;
    }
    let waiting = ctx.read(|tx, _| store::undrawn(tx)).await?;
    for lot in waiting.into_iter().filter(|l| l.to < ctx.today()) {
        let end = end_of(&ctx, &lot)?;
        let Some(head) = ctx.read(move |tx, _| tree::first_since(tx, end)).await? else { continue };
        let (origin, secret) = (key.public().name.clone(), secret(&key, &lot));
        ctx.write(move |tx, ctx| match &secret {
            Some(secret) => draw(tx, ctx, &lot, &origin, secret, &head),
            None => give_up(tx, ctx, &lot),
        })
        .await?;
    }
    Ok(false)
}

/// The first instant after a time.
fn end_of(ctx: &Ctx, lot: &Lot) -> Result<Timestamp> {
    Ok(ctx.site.zone.start_of(lot.to.tomorrow().map_err(Error::internal)?))
}

fn tell(tx: &mut dyn Tx, ctx: &Ctx, kind: &str, payload: serde_json::Value) -> Result<()> {
    let actor = ctx.scope.actor.clone();
    let event = NewEvent { stream_kind: "lot", stream: STREAM, at: ctx.at, actor: &actor, kind, payload };
    streams::append(tx, &event)
}

fn bind(tx: &mut dyn Tx, ctx: &Ctx, from: Date, to: Date, hash: &Hash) -> Result<()> {
    if !store::insert(tx, from, to, ctx.at, hash)? {
        return Ok(());
    }
    tell(tx, ctx, "bound", json!({ "from": from, "to": to, "commitment": hex::encode(hash) }))
}

/// The key was exchanged since: whoever was bound cannot be held to it, which stays on record.
fn give_up(tx: &mut dyn Tx, ctx: &Ctx, lot: &Lot) -> Result<()> {
    if !store::set_void(tx, lot.from, "key")? {
        return Ok(());
    }
    tell(tx, ctx, "void", json!({ "from": lot.from, "why": "key" }))
}

/// Draws of a time, unless that is done.
fn draw(tx: &mut dyn Tx, ctx: &Ctx, lot: &Lot, origin: &str, secret: &[u8], head: &Head) -> Result<()> {
    let start = ctx.site.zone.start_of(lot.from);
    let closed = store::closed(tx, start, end_of(ctx, lot)?, head.size)?;
    let mut units: BTreeMap<UnitId, Standing> = BTreeMap::new();
    let mut ids: HashMap<Hash, (RequestId, i64)> = HashMap::new();
    let mut cases = Vec::new();
    for c in &closed {
        let code = ctx.dir.get(c.unit).map(|u| u.code.clone()).unwrap_or_default();
        let fresh = || Standing { unit: code.clone(), closed: 0, bad: 0 };
        let unit = units.entry(c.unit).or_insert_with(fresh);
        unit.closed += 1;
        let complaint = c.word.as_deref() == Some("not-solved") || c.satisfaction.is_some_and(|s| s > 3);
        unit.bad += i64::from(c.reworks > 0 || complaint);
        let seal: Hash = c.seal.as_slice().try_into().map_err(Error::internal)?;
        if let Some((took, had)) = can_be_asked(c) {
            ids.insert(seal, (c.id, c.reworks));
            cases.push(Candidate { seal, unit: code, took, had });
        }
    }
    let sheet = Sheet {
        origin: origin.to_owned(),
        from: lot.from,
        to: lot.to,
        rule: ctx.site.pack.call_back.lot,
        commitment: lot.commitment.as_slice().try_into().map_err(Error::internal)?,
        secret: secret.to_vec(),
        head: (head.n, head.size, head.checkpoint()?.root),
        seed: [0; 32],
        units: units.into_values().collect(),
        cases,
        drawn: Vec::new(),
    }
    .filled();
    let text = sheet.text();
    let hash: Hash = Sha256::digest(text.as_bytes()).into();
    let count = (sheet.cases.len(), sheet.drawn.len());
    if !store::set_drawn(tx, lot.from, ctx.at, count, &text, &hash)? {
        return Ok(());
    }
    let (from, topmost) = (lot.from.to_string(), ctx.topmost()?);
    for drawn in &sheet.drawn {
        let Some((id, round)) = ids.get(&drawn.seal) else { continue };
        samples::save(tx, topmost, *id, &Sample::drawn(*round, ctx.at, &from, drawn.why))?;
    }
    let payload = json!({
        "from": lot.from, "to": lot.to, "head": head.n, "sheet": hex::encode(hash),
        "cases": count.0, "drawn": count.1,
    });
    tell(tx, ctx, "drawn", payload)
}

/// How fast a case was, where its word can be asked again: the person said themselves that it is solved, on
/// their page or at a window, and somebody can call them.
fn can_be_asked(c: &store::Closed) -> Option<(i64, i64)> {
    /// The bit of a telephone number in `access::identity`.
    const PHONE: i64 = 2;
    let via = c.via.as_deref()?;
    let callable = c.fields.is_some_and(|bits| bits & PHONE != 0);
    let asked = c.word.as_deref() == Some("solved") && matches!(via, "page" | "window") && callable;
    // Settled while the person stood there is fast by nature.
    let had = if via == "window" { 0 } else { c.had.unwrap_or(0).max(0) };
    asked.then(|| (c.took.unwrap_or(0).max(0), had))
}

/// Whether the calls of a draw are over, so that its sheet is for everybody.
pub fn is_open(ctx: &Ctx, lot: &Lot, results: &Results) -> bool {
    let window = i64::from(ctx.site.pack.call_back.window_days) * DAY;
    lot.drawn_at.is_some_and(|at| results.waiting() == 0 || at.plus(window) <= ctx.at)
}

/// The last so many times that began before `day`, latest first; `"9"` for all.
///
/// Errors: those of the database.
pub fn list(tx: &mut dyn Tx, day: &str, limit: i64) -> Result<Vec<Lot>> {
    store::before(tx, day, limit)
}

/// The time that begins on a day.
///
/// Errors: those of the database.
pub fn one(tx: &mut dyn Tx, from: Date) -> Result<Option<Lot>> {
    store::one(tx, from)
}

/// The sheet of a draw as text; empty before it.
///
/// Errors: those of the database.
pub fn sheet(tx: &mut dyn Tx, from: Date) -> Result<String> {
    store::sheet(tx, from)
}

/// What was drawn of a time, for those who may see cases.
///
/// Errors: those of the database.
pub fn asked(tx: &mut dyn Tx, lot: &Lot) -> Result<Vec<Asked>> {
    samples::of_lot(tx, &lot.from.to_string())
}

/// How drawn words came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Results {
    /// Drawn for each reason, in the order of [`Why::ALL`].
    pub why: [i64; 3],
    /// Say again that it is solved.
    pub solved: i64,
    /// Say that it is not.
    pub not_solved: i64,
    /// Nobody reached.
    pub not_reached: i64,
    /// Said how satisfied they are.
    pub rated: i64,
    /// … with one of the first three grades.
    pub satisfied: i64,
}

impl Results {
    /// Drawn in all.
    pub fn drawn(&self) -> i64 {
        self.why.iter().sum()
    }
    /// Those that came out so.
    pub fn of(&self, result: CameOut) -> i64 {
        match result {
            CameOut::Any => self.drawn(),
            CameOut::Solved => self.solved,
            CameOut::NotSolved => self.not_solved,
            CameOut::NotReached => self.not_reached,
            CameOut::Satisfied => self.satisfied,
            CameOut::Waiting => self.waiting(),
        }
    }
    /// Not asked yet, or not any more.
    pub fn waiting(&self) -> i64 {
        self.drawn() - self.solved - self.not_solved - self.not_reached
    }
}

/// How the words drawn of times that began from one day to another came out: of one unit's ledger, or of the
/// whole site. At a past instant as it was known then: later draws and later calls do not count.
///
/// Errors: those of the database.
pub fn results(
    tx: &mut dyn Tx,
    unit: Option<UnitId>,
    from: Date,
    to: Date,
    as_of: Option<Timestamp>,
) -> Result<Results> {
    let (from, to) = (from.to_string(), to.to_string());
    let all = match as_of {
        None => samples::results(tx, unit, &from, &to)?,
        Some(at) => samples::results_at(tx, unit, &from, &to, at)?,
    };
    let mut out = Results::default();
    for (why, outcome, n, rated, satisfied) in all {
        let at = Why::ALL.iter().position(|w| w.key() == why).unwrap_or(0);
        out.why[at] += n;
        out.rated += rated;
        out.satisfied += satisfied;
        match outcome.as_str() {
            "same" => out.solved += n,
            "other" => out.not_solved += n,
            "not-reached" => out.not_reached += n,
            _ => {}
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_end_with_their_week_or_month() {
        let day = |d| Date::constant(2026, 11, d);
        assert_eq!(last_day(Every::Week, day(16)), day(22));
        assert_eq!(last_day(Every::Week, day(19)), day(22));
        assert_eq!(last_day(Every::Week, day(22)), day(22));
        assert_eq!(last_day(Every::Month, day(19)), day(30));
    }
}
