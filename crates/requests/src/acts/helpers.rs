//! Help from another unit 协办: it reports to the one that answers.

use super::{On, open_for, text, triage};
use crate::case::{Case, Helper};
use crate::ctx::Ctx;
use crate::messages::{self, Fill, Wording};
use crate::model::Audience;
use crate::staff::duty_officer_for;
use crate::step::{self, Deed, above};
use crate::store::{duties, request};
use db::Tx;
use kernel::{Error, Result, UnitId};
use rules::case::{Need, Verb};
use serde_json::json;

/// What another unit is asked.
#[derive(Clone, Debug)]
pub struct AskHelp {
    /// Which case.
    pub on: On,
    /// The unit.
    pub unit: UnitId,
    /// What is asked of it.
    pub question: String,
}

/// Asks another unit to help; the case stands in its ledger from now on.
pub fn ask(tx: &mut dyn Tx, ctx: &Ctx, input: &AskHelp) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, input.on, Verb::AskHelp)?;
    let ctx = &ctx;
    triage::unit(ctx, input.unit)?;
    if input.unit == case.row.unit {
        return Err(Error::field(
            "unit",
            "这就是承办单位，请选别的单位。",
            "That is the handling unit; choose another.",
        ));
    }
    if let Some(shield) = &case.shield {
        crate::shield::unit_outside(ctx, shield, input.unit)?;
    }
    let question = text(
        "question",
        &input.question,
        "请写明要对方做什么。",
        "Please say what the unit is asked to do.",
    )?;
    let helper = Helper {
        unit: input.unit,
        asked_at: ctx.at,
        question: question.clone(),
        reported_at: None,
        report: String::new(),
    };
    duties::save_helper(tx, case.row.id, &helper)?;
    request::reach(tx, &case.row, &above(ctx, input.unit))?;
    let deed = Deed::new(Verb::AskHelp)
        .with([Need::Unit, Need::Reason])
        .say(Audience::Inside, question)
        .data(json!({ "unit": input.unit.to_string() }));
    step::take(tx, ctx, &mut case, deed, |_| {})?;
    if let Some(lead) = duty_officer_for(tx, ctx, input.unit, case.shield.as_ref())? {
        let extra =
            [("unit", messages::unit_named(ctx, input.unit)), ("reason", Fill::Said(&input.question))];
        messages::tell(tx, ctx, &case, Wording::HelperAsked, lead, &extra)?;
    }
    case.helpers.push(helper);
    Ok(case)
}

/// What a helping unit reports.
#[derive(Clone, Debug)]
pub struct Report {
    /// Which case.
    pub on: On,
    /// What it did.
    pub text: String,
}

/// Reports to the unit that answers.
pub fn report(tx: &mut dyn Tx, ctx: &Ctx, input: &Report) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, input.on, Verb::Report)?;
    let ctx = &ctx;
    let body = text("text", &input.text, "请写下办理情况。", "Please say what was done.")?;
    let sits = |h: &&mut Helper| {
        h.reported_at.is_none() && ctx.scope.sits_in(&[kernel::Role::Officer, kernel::Role::Lead], h.unit)
    };
    let Some(helper) = case.helpers.iter_mut().find(sits) else {
        return Err(Error::refused(
            "not-asked",
            "没有请您的单位协办，或已经反馈过。",
            "Your unit was not asked, or has reported.",
        ));
    };
    // Whoever sits in the handling unit as well reports for the one that was asked.
    let ctx = &ctx.seated(helper.unit);
    helper.reported_at = Some(ctx.at);
    helper.report = body.clone();
    let helper = helper.clone();
    duties::save_helper(tx, case.row.id, &helper)?;
    let deed = Deed::new(Verb::Report)
        .with([Need::Reason])
        .say(Audience::Inside, body)
        .data(json!({ "unit": helper.unit.to_string() }));
    step::take(tx, ctx, &mut case, deed, |_| {})?;
    let extra = [("unit", messages::unit_named(ctx, helper.unit))];
    messages::tell_officer(tx, ctx, &case, Wording::HelperReported, &extra)?;
    Ok(case)
}
