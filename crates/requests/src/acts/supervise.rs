//! Supervision 督办 in three grades: the program proposes, a person issues.

use super::{On, open, open_for, text};
use crate::case::{Case, Supervision};
use crate::ctx::Ctx;
use crate::messages::{self, Fill, Wording};
use crate::model::Audience;
use crate::staff::duty_officer_for;
use crate::step::{self, Deed};
use crate::store::duties;
use crate::supervision;
use db::Tx;
use kernel::{Error, Result, Say};
use pack::SupervisionGrade;
use rules::case::{Need, Verb};
use serde_json::json;

/// An order.
#[derive(Clone, Debug)]
pub struct Supervise {
    /// Which case.
    pub on: On,
    /// 1, 2 or 3.
    pub grade: i64,
    /// What is ordered.
    pub words: String,
}

/// Issues a supervision order of a grade that is whoever acts to issue; the unit's lead is told, and the
/// officer.
pub fn issue(tx: &mut dyn Tx, ctx: &Ctx, input: &Supervise) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, input.on, Verb::Supervise)?;
    let ctx = &ctx;
    let Some(grade) = supervision::grade(ctx, input.grade) else {
        return Err(Error::field("grade", "请选择督办级别。", "Please choose the grade."));
    };
    demand(ctx, &case, grade)?;
    let words = text("words", &input.words, "请写明督办要求。", "Please say what is ordered.")?;
    let number = input.grade;
    let reply = supervision::reply(ctx, grade);
    let due = reply.due;
    let proposed = duties::supervisions(tx, case.row.id)?.into_iter().find(|s| s.grade == number);
    let order = Supervision {
        issued_at: Some(ctx.at),
        issued_by: ctx.account(),
        words: words.clone(),
        dismissed_at: None,
        reply: Some(reply),
        replied_at: None,
        next_signal: supervision::next_of_order(ctx, number, ctx.at),
        ..proposed.unwrap_or_else(|| Supervision::proposed(number, ctx.at, supervision::BY_HAND))
    };
    duties::save_supervision(tx, case.row.id, case.row.is_live(), &order)?;
    let deed = Deed::new(Verb::Supervise)
        .with([Need::Reason])
        .say(Audience::Inside, words.clone())
        .data(json!({ "grade": number }));
    step::take(tx, ctx, &mut case, deed, |row| row.supervised = row.supervised.max(number))?;
    let lead = duty_officer_for(tx, ctx, case.row.unit, case.shield.as_ref())?;
    let told = lead.into_iter().chain(case.row.officer.filter(|o| Some(*o) != lead));
    for account in told {
        let name = Say::new(grade.name.zh.clone(), grade.name.en.clone());
        let extra = [("grade", Fill::Named(name)), ("reason", Fill::Said(&words)), ("due", Fill::At(due))];
        messages::tell(tx, ctx, &case, Wording::Supervision, account, &extra)?;
    }
    Ok(case)
}

/// The unit explains itself after an order; whoever issued it is told.
///
/// Errors: not found where no such order waits; those of the permission table.
pub fn reply(tx: &mut dyn Tx, ctx: &Ctx, on: On, grade: i64, words: &str) -> Result<Case> {
    let mut case = open(tx, ctx, on)?;
    case.demand(ctx, access::Verb::Work)?;
    let ctx = &case.acting(ctx, access::Verb::Work, access::Noun::Request);
    let words = text(
        "words",
        words,
        "请写明情况、原因和下一步。",
        "Please say how it stands, why, and what is next.",
    )?;
    let found = duties::supervisions(tx, case.row.id)?.into_iter().find(|s| s.grade == grade && s.waits());
    let Some(order) = found else { return Err(Error::NotFound) };
    let replied = Supervision { replied_at: Some(ctx.at), ..order.clone() };
    duties::save_supervision(tx, case.row.id, case.row.is_live(), &replied)?;
    let data = json!({ "grade": grade });
    step::note(tx, ctx, &mut case, "supervision-reply", Audience::Inside, &words, data)?;
    if let (Some(account), Some(rule)) = (order.issued_by, supervision::grade(ctx, grade)) {
        let name = Say::new(rule.name.zh.clone(), rule.name.en.clone());
        let extra = [("grade", Fill::Named(name)), ("reason", Fill::Said(&words))];
        messages::tell(tx, ctx, &case, Wording::SupervisionReply, account, &extra)?;
    }
    Ok(case)
}

/// Whether this grade is whoever acts to issue, or the error that says whose it is.
fn demand(ctx: &Ctx, case: &Case, grade: &SupervisionGrade) -> Result<()> {
    if supervision::may_issue(ctx, case, grade) {
        return Ok(());
    }
    let zh: Vec<String> = grade.who.iter().map(|p| p.name().zh.into_owned()).collect();
    let en: Vec<String> = grade.who.iter().map(|p| p.name().en.into_owned()).collect();
    Err(Error::Forbidden(Say::new(
        format!("“{}”由{}签发。", grade.name.zh, zh.join("、")),
        format!("\"{}\" is issued by: {}.", grade.name.en, en.join(", ")),
    )))
}

/// Decides against a proposal, with the reason.
pub fn dismiss(tx: &mut dyn Tx, ctx: &Ctx, on: On, grade: i64, why: &str) -> Result<Case> {
    let mut case = open(tx, ctx, on)?;
    case.demand(ctx, access::Verb::Supervise)?;
    let ctx = &case.acting(ctx, access::Verb::Supervise, access::Noun::Request);
    if let Some(grade) = supervision::grade(ctx, grade) {
        demand(ctx, &case, grade)?;
    }
    let why = super::reason(why)?;
    let found = duties::supervisions(tx, case.row.id)?
        .into_iter()
        .find(|s| s.grade == grade && s.issued_at.is_none() && s.dismissed_at.is_none());
    let Some(proposal) = found else { return Err(Error::NotFound) };
    let dismissed = Supervision { dismissed_at: Some(ctx.at), ..proposal };
    duties::save_supervision(tx, case.row.id, case.row.is_live(), &dismissed)?;
    let data = json!({ "grade": grade });
    step::note(tx, ctx, &mut case, "supervision-dismissed", Audience::Inside, &why, data)?;
    Ok(case)
}
