//! Reading units in a transaction. Pages that show names read the [`crate::Directory`] instead.

use crate::model::Unit;
use crate::store;
use db::{Tx, params};
use kernel::{Date, Result, Timestamp, UnitId, path_end};

/// A unit, by id.
pub fn get(tx: &mut dyn Tx, id: UnitId) -> Result<Option<Unit>> {
    tx.query_opt(&store::UNIT_BY_ID, &params![id])?.as_ref().map(Unit::from_row).transpose()
}

/// A unit, by code.
pub fn by_code(tx: &mut dyn Tx, code: &str) -> Result<Option<Unit>> {
    tx.query_opt(&store::UNIT_BY_CODE, &params![code])?.as_ref().map(Unit::from_row).transpose()
}

/// Every unit, also closed ones, each after the one above it.
pub fn all(tx: &mut dyn Tx) -> Result<Vec<Unit>> {
    tx.query_map(&store::UNITS, &[], Unit::from_row)
}

/// The units right below.
pub fn children(tx: &mut dyn Tx, id: UnitId) -> Result<Vec<Unit>> {
    tx.query_map(&store::UNIT_CHILDREN, &params![id], Unit::from_row)
}

/// The units above, from the root down, without the unit itself.
pub fn ancestors(tx: &mut dyn Tx, id: UnitId) -> Result<Vec<Unit>> {
    tx.query_map(&store::UNIT_ANCESTORS, &params![id], Unit::from_row)
}

/// The unit at `path` and all below it, each after the one above it.
pub fn subtree(tx: &mut dyn Tx, path: &str) -> Result<Vec<Unit>> {
    tx.query_map(&store::UNIT_SUBTREE, &params![path, path_end(path)], Unit::from_row)
}

/// The units with exactly this code or name; up to five.
pub fn find(tx: &mut dyn Tx, text: &str) -> Result<Vec<Unit>> {
    tx.query_map(&store::UNITS_NAMED, &params![text.trim(), 5], Unit::from_row)
}

/// One dated fact about a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Which field.
    pub field: String,
    /// What it was.
    pub value: Option<String>,
    /// From this day on.
    pub from: Date,
    /// Until, not including, this day.
    pub to: Option<Date>,
    /// On what it rests.
    pub basis: String,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// When a correction took its place.
    pub superseded_at: Option<Timestamp>,
}

/// Everything that changed about a unit, earliest first, corrected entries included.
pub fn history(tx: &mut dyn Tx, id: UnitId) -> Result<Vec<Fact>> {
    tx.query_map(&store::FACTS_OF, &params![id], |r| {
        Ok(Fact {
            field: r.get(0)?,
            value: r.get(1)?,
            from: r.get(2)?,
            to: r.get(3)?,
            basis: r.get(4)?,
            recorded_at: r.get(5)?,
            superseded_at: r.get(6)?,
        })
    })
}
