//! The list behind a number: which households, grid by grid, until the page is full.

use super::full::each;
use crate::store::duties as store;
use db::{Tx, params};
use kernel::{Date, HouseholdId, Result, path_end};
use pack::{ObligationRule, Pack};
use rules::obligation::{Period, Standing};

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Of which something is asked.
    Owed,
    /// Done.
    Met,
    /// Not done, in time or not.
    Open,
    /// Of which nothing is asked in the period.
    Excused,
}

impl Which {
    /// All of them.
    pub const ALL: [Which; 4] = [Which::Open, Which::Met, Which::Owed, Which::Excused];

    /// The word in addresses.
    pub fn key(self) -> &'static str {
        match self {
            Which::Owed => "owed",
            Which::Met => "met",
            Which::Open => "open",
            Which::Excused => "excused",
        }
    }

    /// The one with this key; what is open otherwise.
    pub fn from_key(key: &str) -> Which {
        Which::ALL.into_iter().find(|w| w.key() == key).unwrap_or(Which::Open)
    }

    fn has(self, standing: &Standing) -> bool {
        match self {
            Which::Owed => standing.is_owed(),
            Which::Met => matches!(standing, Standing::Met { .. }),
            Which::Open => matches!(standing, Standing::Due { .. } | Standing::Missed { .. }),
            Which::Excused => matches!(standing, Standing::Excused(_)),
        }
    }
}

/// A household of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which.
    pub household: HouseholdId,
    /// The path of its grid.
    pub path: String,
    /// How it stands.
    pub standing: Standing,
}

/// Those at and below `path` after `cursor` (the path of a grid and an id), at most `most`. Where the period is
/// counted, grids without any are passed over by their counters, and reading ends with the grid that fills the page.
///
/// Errors: those of the database.
#[allow(clippy::too_many_arguments)]
pub fn list(
    tx: &mut dyn Tx,
    pack: &Pack,
    duty: &ObligationRule,
    period: Period,
    path: &str,
    today: Date,
    which: Which,
    cursor: Option<(&str, HouseholdId)>,
    most: usize,
) -> Result<Vec<Entry>> {
    let mut found = Vec::new();
    for grid in grids(tx, duty, period, path, which)? {
        if cursor.is_some_and(|(at, _)| grid.as_str() < at) {
            continue;
        }
        each(tx, pack, duty, period, &grid, today, &mut |household, at, standing| {
            let later = cursor.is_none_or(|(path, id)| (at, household) > (path, id));
            if later && which.has(&standing) {
                found.push(Entry { household, path: at.to_owned(), standing });
            }
            Ok(())
        })?;
        if found.len() >= most {
            break;
        }
    }
    found.sort_by(|a, b| (&a.path, a.household).cmp(&(&b.path, b.household)));
    found.truncate(most);
    Ok(found)
}

/// The grids to read, in order; the unit itself where the period is not counted.
fn grids(
    tx: &mut dyn Tx,
    duty: &ObligationRule,
    period: Period,
    path: &str,
    which: Which,
) -> Result<Vec<String>> {
    let key = duty.window.key(period);
    let open = tx.exists(&store::IS_OPEN, &params![duty.id.as_str(), key.as_str()])?;
    // Counters do not know of those who are excused.
    if !open || which == Which::Excused {
        return Ok(vec![path.to_owned()]);
    }
    let values = params![duty.id.as_str(), key.as_str(), path, path_end(path)];
    let rows = tx.query_map(&store::TALLY_IN, &values, |r| {
        Ok((r.get::<String>(0)?, r.get::<i64>(1)?, r.get::<i64>(2)?))
    })?;
    let wanted = |owed: i64, met: i64| match which {
        Which::Owed => owed > 0,
        Which::Met => met > 0,
        Which::Open => owed > met,
        Which::Excused => true,
    };
    // A unit that has households and units below it at once is read once, as the first of them.
    let mut grids: Vec<String> = Vec::new();
    for (grid, owed, met) in rows {
        let inside = grids.last().is_some_and(|last| grid.starts_with(last.as_str()));
        if wanted(owed, met) && !inside {
            grids.push(grid);
        }
    }
    Ok(grids)
}
