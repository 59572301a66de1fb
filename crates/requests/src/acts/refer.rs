//! Upward: escalation 上报 to the unit above, and major matters before the leading group 领导小组.

use super::{On, assign, open_for, reason, text};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::messages::{self, Fill, Wording};
use crate::model::Audience;
use crate::step::{self, Deed};
use crate::uploads;
use db::Tx;
use files::Whose;
use kernel::{Date, Error, Result, UnitId};
use rules::case::{Need, Verb};
use serde_json::json;

/// Passing it up.
#[derive(Clone, Debug)]
pub struct Escalate {
    /// Which case.
    pub on: On,
    /// Why it cannot be solved here.
    pub reason: String,
}

/// Passes the case to the unit above: officer to unit, unit to county ledger.
pub fn escalate(tx: &mut dyn Tx, ctx: &Ctx, input: &Escalate) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, input.on, Verb::Escalate)?;
    let ctx = &ctx;
    let why = reason(&input.reason)?;
    let Some(up) = above(ctx, case.row.unit) else {
        return Err(Error::refused(
            "nothing-above",
            "已经在最高一级，不能再上报；可以提请领导小组研究。",
            "This is the top level already. It can be referred to the leading group.",
        ));
    };
    assign::send(tx, ctx, &mut case, Verb::Escalate, up, &why, &[Need::Reason, Need::Unit])?;
    Ok(case)
}

/// The unit to which a unit escalates: the one the pack names for its kind, among or next to those
/// above it; otherwise the nearest above.
pub(crate) fn above(ctx: &Ctx, unit: UnitId) -> Option<UnitId> {
    let parents = ctx.dir.ancestors(unit);
    let kind = ctx.dir.get(unit).and_then(|u| ctx.site.pack.unit_kind(&u.kind));
    let named = kind.and_then(|k| k.up.as_deref()).and_then(|up| {
        let above = parents.iter().rev().find(|p| p.kind == up).map(|p| p.id);
        above.or_else(|| {
            parents.iter().rev().find_map(|p| ctx.dir.children(p.id).find(|c| c.kind == up).map(|c| c.id))
        })
    });
    named.or_else(|| parents.last().map(|u| u.id)).filter(|up| *up != unit)
}

/// Putting it before the leading group.
#[derive(Clone, Debug)]
pub struct Refer {
    /// Which case.
    pub on: On,
    /// What the group is asked to decide.
    pub question: String,
}

/// Puts the case before the leading group.
pub fn refer(tx: &mut dyn Tx, ctx: &Ctx, input: &Refer) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, input.on, Verb::Refer)?;
    let ctx = &ctx;
    let question =
        text("question", &input.question, "请写明提请研究的问题。", "Please say what is to be decided.")?;
    let deed = Deed::new(Verb::Refer).with([Need::Reason, Need::Question]).say(Audience::Inside, question);
    step::take(tx, ctx, &mut case, deed, |_| {})?;
    Ok(case)
}

/// What the leading group decided.
#[derive(Clone, Debug)]
pub struct Decide {
    /// Which case.
    pub on: On,
    /// When it met.
    pub met_on: Date,
    /// Who took part, by post.
    pub who: String,
    /// What was decided.
    pub decision: String,
    /// The unit that is to do it, where it is another one.
    pub unit: Option<UnitId>,
    /// The minutes.
    pub files: Vec<crate::uploads::Upload>,
}

/// Records the decision. The officer goes on by it; where the group named another unit, that one signs for the case.
pub fn decide(tx: &mut dyn Tx, ctx: &Ctx, input: &Decide) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, input.on, Verb::Decide)?;
    let ctx = &ctx;
    if input.met_on > ctx.today() {
        return Err(Error::field("met_on", "会议日期在今天之后。", "The meeting's date is after today."));
    }
    let who = text("who", &input.who, "请写明参加研究的职务。", "Please say who took part, by post.")?;
    let decision =
        text("decision", &input.decision, "请写明决定的内容。", "Please write down the decision.")?;
    let unit = input.unit.filter(|u| *u != case.row.unit);
    uploads::attach(tx, ctx, case.row.id, Whose::House, &input.files)?;
    let mut data = json!({ "met_on": input.met_on.to_string(), "who": who });
    if !input.files.is_empty() {
        data["files"] = input.files.len().into();
    }
    let deed = Deed::new(Verb::Decide).with([Need::Decision]).say(Audience::Inside, decision);
    match unit {
        Some(unit) => {
            let officer = assign::duty_officer_of(tx, ctx, &case, unit)?;
            data["unit"] = unit.to_string().into();
            step::take(tx, ctx, &mut case, deed.with([Need::Unit]).data(data), |row| {
                row.decided = true;
                row.unit = unit;
                row.officer = officer;
            })?;
            messages::tell_officer(tx, ctx, &case, Wording::UnitAssigned, &[])?;
        }
        None => {
            step::take(tx, ctx, &mut case, deed.data(data), |row| row.decided = true)?;
            let extra = [("reason", Fill::Said(&input.decision))];
            messages::tell_officer(tx, ctx, &case, Wording::Decided, &extra)?;
        }
    }
    Ok(case)
}
