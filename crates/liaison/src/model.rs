//! What a pairing is.

use db::Row;
use kernel::{AccountId, Date, HouseholdId, PairingId, Result, Timestamp};
use rules::obligation::Span;

/// Somebody looks after a household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairing {
    /// Its id.
    pub id: PairingId,
    /// A kind of the pack.
    pub kind: String,
    /// Who.
    pub account: AccountId,
    /// Which household.
    pub household: HouseholdId,
    /// The path of the household's grid.
    pub path: String,
    /// From this day on.
    pub from: Date,
    /// The first day without it.
    pub to: Option<Date>,
    /// What it rests on.
    pub basis: String,
    /// Why it ended.
    pub ended_basis: Option<String>,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// By whom; none where a program did it.
    pub recorded_by: Option<AccountId>,
}

impl Pairing {
    /// Whether it is in force on a day.
    pub fn is_in_force(&self, on: Date) -> bool {
        self.span().has(on)
    }

    /// When it is in force.
    pub fn span(&self) -> Span {
        Span { from: self.from, to: self.to }
    }

    pub(crate) fn from_row(r: &Row) -> Result<Pairing> {
        Ok(Pairing {
            id: r.get(0)?,
            kind: r.get(1)?,
            account: r.get(2)?,
            household: r.get(3)?,
            path: r.get(4)?,
            from: r.get(5)?,
            to: r.get(6)?,
            basis: r.get(7)?,
            ended_basis: r.get(8)?,
            recorded_at: r.get(9)?,
            recorded_by: r.get(10)?,
        })
    }
}
