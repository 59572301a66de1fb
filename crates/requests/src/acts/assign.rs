//! Dispatch 交办: sent to the unit that has to sign for it; its lead answers until an officer is named.

use super::{On, open_for, triage};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::messages::{self, Fill, Wording};
use crate::model::Audience;
use crate::staff::duty_officer_for;
use crate::step::{self, Deed};
use db::Tx;
use kernel::{AccountId, Result, UnitId};
use rules::case::{Need, Verb};
use serde_json::json;

/// To which unit.
#[derive(Clone, Debug)]
pub struct Assign {
    /// Which case.
    pub on: On,
    /// The unit that answers.
    pub unit: UnitId,
    /// What it is asked to do.
    pub note: String,
}

/// Sends the case to a unit.
pub fn assign(tx: &mut dyn Tx, ctx: &Ctx, input: &Assign) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, input.on, Verb::Assign)?;
    let ctx = &ctx;
    send(tx, ctx, &mut case, Verb::Assign, input.unit, &input.note, &[Need::Unit])?;
    Ok(case)
}

/// Who answers for the case in `unit` until an officer is named there.
pub(crate) fn duty_officer_of(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &Case,
    unit: UnitId,
) -> Result<Option<AccountId>> {
    triage::unit(ctx, unit)?;
    duty_officer_for(tx, ctx, unit, case.shield.as_ref())
}

/// Moves the case to `unit` by `verb`, makes its lead answer for it, and tells the lead.
pub(crate) fn send(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &mut Case,
    verb: Verb,
    unit: UnitId,
    note: &str,
    have: &[Need],
) -> Result<()> {
    let officer = duty_officer_of(tx, ctx, case, unit)?;
    let from = case.row.unit;
    let deed = Deed::new(verb)
        .with(have.iter().copied())
        .say(Audience::Inside, note.trim())
        .data(json!({ "unit": unit.to_string() }));
    step::take(tx, ctx, case, deed, |row| {
        row.unit = unit;
        row.officer = officer;
    })?;
    match verb {
        Verb::Escalate => {
            let extra = [("unit", messages::unit_named(ctx, from)), ("reason", Fill::Said(note))];
            messages::tell_officer(tx, ctx, case, Wording::Escalated, &extra)
        }
        _ => messages::tell_officer(tx, ctx, case, Wording::UnitAssigned, &[]),
    }
}
