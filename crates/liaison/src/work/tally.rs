//! Counters of pairing work: of each grid its pairings, their plans, and the year beside them. Every act takes the
//! difference of a household before and after, as for what is owed ([`crate::tally`], which comes by here).

use super::{Sums, Year, store};
use crate::tally::Drift;
use access::Site;
use db::{Row, Tx, params};
use kernel::{Date, Error, HouseholdId, Result, path_end};
use std::collections::BTreeMap;

/// Kind, year, grid, last day of items; no day for the pairings themselves.
type Key = (String, i64, String, String);

/// Pairings, those with a plan, visits, promises, those kept, items, those done.
type Counts = [i64; 7];

/// What the counters say of a grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tallied {
    /// Pairings and their plans.
    pub sums: Sums,
    /// The year beside them, without what was owed and without needs.
    pub beside: Year,
}

fn row(r: &Row) -> Result<(Key, Counts)> {
    let mut counts = Counts::default();
    for (n, count) in counts.iter_mut().enumerate() {
        *count = r.get(4 + n)?;
    }
    Ok(((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?), counts))
}

fn add(tx: &mut dyn Tx, (kind, year, path, due): &Key, c: &Counts) -> Result<()> {
    let [pairings, planned, visits, promised, kept, items, done] = *c;
    let values = params![
        kind.as_str(),
        *year,
        path.as_str(),
        due.as_str(),
        pairings,
        planned,
        visits,
        promised,
        kept,
        items,
        done
    ];
    tx.put(&store::TALLY_ADD, &values)
}

/// What a household counts for today, in each year that is counted.
fn of(tx: &mut dyn Tx, household: HouseholdId, today: Date) -> Result<BTreeMap<Key, Counts>> {
    Ok(tx.query_map(&store::TALLY_OF, &params![today, household], row)?.into_iter().collect())
}

/// Does `job`, which may change what `household` counts for in pairing work, and counts what that changes. Not to be put
/// inside of another one for the same household.
///
/// Errors: those of `job` and the database.
pub(crate) fn around<T>(
    tx: &mut dyn Tx,
    site: &Site,
    household: HouseholdId,
    job: impl FnOnce(&mut dyn Tx) -> Result<T>,
) -> Result<T> {
    let today = site.today();
    let before = of(tx, household, today)?;
    let done = job(tx)?;
    let mut change = of(tx, household, today)?;
    for (key, counts) in before {
        let to = change.entry(key).or_default();
        to.iter_mut().zip(counts).for_each(|(now, was)| *now -= was);
    }
    for (key, counts) in change.iter().filter(|(_, counts)| **counts != Counts::default()) {
        add(tx, key, counts)?;
    }
    Ok(done)
}

/// Begins to count this year and the next, for which plans are made as well; true where one of them was not counted yet.
///
/// Errors: those of the database.
pub(crate) fn open(tx: &mut dyn Tx, site: &Site) -> Result<bool> {
    let today = site.today();
    let mut any = false;
    for kind in &site.pack.work.pairings {
        for year in [today.year(), today.year() + 1] {
            let first = Date::new(year, 1, 1).map_err(Error::internal)?;
            let last = Date::new(year, 12, 31).map_err(Error::internal)?;
            let year = i64::from(year);
            if tx.exists(&store::YEAR_OPEN, &params![kind.as_str(), year, first, last, site.now()])? {
                fill(tx, kind, year, today)?;
                any = true;
            }
        }
    }
    Ok(any)
}

fn fill(tx: &mut dyn Tx, kind: &str, year: i64, today: Date) -> Result<()> {
    for (key, counts) in tx.query_map(&store::TALLY_ALL, &params![today, kind, year], row)? {
        add(tx, &key, &counts)?;
    }
    Ok(())
}

/// Computes every counted year anew and tells what differs; with `mend` the counters are put right.
///
/// Errors: those of the database.
pub(crate) fn recount(tx: &mut dyn Tx, site: &Site, mend: bool) -> Result<Vec<Drift>> {
    let today = site.today();
    let mut drifts = Vec::new();
    let years: Vec<(String, i64)> = tx.query_map(&store::YEARS, &[], |r| Ok((r.get(0)?, r.get(1)?)))?;
    for (kind, year) in years {
        let mut both: BTreeMap<Key, (Counts, Counts)> = BTreeMap::new();
        for (key, counts) in tx.query_map(&store::TALLY_ROWS, &params![kind.as_str(), year], row)? {
            both.entry(key).or_default().0 = counts;
        }
        for (key, counts) in tx.query_map(&store::TALLY_ALL, &params![today, kind.as_str(), year], row)? {
            both.entry(key).or_default().1 = counts;
        }
        let wrong = both.into_iter().filter(|(_, (counted, computed))| counted != computed);
        let before = drifts.len();
        drifts.extend(wrong.map(|((kind, year, path, due), (counted, computed))| Drift {
            of: kind,
            period: if due.is_empty() { year.to_string() } else { format!("{year}, {due}") },
            path,
            counted: counted.to_vec(),
            computed: computed.to_vec(),
        }));
        if mend && drifts.len() > before {
            tx.execute(&store::TALLY_CLEAR, &params![kind.as_str(), year])?;
            fill(tx, &kind, year, today)?;
        }
    }
    Ok(drifts)
}

/// The counters of each grid at and below `path` as they stand on `today`; none where the year is not counted.
///
/// Errors: those of the database.
pub fn tallied(
    tx: &mut dyn Tx,
    kind: &str,
    path: &str,
    year: i16,
    today: Date,
) -> Result<Option<BTreeMap<String, Tallied>>> {
    let year = i64::from(year);
    if !tx.exists(&store::IS_COUNTED, &params![kind, year])? {
        return Ok(None);
    }
    let rows = tx.query_map(&store::TALLY_IN, &params![kind, year, path, path_end(path), today], |r| {
        let sums = Sums {
            pairings: r.get(1)?,
            planned: r.get(2)?,
            items: r.get(3)?,
            done: r.get(4)?,
            late: r.get(5)?,
        };
        let beside = Year { visits: r.get(6)?, promised: r.get(7)?, kept: r.get(8)?, ..Year::default() };
        Ok((r.get::<String>(0)?, Tallied { sums, beside }))
    })?;
    Ok(Some(rows.into_iter().collect()))
}

/// The most pairings that a page adds up one by one, where no counter says what it asks for.
const MOST: i64 = 1_500;

/// Whether a unit is small enough today to be added up pairing by pairing.
///
/// Errors: those of the database.
pub(super) fn small(tx: &mut dyn Tx, kind: &str, path: &str, today: Date) -> Result<bool> {
    let values = params![kind, i64::from(today.year()), path, path_end(path)];
    Ok(tx.scalar::<i64>(&store::PAIRINGS_IN, &values)? <= MOST)
}
