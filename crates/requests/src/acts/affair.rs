//! Steps of an affair 代办步骤: what is done is noted in the order of the pack, each with the day by which it was due.

use super::{On, open, papers};
use crate::case::{Case, StepDone};
use crate::ctx::Ctx;
use crate::model::Audience;
use crate::step;
use crate::store::papers as store;
use access::{Noun, Verb};
use db::Tx;
use kernel::{Error, Result, Timestamp};
use pack::{Affair, AffairStep};
use rules::case::Party;
use rules::deadline::{Certificate, Rule, certify};
use serde_json::json;

/// How far an affair has come.
#[derive(Clone, Debug)]
pub struct Way {
    /// The steps that are done.
    pub done: Vec<StepDone>,
    /// The step that comes next, with the day by which it is due.
    pub next: Option<(AffairStep, Certificate)>,
}

/// Whether whoever acts may note a step of this case as done.
pub fn may_note(ctx: &Ctx, case: &Case) -> bool {
    let part = |p: &Party| matches!(p, Party::Officer | Party::Lead | Party::Helper);
    case.row.is_live() && (papers::may_handle(ctx, case) || case.parties(ctx).iter().any(part))
}

/// How far the affair of a case has come; none where its class is no affair.
///
/// Errors: those of the database.
pub fn way(tx: &mut dyn Tx, ctx: &Ctx, case: &Case) -> Result<Option<Way>> {
    let Some(affair) = ctx.site.pack.affair_of(&case.row.class) else { return Ok(None) };
    let done = store::steps(tx, case.row.id)?;
    let next = affair.steps.iter().find(|s| done.iter().all(|d| d.step != s.id));
    let since = done.iter().map(|d| d.at).max().unwrap_or(case.row.received_at);
    let next = next.map(|s| (s.clone(), due(ctx, affair, s, since)));
    Ok(Some(Way { done, next }))
}

/// By when a step is due that began at `since`, and why then.
fn due(ctx: &Ctx, affair: &Affair, step: &AffairStep, since: Timestamp) -> Certificate {
    let pack = &ctx.site.pack;
    let rule = Rule {
        id: format!("affair/{}/{}", affair.id, step.id),
        version: pack.version.clone(),
        citation: affair.citation.clone(),
        limit: step.within,
        counting: pack.counting,
    };
    certify(&rule, since, &ctx.site.calendar)
}

/// Notes the step that comes next as done; the person reads it on their page.
///
/// Errors: refused (`step-order`) where another step comes next.
pub fn done(tx: &mut dyn Tx, ctx: &Ctx, on: On, step: &str) -> Result<Case> {
    let mut case = open(tx, ctx, on)?;
    if !may_note(ctx, &case) {
        papers::is_live(&case)?;
        case.demand(ctx, Verb::Work)?;
    }
    let ctx = &case.acting(ctx, Verb::Register, Noun::Request);
    let next = way(tx, ctx, &case)?.and_then(|w| w.next).filter(|(next, _)| next.id == step);
    let Some((next, due)) = next else {
        return Err(Error::refused(
            "step-order",
            "这一步已经办过，或者还没轮到。请看最新情况。",
            "This step is done already, or another one comes first. Look how it stands now.",
        ));
    };
    let row = StepDone { step: next.id.clone(), at: ctx.at, account: ctx.account(), unit: ctx.unit(), due };
    if !store::save_step(tx, case.row.id, &row)? {
        return Err(step::stale());
    }
    let affair = ctx.site.pack.affair_of(&case.row.class).map(|a| a.id.clone());
    let data = json!({ "affair": affair, "step": next.id });
    step::note(tx, ctx, &mut case, "affair-step", Audience::Person, "", data)?;
    Ok(case)
}
