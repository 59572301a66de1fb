//! What a proposal says.

use crate::store::proposals as store;
use db::{Row, Tx, params};
use kernel::{AccountId, Date, HouseholdId, Result, Timestamp, Uuid, path_end};
use rules::assign::Gap;

/// A proposal for one kind of pairing and one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its id.
    pub id: Uuid,
    /// The kind of pairing.
    pub kind: String,
    /// The path of the unit it is for.
    pub path: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// By whom.
    pub made_by: AccountId,
    /// The pairings are those of this day.
    pub on: Date,
    /// Households it is for.
    pub homes: i64,
    /// People who can take some.
    pub carers: i64,
    /// Stay with whom they have.
    pub kept: i64,
    /// Go from one to another.
    pub moved: i64,
    /// Had nobody and get somebody.
    pub added: i64,
    /// Had somebody who may no longer, and nobody else is there.
    pub dropped: i64,
    /// Stay without.
    pub without: i64,
    /// All ways together as it is, in metres.
    pub way_before: i64,
    /// All ways together as proposed.
    pub way_after: i64,
    /// When it was applied, at least in part.
    pub applied_at: Option<Timestamp>,
    /// How many changes were made.
    pub applied: i64,
    /// How many were not, since things had changed meanwhile.
    pub stale: i64,
}

impl Proposal {
    /// How many changes it proposes.
    pub fn changes(&self) -> i64 {
        self.moved + self.added + self.dropped
    }

    fn from_row(r: &Row) -> Result<Proposal> {
        Ok(Proposal {
            id: r.get(0)?,
            kind: r.get(1)?,
            path: r.get(2)?,
            made_at: r.get(3)?,
            made_by: r.get(4)?,
            on: r.get(5)?,
            homes: r.get(6)?,
            carers: r.get(7)?,
            kept: r.get(8)?,
            moved: r.get(9)?,
            added: r.get(10)?,
            dropped: r.get(11)?,
            without: r.get(12)?,
            way_before: r.get(13)?,
            way_after: r.get(14)?,
            applied_at: r.get(15)?,
            applied: r.get(16)?,
            stale: r.get(17)?,
        })
    }
}

/// One change, or a household that stays without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The path of its grid.
    pub path: String,
    /// The household's code.
    pub code: String,
    /// Which.
    pub household: HouseholdId,
    /// Who looks after it.
    pub from: Option<AccountId>,
    /// Who is to.
    pub to: Option<AccountId>,
    /// Why nobody.
    pub gap: Option<Gap>,
    /// It was made.
    pub done: bool,
}

impl Change {
    pub(super) fn from_row(r: &Row) -> Result<Change> {
        Ok(Change {
            path: r.get(0)?,
            code: r.get(1)?,
            household: r.get(2)?,
            from: r.get(3)?,
            to: r.get(4)?,
            gap: match r.get::<Option<String>>(5)?.as_deref() {
                Some("nobody") => Some(Gap::Nobody),
                Some(_) => Some(Gap::Full),
                None => None,
            },
            done: r.get::<i64>(6)? == 1,
        })
    }
}

/// A proposal.
///
/// Errors: those of the database.
pub fn by_id(tx: &mut dyn Tx, id: Uuid) -> Result<Option<Proposal>> {
    tx.query_opt(&store::BY_ID, &params![id])?.as_ref().map(Proposal::from_row).transpose()
}

/// The latest proposals at and below `path`.
///
/// Errors: those of the database.
pub fn latest(tx: &mut dyn Tx, path: &str, most: i64) -> Result<Vec<Proposal>> {
    tx.query_map(&store::LATEST, &params![path, path_end(path), most], Proposal::from_row)
}

/// Its changes after `cursor` (path and code), in order.
///
/// Errors: those of the database.
pub fn changes(tx: &mut dyn Tx, id: Uuid, cursor: (&str, &str), most: i64) -> Result<Vec<Change>> {
    tx.query_map(&store::CHANGES, &params![id, cursor.0, cursor.1, most], Change::from_row)
}

/// By grid: how many of its listed households have somebody before, and after, and how many are listed.
///
/// Errors: those of the database.
pub fn by_grid(tx: &mut dyn Tx, id: Uuid) -> Result<Vec<(String, i64, i64, i64)>> {
    tx.query_map(&store::CHANGES_BY_GRID, &params![id], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))
}
