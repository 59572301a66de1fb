//! Taking a dispatch back 收回交办: it went to the wrong unit, and nobody there has signed for it yet.

use super::{On, open_for, reason};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::messages::{self, Fill, Wording};
use crate::model::Audience;
use crate::staff::duty_officer_for;
use crate::step::{self, Deed};
use db::Tx;
use kernel::Result;
use rules::case::{Need, Verb};
use serde_json::json;

/// Takes the case back to the unit that received it first: it awaits triage again, and the clock of its dispatch goes
/// on under its first date. Whoever answered for it in the other unit is told.
///
/// Errors: [`kernel::Error::Invalid`] without a reason; refused as `signed` once a unit has signed for it.
pub fn recall(tx: &mut dyn Tx, ctx: &Ctx, on: On, why: &str) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, on, Verb::Recall)?;
    let ctx = &ctx;
    let why = reason(why)?;
    let (from, told) = (case.row.unit, case.row.officer);
    let first = case.row.first_unit;
    let officer = duty_officer_for(tx, ctx, first, case.shield.as_ref())?;
    let deed = Deed::new(Verb::Recall)
        .with([Need::Reason])
        .say(Audience::Inside, why.clone())
        .data(json!({ "unit": from.to_string() }));
    step::take(tx, ctx, &mut case, deed, |row| {
        row.unit = first;
        row.officer = officer;
    })?;
    if let Some(told) = told.filter(|t| Some(*t) != ctx.account()) {
        let extra = [("unit", messages::unit_named(ctx, from)), ("reason", Fill::Said(&why))];
        messages::tell(tx, ctx, &case, Wording::UnitRecalled, told, &extra)?;
    }
    Ok(case)
}
