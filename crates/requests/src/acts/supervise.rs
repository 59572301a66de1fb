//! Supervision 督办 in three grades: the program proposes, a person issues.

use super::{On, open, text};
use crate::case::{Case, Supervision};
use crate::ctx::Ctx;
use crate::model::Audience;
use crate::notices;
use crate::step::{self, Deed};
use crate::store::duties;
use db::Tx;
use kernel::{Error, Result};
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

/// Issues a supervision order.
pub fn issue(tx: &mut dyn Tx, ctx: &Ctx, input: &Supervise) -> Result<Case> {
    let mut case = open(tx, ctx, input.on)?;
    let words = text("words", &input.words, "请写明督办要求。", "Please say what is ordered.")?;
    if !ctx.site.pack.supervision.iter().any(|g| i64::from(g.grade) == input.grade) {
        return Err(Error::field("grade", "请选择督办级别。", "Please choose the grade."));
    }
    let proposed = duties::supervisions(tx, case.row.id)?.into_iter().find(|s| s.grade == input.grade);
    let order = Supervision {
        issued_at: Some(ctx.at),
        issued_by: ctx.account(),
        words: words.clone(),
        dismissed_at: None,
        ..proposed.unwrap_or_else(|| fresh(ctx, input.grade, "by-hand"))
    };
    duties::save_supervision(tx, case.row.id, &order)?;
    let grade = input.grade;
    let deed = Deed::new(Verb::Supervise)
        .with([Need::Reason])
        .say(Audience::Inside, words)
        .data(json!({ "grade": grade }));
    step::take(tx, ctx, &mut case, deed, |row| row.supervised = row.supervised.max(grade))?;
    let name = ctx
        .site
        .pack
        .supervision
        .iter()
        .find(|g| i64::from(g.grade) == grade)
        .map_or("", |g| g.name.zh.as_str());
    let extra = [("grade", name), ("reason", input.words.as_str())];
    notices::tell_officer(tx, ctx, &case, "supervision", &extra)?;
    Ok(case)
}

/// Decides against a proposal, with the reason.
pub fn dismiss(tx: &mut dyn Tx, ctx: &Ctx, on: On, grade: i64, why: &str) -> Result<Case> {
    let mut case = open(tx, ctx, on)?;
    case.demand(ctx, access::Verb::Supervise)?;
    let why = super::reason(why)?;
    let found = duties::supervisions(tx, case.row.id)?
        .into_iter()
        .find(|s| s.grade == grade && s.issued_at.is_none() && s.dismissed_at.is_none());
    let Some(proposal) = found else { return Err(Error::NotFound) };
    duties::save_supervision(tx, case.row.id, &Supervision { dismissed_at: Some(ctx.at), ..proposal })?;
    let data = json!({ "grade": grade });
    step::note(tx, ctx, &mut case, "supervision-dismissed", Audience::Inside, &why, data)?;
    Ok(case)
}

fn fresh(ctx: &Ctx, grade: i64, why: &str) -> Supervision {
    Supervision {
        grade,
        proposed_at: ctx.at,
        why: why.to_owned(),
        issued_at: None,
        issued_by: None,
        words: String::new(),
        dismissed_at: None,
    }
}
