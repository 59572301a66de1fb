//! Figures of a unit or a person: how many pairings have a plan, what of it is done and what lags, as of a day.

use super::{Year, store, tally};
use db::{Row, Tx, Value, params};
use kernel::{AccountId, Date, HouseholdId, Result, Timestamp, path_end};
use std::collections::BTreeMap;

/// Of a grid, or of all that were added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Pairings.
    pub pairings: i64,
    /// Those with a plan for the year.
    pub planned: i64,
    /// Items of the plans.
    pub items: i64,
    /// Done.
    pub done: i64,
    /// Not done, and the last day is over.
    pub late: i64,
}

impl Sums {
    /// Adds another.
    pub fn add(&mut self, o: &Sums) {
        self.pairings += o.pairings;
        self.planned += o.planned;
        self.items += o.items;
        self.done += o.done;
        self.late += o.late;
    }

    /// Of some lines.
    pub fn of<'a>(lines: impl IntoIterator<Item = &'a PairingLine>) -> Sums {
        let mut sum = Sums::default();
        for l in lines {
            let one = Sums {
                pairings: 1,
                planned: i64::from(l.items > 0),
                items: l.items,
                done: l.done,
                late: l.late,
            };
            sum.add(&one);
        }
        sum
    }
}

/// One pairing with what of its plan is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairingLine {
    /// The household.
    pub household: HouseholdId,
    /// Its code.
    pub code: String,
    /// The path of its grid.
    pub path: String,
    /// Who looks after it.
    pub account: AccountId,
    /// Items of the plan; 0 where there is none.
    pub items: i64,
    /// Done.
    pub done: i64,
    /// Not done, and the last day is over.
    pub late: i64,
    /// How often there was help in the year.
    pub helps: i64,
    /// When there was help last.
    pub helped: Option<Date>,
    /// When it was checked last.
    pub checked: Option<Date>,
    /// What came of the year beside the plan; not yet what was owed.
    pub beside: Year,
}

fn line(r: &Row) -> Result<PairingLine> {
    Ok(PairingLine {
        household: r.get(0)?,
        code: r.get(1)?,
        path: r.get(2)?,
        account: r.get(3)?,
        items: r.get(4)?,
        done: r.get(5)?,
        late: r.get(6)?,
        helps: r.get(7)?,
        helped: r.get(8)?,
        checked: r.get(9)?,
        beside: Year {
            visits: r.get(10)?,
            promised: r.get(11)?,
            kept: r.get(12)?,
            needs: r.get(13)?,
            ended: r.get(14)?,
            ..Year::default()
        },
    })
}

/// The figures of each grid at and below `path` on a day, of pairings of a kind in force then.
///
/// Errors: those of the database.
pub fn sums(
    tx: &mut dyn Tx,
    kind: &str,
    path: &str,
    year: i16,
    on: Date,
    known: Timestamp,
) -> Result<BTreeMap<String, Sums>> {
    let values = params![kind, path, path_end(path), on, known, i64::from(year)];
    let mut grids: BTreeMap<String, Sums> = BTreeMap::new();
    tx.each(&store::SUMS, &values, &mut |r| {
        let sum = Sums {
            pairings: r.get(1)?,
            planned: r.get(2)?,
            items: r.get(3)?,
            done: r.get(4)?,
            late: r.get(5)?,
        };
        grids.entry(r.get(0)?).or_default().add(&sum);
        Ok(())
    })?;
    Ok(grids)
}

/// The figures of each grid at and below `path`: by the counters where they are those of today and the year is counted, and
/// one by one otherwise; none where there are too many of them for that.
///
/// Errors: those of the database.
pub fn figures(
    tx: &mut dyn Tx,
    kind: &str,
    path: &str,
    year: i16,
    (on, known): (Date, Timestamp),
    today: Date,
) -> Result<Option<BTreeMap<String, Sums>>> {
    if on == today
        && let Some(counted) = tally::tallied(tx, kind, path, year, today)?
    {
        return Ok(Some(counted.into_iter().map(|(path, t)| (path, t.sums)).collect()));
    }
    if !tally::small(tx, kind, path, today)? {
        return Ok(None);
    }
    sums(tx, kind, path, year, on, known).map(Some)
}

/// Whose lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// Of a unit and below, after a path and a household's code, at most so many.
    Unit(String, (String, String), usize),
    /// Of whoever looks after them.
    Account(AccountId),
}

/// One line for each pairing of a kind in force on a day, in the order of grids and codes. A family that was written down
/// twice has one, as links are known today: that of the row that is kept, otherwise of the other.
///
/// Errors: those of the database.
pub fn lines(
    tx: &mut dyn Tx,
    of: &Of,
    kind: &str,
    year: i16,
    on: Date,
    known: Timestamp,
) -> Result<Vec<PairingLine>> {
    let (first, last) = super::years::days(year, on)?;
    let year = i64::from(year);
    let (both, values, most): (_, Vec<Value>, _) = match of {
        Of::Unit(path, (at, code), most) => {
            let (from, end) = (at.max(path).as_str(), path_end(path));
            let values = params![kind, first, on, last, known, year, from, end, code.as_str(), *most as i64];
            ([&store::LINES, &store::LINES_BY_OTHER], values.to_vec(), *most)
        }
        Of::Account(id) => {
            let values = params![kind, first, on, last, known, year, id];
            ([&store::LINES_OF, &store::LINES_OF_BY_OTHER], values.to_vec(), usize::MAX)
        }
    };
    let mut all = tx.query_map(both[0], &values, line)?;
    let others = tx.query_map(both[1], &values, line)?;
    if !others.is_empty() {
        all.extend(others);
        all.sort_by(|a, b| (&a.path, &a.code).cmp(&(&b.path, &b.code)));
        all.truncate(most);
    }
    Ok(all)
}
