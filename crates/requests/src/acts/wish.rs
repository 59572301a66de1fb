//! Wishes 微心愿: somebody takes one up, and gives it back where they cannot do it. Only the person says whether it
//! came true.

use super::{On, open_for, reason};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::messages::{self, Fill, Wording};
use crate::model::{Audience, Request};
use crate::staff::duty_officer;
use crate::step::{self, Deed};
use access::{Noun, Verb as Right};
use db::Tx;
use kernel::{Error, RequestId, Result};
use pack::Pack;
use rules::case::{Kind, Need, State, Verb};
use rules::form::{Answer, CleanAnswers};
use serde_json::json;

/// Whether the person gave leave to show a request of this class with these answers. Other requests need none.
pub fn may_show(pack: &Pack, kind: Kind, answers: &serde_json::Value) -> bool {
    if kind != Kind::Wish {
        return true;
    }
    let clean: CleanAnswers = serde_json::from_value(answers.clone()).unwrap_or_default();
    clean.get(&pack.wish.consent) == Some(&Answer::YesNo(true))
}

/// Refuses to show a wish without leave.
///
/// Errors: refused (`no-leave`).
pub(crate) fn with_leave(ctx: &Ctx, row: &Request) -> Result<()> {
    if may_show(&ctx.site.pack, row.kind, &row.answers) {
        return Ok(());
    }
    Err(Error::refused(
        "no-leave",
        "许愿的人没有同意公开，不能上心愿墙。请选“不公开”，由中心交给村里办。",
        "The person gave no leave to show this wish. Choose not to publish it; the centre gives it to the village.",
    ))
}

/// Takes a wish up: whoever does it answers for it from now on, with their unit. Of two at once one gets it.
///
/// Errors: not found where it is no wish that is shown; refused (`taken-up`) where somebody was quicker.
pub fn take_up(tx: &mut dyn Tx, ctx: &Ctx, id: RequestId) -> Result<Case> {
    let mut case = Case::for_joining(tx, ctx, id)?;
    if !case.is_open_wish() {
        return Err(Error::NotFound);
    }
    case.demand(ctx, Right::TakeUp)?;
    if case.row.state != State::Registered {
        return Err(Error::refused(
            "taken-up",
            "这个心愿刚刚有人认领了，谢谢您。墙上还有别的心愿。",
            "Somebody has just taken this wish up. Thank you; there are others on the wall.",
        ));
    }
    let ctx = &case.acting(ctx, Right::TakeUp, Noun::Request);
    let (Some(account), Some(unit)) = (ctx.account(), ctx.unit()) else { return Err(Error::SignIn) };
    let deed = Deed::new(Verb::TakeUp).say(Audience::Person, "").data(json!({ "unit": unit.to_string() }));
    step::take(tx, ctx, &mut case, deed, |row| {
        row.unit = unit;
        row.officer = Some(account);
    })?;
    Ok(case)
}

/// Gives a wish back with the reason: it is open to others again, and the promised date stays.
///
/// Errors: [`Error::Invalid`] without a reason.
pub fn give_back(tx: &mut dyn Tx, ctx: &Ctx, on: On, why: &str) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, on, Verb::GiveBack)?;
    let ctx = &ctx;
    let why = reason(why)?;
    let (from, first) = (case.row.unit, case.row.first_unit);
    let officer = duty_officer(tx, ctx, first)?;
    let deed = Deed::new(Verb::GiveBack)
        .with([Need::Reason])
        .say(Audience::Inside, why.clone())
        .data(json!({ "unit": from.to_string() }));
    step::take(tx, ctx, &mut case, deed, |row| {
        row.unit = first;
        row.officer = officer;
    })?;
    let extra = [("unit", messages::unit_named(ctx, from)), ("reason", Fill::Said(&why))];
    messages::tell_officer(tx, ctx, &case, Wording::Returned, &extra)?;
    Ok(case)
}
