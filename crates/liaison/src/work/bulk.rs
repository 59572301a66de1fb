//! Pairing work of the demonstration: written as it would have been then. Texts are made up and name nobody.

use super::record::Who;
use super::{Check, Help, Plan, check, help, plan};
use crate::visits::words::Hide;
use access::Site;
use db::Tx;
use kernel::{AccountId, Actor, Result, Timestamp, UnitId};
use register::households::Household;

/// Who wrote it down, for which unit, and when.
#[derive(Clone, Copy, Debug)]
pub struct By {
    /// Who.
    pub account: AccountId,
    /// For which unit.
    pub unit: UnitId,
    /// When.
    pub at: Timestamp,
}

/// Something of a past year.
#[derive(Clone, Debug)]
pub enum Past {
    /// A plan.
    Plan(Plan),
    /// Help.
    Help(Help),
    /// A check.
    Check(Check),
}

/// Writes it.
///
/// Errors: those of the records and the database.
pub fn past(tx: &mut dyn Tx, site: &Site, household: &Household, by: By, what: &Past) -> Result<()> {
    let actor = Actor::Staff { account: by.account, unit: by.unit };
    let who = Who { actor: &actor, account: by.account, unit: by.unit, at: by.at };
    let hide = Hide::nobody();
    match what {
        Past::Plan(p) => plan::write(tx, site, household, &who, &hide, p, p.on).map(drop),
        Past::Help(h) => help::write(tx, site, household, &who, &hide, h).map(drop),
        Past::Check(c) => check::write(tx, site, household, &who, &hide, c).map(drop),
    }
}
