//! What was promised at the door, and what became of it.

use super::input::Answer;
use super::words::Hide;
use super::{Kept, Promised, Visit};
use super::{photos, store};
use crate::work;
use access::Site;
use db::{Row, Tx, params};
use kernel::{AccountId, Date, Error, HouseholdId, RecordId, Result, Timestamp, Uuid, path_end};
use records::Record;
use register::households::{self, Household};

/// Where a promise stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromiseState {
    /// Nobody has said yet that it was kept.
    Open,
    /// It was kept.
    Kept,
    /// It cannot be kept; the family was told why.
    Cannot,
}

/// A promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// Its id.
    pub id: Uuid,
    /// The visit at which it was made.
    pub record: RecordId,
    /// To whom.
    pub household: HouseholdId,
    /// The path of the household's grid then.
    pub path: String,
    /// Who promised.
    pub account: AccountId,
    /// What, without names and numbers.
    pub text: String,
    /// On which day.
    pub made_on: Date,
    /// When it came in.
    pub made_at: Timestamp,
    /// The day that was promised first.
    pub first_due: Date,
    /// The day that is promised now.
    pub due: Date,
    /// Where it stands.
    pub state: PromiseState,
    /// On which day it ended.
    pub ended_on: Option<Date>,
}

/// What was said of a promise at a later visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromiseAnswer {
    /// The visit at which it was said.
    pub record: RecordId,
    /// What became of it.
    pub outcome: Option<Answer>,
    /// The day that was promised instead.
    pub due: Option<Date>,
    /// Why, without names and numbers.
    pub text: String,
    /// On which day it was said.
    pub on: Date,
}

fn read(row: &Row) -> Result<Promise> {
    let state: String = row.get(10)?;
    Ok(Promise {
        id: row.get(0)?,
        record: row.get(1)?,
        household: row.get(2)?,
        path: row.get(3)?,
        account: row.get(4)?,
        text: row.get(5)?,
        made_on: row.get(6)?,
        made_at: row.get(7)?,
        first_due: row.get(8)?,
        due: row.get(9)?,
        state: match state.as_str() {
            "kept" => PromiseState::Kept,
            "cannot" => PromiseState::Cannot,
            _ => PromiseState::Open,
        },
        ended_on: row.get(11)?,
    })
}

/// The open promises of a household, whoever made them, also those made where it was written down a second time:
/// nearest day first.
///
/// Errors: those of the database.
pub fn open_at(tx: &mut dyn Tx, household: HouseholdId) -> Result<Vec<Promise>> {
    let mut all = Vec::new();
    for home in households::same(tx, household)? {
        all.extend(tx.query_map(&store::PROMISES_OPEN, &params![home], read)?);
    }
    all.sort_by_key(|p| (p.due, p.id));
    Ok(all)
}

/// Which of these answers are to no promise that was made to this family, in whichever of its rows.
///
/// Errors: those of the database.
pub(super) fn strange(tx: &mut dyn Tx, household: &Household, all: &[Kept]) -> Result<Vec<Uuid>> {
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let family = households::same(tx, household.kept.unwrap_or(household.id))?;
    let mut out = Vec::new();
    for kept in all {
        let home = tx.query_opt(&store::PROMISE_HOME, &params![kept.id])?;
        let home = home.map(|row| row.get::<HouseholdId>(0)).transpose()?;
        if !home.is_some_and(|home| family.contains(&home)) {
            out.push(kept.id);
        }
    }
    Ok(out)
}

/// Every promise to a household that was known before `known`, as it stood then, latest first; also those made where
/// the household was written down a second time. Each with what was said of it since: outcome, new day, why, when.
///
/// Errors: those of the database.
pub fn promises_of(
    tx: &mut dyn Tx,
    household: HouseholdId,
    known: Timestamp,
) -> Result<Vec<(Promise, Vec<PromiseAnswer>)>> {
    let mut out = Vec::new();
    for home in households::same(tx, household)? {
        for row in tx.query(&store::PROMISES_OF, &params![home, known])? {
            let mut promise = read(&row)?;
            let ended: Option<Timestamp> = row.get(12)?;
            let said = tx.query_map(&store::PROMISE_ANSWERS, &params![promise.id, known], |r| {
                Ok(PromiseAnswer {
                    record: r.get(4)?,
                    outcome: Answer::from_key(&r.get::<String>(0)?),
                    due: r.get(1)?,
                    text: r.get(2)?,
                    on: r.get(3)?,
                })
            })?;
            if ended.is_none_or(|at| at.0 >= known.0) {
                (promise.state, promise.ended_on) = (PromiseState::Open, None);
                promise.due = said.iter().rev().find_map(|s| s.due).unwrap_or(promise.first_due);
            }
            out.push((promise, said));
        }
    }
    out.sort_by_key(|(p, _)| std::cmp::Reverse((p.made_on, p.id)));
    Ok(out)
}

/// Whose open promises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromisesOf {
    /// To the households that somebody looks after on a day, whoever made them; where nobody does, those that they made.
    Account(AccountId, Date),
    /// To all households of a unit and below.
    Unit(String),
}

/// A list of what stood open, nearest day first.
#[derive(Clone, Debug)]
pub struct PromisesAsked {
    /// Whose.
    pub of: PromisesOf,
    /// Promised on this day or later; on any where left out.
    pub from: Option<Date>,
    /// Promised on this day or before.
    pub to: Option<Date>,
    /// Known before this instant.
    pub known: Timestamp,
    /// Behind the one that is due on this day.
    pub after: Option<(Date, Uuid)>,
}

/// The next `most` promises that stood open.
///
/// Errors: those of the database.
pub fn open_page(tx: &mut dyn Tx, asked: &PromisesAsked, most: usize) -> Result<Vec<Promise>> {
    let day = |day: Option<Date>, other: &str| day.map_or_else(|| other.to_owned(), |d| d.to_string());
    let (from, to) = (day(asked.from, ""), day(asked.to, "9"));
    let due = day(asked.after.map(|(due, _)| due), "");
    let (last, most) = (asked.after.map_or(Uuid::from_bytes([0; 16]), |(_, id)| id), most as i64);
    let known = asked.known;
    match &asked.of {
        PromisesOf::Account(account, on) => {
            let values = params![account, on, known, from.as_str(), to.as_str(), due.as_str(), last, most];
            tx.query_map(&store::PROMISES_OWED, &values, read)
        }
        PromisesOf::Unit(path) => {
            let (path, end) = (path.as_str(), path_end(path));
            let values = params![path, end, known, from.as_str(), to.as_str(), due.as_str(), last, most];
            tx.query_map(&store::PROMISES_UNMET, &values, read)
        }
    }
}

/// The most of them that somebody can owe at once.
const OWED: usize = 10_000;

/// What somebody owes on a day: to the households that they look after, whoever promised it, and what they promised where
/// nobody does. Nearest day first.
///
/// Errors: those of the database.
pub fn owed(tx: &mut dyn Tx, account: AccountId, on: Date) -> Result<Vec<Promise>> {
    let (of, known) = (PromisesOf::Account(account, on), Timestamp(i64::MAX));
    open_page(tx, &PromisesAsked { of, from: None, to: None, known, after: None }, OWED)
}

/// What stood open in a unit and below before `known`, nearest day first, `most` at most.
///
/// Errors: those of the database.
pub fn unmet(tx: &mut dyn Tx, path: &str, known: Timestamp, most: usize) -> Result<Vec<Promise>> {
    let of = PromisesOf::Unit(path.to_owned());
    open_page(tx, &PromisesAsked { of, from: None, to: None, known, after: None }, most)
}

/// What was promised at a visit, and at those that it puts right, as known before `known`, without names; empty where its
/// time is over.
///
/// Errors: those of the database.
pub(crate) fn words_at(tx: &mut dyn Tx, visit: &Record, known: Timestamp) -> Result<Vec<String>> {
    let mut out = Vec::new();
    for id in photos::chain(tx, visit)? {
        out.extend(tx.query_map(&store::PROMISES_MADE_AT, &params![id, known], |r| r.get::<String>(0))?);
    }
    Ok(out)
}

/// Writes down what became of earlier promises and what is promised at a visit to `household`, and counts it.
///
/// Errors: refused (`promise-known`); those of the database.
pub(super) fn write(
    tx: &mut dyn Tx,
    site: &Site,
    visit: &Visit,
    household: &Household,
    (account, at): (AccountId, Timestamp),
    hide: &Hide,
) -> Result<()> {
    if visit.promises.is_empty() && visit.promised.is_empty() {
        return Ok(());
    }
    // Of rows that are one family the one that is kept has the pairings, so it alone counts.
    work::counting(tx, site, household.kept.unwrap_or(household.id), |tx| {
        answer(tx, visit, at, hide, &visit.promises)?;
        make(tx, visit, &household.path, account, at, hide, &visit.promised)
    })
}

/// Writes down what became of earlier promises.
fn answer(tx: &mut dyn Tx, visit: &Visit, at: Timestamp, hide: &Hide, all: &[Kept]) -> Result<()> {
    for kept in all {
        let text = hide.out(&kept.text);
        let due = kept.due.filter(|_| kept.outcome == Answer::Later);
        tx.put(
            &store::PROMISE_ANSWER,
            &params![kept.id, visit.id, kept.outcome.key(), due, text, visit.on, at],
        )?;
        // Where somebody else ended it meanwhile that stands, and this is what was said besides.
        match (kept.outcome, due) {
            (Answer::Later, Some(due)) => tx.execute(&store::PROMISE_LATER, &params![kept.id, due])?,
            (outcome, _) => {
                tx.execute(&store::PROMISE_END, &params![kept.id, outcome.key(), visit.on, at])?
            }
        };
    }
    Ok(())
}

/// Writes new promises down.
fn make(
    tx: &mut dyn Tx,
    visit: &Visit,
    path: &str,
    account: AccountId,
    at: Timestamp,
    hide: &Hide,
    all: &[Promised],
) -> Result<()> {
    for new in all {
        if tx.exists(&store::PROMISE_KNOWN, &params![new.id])? {
            return Err(Error::refused(
                "promise-known",
                "这个承诺的编号已经用过。",
                "The id of this promise has been used before.",
            ));
        }
        let text = hide.out(&new.text);
        tx.put(
            &store::PROMISE_INSERT,
            &params![new.id, visit.id, visit.household, path, account, text, visit.on, at, new.due],
        )?;
    }
    Ok(())
}
