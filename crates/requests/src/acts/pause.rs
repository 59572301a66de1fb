//! Waiting for the person 等诉求人, going on, and more time 延期.

use super::{On, open_for, reason, text};
use crate::case::Case;
use crate::clock;
use crate::ctx::Ctx;
use crate::messages::{self, Fill, Wording};
use crate::model::Audience;
use crate::step::{self, Deed};
use db::Tx;
use kernel::{Error, Result};
use rules::case::{ClockKind, Need, State, Verb};
use rules::deadline::Limit;
use serde_json::json;

/// What is asked of the person.
#[derive(Clone, Debug)]
pub struct Pause {
    /// Which case.
    pub on: On,
    /// The question or the paper that is missing.
    pub question: String,
}

/// Rests the answer clock while waiting for the person, and only then.
pub fn pause(tx: &mut dyn Tx, ctx: &Ctx, input: &Pause) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, input.on, Verb::Pause)?;
    let ctx = &ctx;
    let question = text(
        "question",
        &input.question,
        "请写明要诉求人补充什么。",
        "Please say what the person is to add.",
    )?;
    let pauses = crate::store::clocks::count_verb(tx, case.row.id, "pause")?;
    let most = i64::from(ctx.site.pack.pause.times);
    if pauses >= most {
        return Err(Error::refused(
            "paused-too-often",
            format!("这件已经等过 {pauses} 次，规则最多 {most} 次。"),
            format!("This has waited {pauses} times already; the rule allows {most}."),
        ));
    }
    let deed = Deed::new(Verb::Pause).with([Need::Question, Need::Reason]).say(Audience::Person, question);
    step::take(tx, ctx, &mut case, deed, |_| {})?;
    let extra = [("question", Fill::Said(&input.question))];
    messages::tell_people(tx, ctx, &case, Wording::Question, &extra)?;
    Ok(case)
}

/// Goes on: the person has answered, or the reason for waiting is gone.
pub fn resume(tx: &mut dyn Tx, ctx: &Ctx, on: On, why: &str) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, on, Verb::Resume)?;
    let ctx = &ctx;
    let deed = Deed::new(Verb::Resume).with([Need::Reason]).say(Audience::Person, why.trim());
    step::take(tx, ctx, &mut case, deed, |_| {})?;
    Ok(case)
}

/// More time.
#[derive(Clone, Debug)]
pub struct Extend {
    /// Which case.
    pub on: On,
    /// By how much, up to the cap of the rule.
    pub by: Limit,
    /// The reason, which the person is told.
    pub reason: String,
    /// All parties agree: asked where it is a mediation, whose time they set together.
    pub agreed: bool,
}

/// Gives more time, by whom the rule names, up to its cap and as often as it says.
pub fn extend(tx: &mut dyn Tx, ctx: &Ctx, input: &Extend) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, input.on, Verb::Extend)?;
    let ctx = &ctx;
    let why = reason(&input.reason)?;
    if ctx.site.pack.mediation_on(&case.row.track).is_some() && !input.agreed {
        return Err(Error::field(
            "agreed",
            "调解要各方都同意才能延期。",
            "A mediation is extended only where all parties agree.",
        ));
    }
    let rule = &ctx.site.pack.extension;
    if !within(input.by, rule.cap) {
        return Err(Error::field(
            "by",
            format!("一次最多延 {}。", rule.cap.say().zh),
            format!("At most {} at a time.", rule.cap.say().en),
        ));
    }
    if case.row.extensions >= rule.times {
        return Err(Error::refused(
            "extended-too-often",
            format!("已经延期 {} 次，规则最多 {} 次。", case.row.extensions, rule.times),
            format!("Extended {} times already; the rule allows {}.", case.row.extensions, rule.times),
        ));
    }
    let kind = if case.row.state == State::Rework { ClockKind::Rework } else { ClockKind::Answer };
    let late = case.open_clock(kind).is_some_and(|c| c.due_at < ctx.at);
    if rule.before_due && late {
        return Err(Error::refused(
            "extended-too-late",
            "已经过了期限，不能再延期；请尽快答复，并向诉求人说明。",
            "The limit has passed, so it cannot be extended. Answer soon, and explain it to the person.",
        ));
    }
    clock::extend(tx, ctx, &mut case, kind, input.by)?;
    let deed = Deed::new(Verb::Extend)
        .with([Need::Reason])
        .say(Audience::Person, why)
        .data(json!({ "by": input.by.to_string(), "clock": kind.key() }));
    step::take(tx, ctx, &mut case, deed, |row| row.extensions += 1)?;
    messages::tell_people(tx, ctx, &case, Wording::Extended, &[("reason", Fill::Said(&input.reason))])?;
    Ok(case)
}

/// Whether `by` is of the same unit as the cap, more than nothing, and no more than it.
fn within(by: Limit, cap: Limit) -> bool {
    match (by, cap) {
        (Limit::WorkingDays(a), Limit::WorkingDays(b)) => (1..=b).contains(&a),
        (Limit::CalendarDays(a), Limit::CalendarDays(b)) => (1..=b).contains(&a),
        (Limit::Hours(a), Limit::Hours(b)) => (1..=b).contains(&a),
        (Limit::Minutes(a), Limit::Minutes(b)) => (1..=b).contains(&a),
        (Limit::WorkingHours(a), Limit::WorkingHours(b)) => (1..=b).contains(&a),
        _ => false,
    }
}
