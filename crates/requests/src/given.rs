//! The public ledger is complete: every number that was given is shown, or its reason is.
//!
//! ```text
//!  series ── last number under a head ──▶ signed in the head: "numbers LXA-2026 123"
//!                                               │ between two heads: given
//!  requests ── by number ── shown, or why not ──┴──▶ given = shown + hidden by reason, or it says what is missing
//! ```
//!
//! What a head says cannot be taken back, so a case that is taken out later leaves a gap that anybody sees.

use crate::ctx::Ctx;
use crate::store::given as store;
use db::Tx;
use journal::tree::Head;
use kernel::{DAY, Error, Result, Timestamp};
use rules::number::RequestNumber;
use std::collections::BTreeMap;

/// The word before a series' line in a head.
pub const LINE: &str = "numbers";

/// A series of one year, such as `LXA-2026`.
pub type SeriesYear = String;

/// The lines with which a head over `size` leaves says how far each series had come.
///
/// Errors: those of the database.
pub fn lines(tx: &mut dyn Tx, size: u64) -> Result<Vec<String>> {
    let sealed = sealed(tx, size)?;
    Ok(sealed.into_iter().map(|(series, last)| format!("{LINE} {series} {last}")).collect())
}

/// The last number of each series whose first event is among the first `size` leaves.
pub fn sealed(tx: &mut dyn Tx, size: u64) -> Result<BTreeMap<SeriesYear, i64>> {
    let size = i64::try_from(size).map_err(Error::internal)?;
    let mut out = BTreeMap::new();
    for s in store::series(tx)? {
        let year = i16::try_from(s.year).map_err(Error::internal)?;
        let last = last_sealed(tx, &s.series, year, s.last, size)?;
        if last > 0 {
            out.insert(format!("{}-{year}", s.series), last);
        }
    }
    Ok(out)
}

/// The last number of a series under a head: mostly the last of all, for few wait for the sealer.
fn last_sealed(tx: &mut dyn Tx, series: &str, year: i16, last: i64, size: i64) -> Result<i64> {
    let mut there = |n: i64| store::sealed(tx, &said(series, year, n)?, size);
    // Down in growing steps to one that is there, then between the two.
    let (mut low, mut high, mut step) = (last, last + 1, 1);
    while low > 0 && !there(low)? {
        high = low;
        low = (low - step).max(0);
        step *= 2;
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if there(middle)? {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// The series whose last number, as a head says it, is not in the tree of that head: none in a sound record.
pub fn unsealed(tx: &mut dyn Tx, told: &BTreeMap<SeriesYear, i64>, size: u64) -> Result<Vec<SeriesYear>> {
    let size = i64::try_from(size).map_err(Error::internal)?;
    let mut out = Vec::new();
    for (series, last) in told {
        let (letters, year) = series.rsplit_once('-').ok_or(Error::NotFound)?;
        let year: i16 = year.parse().map_err(|_| Error::NotFound)?;
        if !store::sealed(tx, &said(letters, year, *last)?, size)? {
            out.push(series.clone());
        }
    }
    Ok(out)
}

/// A number as people write it.
fn said(series: &str, year: i16, n: i64) -> Result<String> {
    let n = u32::try_from(n).map_err(Error::internal)?;
    Ok(RequestNumber::new(series, year, n).map_err(Error::internal)?.to_string())
}

/// How far each series had come by what a head says; none where it says nothing of it.
pub fn told(head: &Head) -> Result<BTreeMap<SeriesYear, i64>> {
    let checkpoint = head.checkpoint()?;
    let line = |l: &str| {
        let (series, last) = l.split_once(' ')?;
        Some((series.to_owned(), last.parse::<i64>().ok().filter(|n| *n > 0)?))
    };
    Ok(checkpoint.lines(LINE).filter_map(line).collect())
}

/// Why a number is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// A moderator has not looked yet.
    Waiting,
    /// It is shown some days after it was registered.
    Early,
    /// Matters of its class are never shown.
    Never,
    /// A moderator hid it, with a reason.
    Hidden,
}

impl Why {
    /// In the order of the columns.
    pub const ALL: [Why; 4] = [Why::Waiting, Why::Early, Why::Never, Why::Hidden];

    fn of(key: &str) -> Option<Why> {
        match key {
            "shown" => None,
            "early" => Some(Why::Early),
            "waiting" => Some(Why::Waiting),
            "never" => Some(Why::Never),
            // Whatever hides a case later on counts as hidden, and its page says why.
            _ => Some(Why::Hidden),
        }
    }
}

/// What became of the numbers that a series gave in a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The series and its year.
    pub series: SeriesYear,
    /// The first number of that time.
    pub from: i64,
    /// The last.
    pub to: i64,
    /// How many of them everybody may read.
    pub shown: i64,
    /// How many are not shown, by reason.
    pub hidden: BTreeMap<Why, i64>,
}

impl Account {
    /// How many numbers were given.
    pub fn given(&self) -> i64 {
        self.to - self.from + 1
    }

    /// How many of them have no case.
    pub fn missing(&self) -> i64 {
        self.given() - self.shown - self.hidden.values().sum::<i64>()
    }
}

/// From when on cases are too new to be shown.
fn early(ctx: &Ctx) -> Timestamp {
    ctx.at.plus(-i64::from(ctx.site.pack.public_ledger.after_days) * DAY)
}

/// The parts of a range of numbers whose running part has the same length, as texts.
fn ranges(series: &str, from: i64, to: i64) -> Result<Vec<(String, String)>> {
    let (letters, year) = series.rsplit_once('-').ok_or(Error::NotFound)?;
    let year: i16 = year.parse().map_err(|_| Error::NotFound)?;
    let (mut out, mut at) = (Vec::new(), from);
    while at <= to {
        // Up to five digits are padded with noughts.
        let mut end = 99_999;
        while end < at {
            end = end * 10 + 9;
        }
        let last = to.min(end);
        out.push((said(letters, year, at)?, said(letters, year, last)?));
        at = last + 1;
    }
    Ok(out)
}

/// What became of the numbers that each series gave after `before` and up to `after`.
pub fn accounts(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    before: &BTreeMap<SeriesYear, i64>,
    after: &BTreeMap<SeriesYear, i64>,
) -> Result<Vec<Account>> {
    let mut out = Vec::new();
    for (series, to) in after {
        let from = before.get(series).copied().unwrap_or(0) + 1;
        if from > *to {
            continue;
        }
        let mut account =
            Account { series: series.clone(), from, to: *to, shown: 0, hidden: BTreeMap::new() };
        for (first, last) in ranges(series, from, *to)? {
            for (key, n) in store::counts(tx, &first, &last, early(ctx))? {
                match Why::of(&key) {
                    None => account.shown += n,
                    Some(why) => *account.hidden.entry(why).or_default() += n,
                }
            }
        }
        out.push(account);
    }
    Ok(out)
}

/// One number of a series, as the public ledger has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The number.
    pub number: String,
    /// What became of it; none where there is no case with it.
    pub what: Option<Shown>,
}

/// What everybody may know of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Why it is not shown; none where it is.
    pub why: Option<Why>,
    /// When it was received.
    pub received_at: Timestamp,
    /// Its title, masked; to be shown only where nothing hides it.
    pub title: String,
}

/// The last number that a series has given; none where there is no such series.
pub fn last(tx: &mut dyn Tx, series: &str) -> Result<Option<i64>> {
    let known = store::series(tx)?;
    Ok(known.into_iter().find(|s| format!("{}-{}", s.series, s.year) == series).map(|s| s.last))
}

/// Every series that has given a number.
pub fn all_series(tx: &mut dyn Tx) -> Result<Vec<SeriesYear>> {
    Ok(store::series(tx)?.into_iter().map(|s| format!("{}-{}", s.series, s.year)).collect())
}

/// The numbers of a series from one to another, newest first, none left out.
pub fn entries(tx: &mut dyn Tx, ctx: &Ctx, series: &str, from: i64, to: i64) -> Result<Vec<Entry>> {
    let mut known = BTreeMap::new();
    for (first, last) in ranges(series, from, to)? {
        for listed in store::listed(tx, &first, &last, early(ctx))? {
            let why = Why::of(&listed.why);
            let title = if why.is_none() { listed.public_title } else { String::new() };
            known.insert(listed.number, Shown { why, received_at: listed.received_at, title });
        }
    }
    let (letters, year) = series.rsplit_once('-').ok_or(Error::NotFound)?;
    let year: i16 = year.parse().map_err(|_| Error::NotFound)?;
    (from..=to)
        .rev()
        .map(|n| {
            let number = said(letters, year, n)?;
            Ok(Entry { what: known.remove(&number), number })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_cut_where_numbers_grow_longer() {
        let cut = |from, to| ranges("LXA-2026", from, to).unwrap();
        let pair = |a: &str, b: &str| (format!("LXA-2026-{a}"), format!("LXA-2026-{b}"));
        assert_eq!(cut(1, 40), [pair("00001", "00040")]);
        assert_eq!(cut(99_998, 100_001), [pair("99998", "99999"), pair("100000", "100001")]);
        assert_eq!(cut(5, 4), []);
        assert!(ranges("LXA", 1, 2).is_err());
    }
}
