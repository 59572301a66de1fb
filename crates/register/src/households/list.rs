//! The households of a grid or of everything below a unit, page by page, on any day.

use super::model::{Household, tag_field};
use super::standing::on_day;
use crate::store::households as store;
use db::{Stmt, Tx, Value, params};
use kernel::{Date, Result, path_end};

/// Up to how many are counted; behind that there are "more".
pub const COUNTED: i64 = 10_000;

/// Which households.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    /// Those whose grid lay at or below this path; all of the site where it is empty.
    pub path: &'a str,
    /// Only those that carried this mark, themselves or one of their people.
    pub tag: Option<&'a str>,
    /// On this day.
    pub on: Date,
}

/// Where a page ended: the next one begins behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// The path of the grid.
    pub path: String,
    /// The code of the household.
    pub code: String,
}

impl Cursor {
    /// Behind this household, as [`page`] gave it.
    pub fn behind(household: &Household) -> Cursor {
        Cursor { path: household.path.clone(), code: household.code.clone() }
    }
}

/// Up to `limit` households, by grid and code, as they stood on the day. What is linked to another household is not
/// among them.
///
/// Errors: those of the database.
pub fn page(
    tx: &mut dyn Tx,
    asked: &Asked<'_>,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Vec<Household>> {
    let parts: &[&Stmt] = match asked.tag {
        None => &[&store::LISTED, &store::LISTED_MOVED],
        Some(_) => &[&store::TAGGED, &store::TAGGED_MOVED, &store::TAGGED_LINKED],
    };
    let mut all = Vec::new();
    for part in parts {
        all.extend(some(tx, part, asked, after, limit)?);
    }
    all.sort_by(|a, b| (&a.path, &a.code).cmp(&(&b.path, &b.code)));
    // One carries the mark itself, and a household that is linked to it as well.
    all.dedup_by(|a, b| a.id == b.id);
    all.truncate(limit);
    all.into_iter().map(|h| on_day(tx, h, asked.on)).collect()
}

/// Rows of one statement. A household of which two people carry the mark comes twice, and counts once.
fn some(
    tx: &mut dyn Tx,
    stmt: &Stmt,
    asked: &Asked<'_>,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Vec<Household>> {
    let start = Cursor { path: asked.path.to_owned(), code: String::new() };
    let mut from = after.unwrap_or(&start).max(&start).clone();
    let mut out: Vec<Household> = Vec::new();
    loop {
        let end = path_end(asked.path);
        let mut values: Vec<Value> =
            params![from.path.as_str(), from.code.as_str(), end, asked.on, limit as i64].to_vec();
        values.extend(asked.tag.map(|t| Value::from(tag_field(t))));
        let rows = tx.query_map(stmt, &values, Household::from_row)?;
        let full = rows.len() == limit;
        for row in rows {
            if out.last().is_none_or(|known| known.id != row.id) {
                out.push(row);
            }
        }
        match out.last() {
            Some(last) if full && out.len() < limit => from = Cursor::behind(last),
            _ => break,
        }
    }
    out.truncate(limit);
    Ok(out)
}

/// How many households there are at or below `path` on a day by where they stand today, up to [`COUNTED`] and one.
///
/// Errors: those of the database.
pub fn count(tx: &mut dyn Tx, path: &str, on: Date) -> Result<i64> {
    tx.scalar(&store::COUNTED, &params![path, path_end(path), on, COUNTED + 1])
}
