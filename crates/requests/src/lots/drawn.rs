//! The words that were drawn of some time, one by one: what stands behind each figure of call-backs by lot.

use crate::store::samples::{self, Asked};
use db::Tx;
use kernel::{Date, Result, Timestamp, UnitId};

/// How a drawn word came out, as a figure tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameOut {
    /// Whether it was asked about or not.
    Any,
    /// Said again that it is solved.
    Solved,
    /// Said that it is not.
    NotSolved,
    /// Nobody reached.
    NotReached,
    /// Said that they are satisfied.
    Satisfied,
    /// Not asked yet, or not any more.
    Waiting,
}

impl CameOut {
    /// Every one, in the order of a page.
    pub const ALL: [CameOut; 6] = [
        CameOut::Any,
        CameOut::Solved,
        CameOut::NotSolved,
        CameOut::NotReached,
        CameOut::Satisfied,
        CameOut::Waiting,
    ];

    /// The word in an address.
    pub fn key(self) -> &'static str {
        match self {
            CameOut::Any => "any",
            CameOut::Solved => "solved",
            CameOut::NotSolved => "not-solved",
            CameOut::NotReached => "not-reached",
            CameOut::Satisfied => "satisfied",
            CameOut::Waiting => "waiting",
        }
    }

    /// The one with this word.
    pub fn from_key(key: &str) -> Option<CameOut> {
        CameOut::ALL.into_iter().find(|o| o.key() == key)
    }

    /// Whether it holds only what was asked about. What was not yet is for supervision alone: whoever handled the
    /// case could speak with the person first.
    pub fn is_over(self) -> bool {
        !matches!(self, CameOut::Any | CameOut::Waiting)
    }
}

/// Of which ledger, which times, and which results.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The ledger of this unit, or of the whole site.
    pub unit: Option<UnitId>,
    /// Times that began from this day on.
    pub from: Date,
    /// And not after this one.
    pub to: Date,
    /// As it was known at this instant.
    pub as_of: Option<Timestamp>,
    /// How they came out.
    pub result: CameOut,
}

/// The drawn words that fit, those of the latest time first, at most `limit`: after the row that stands at `after`,
/// which is what [`place`] says of it.
///
/// Errors: those of the database.
pub fn drawn(tx: &mut dyn Tx, wanted: &Wanted, after: Option<(&str, i64)>, limit: i64) -> Result<Vec<Asked>> {
    samples::drawn(tx, wanted, after, limit)
}

/// Where a row stands in that order.
pub fn place(row: &Asked) -> (String, i64) {
    (row.sample.lot.clone(), row.id.ord())
}
