//! Sending back 退单 and the ruling on it. The person's clock never stops for it.

use super::{On, assign, open, open_for, reason};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::messages::{self, Fill, Wording};
use crate::model::Audience;
use crate::shield::nobody_decides;
use crate::staff::duty_officer;
use crate::step::{self, Deed};
use db::Tx;
use kernel::{Error, Result, UnitId};
use rules::case::{Need, State, Verb};
use serde_json::json;

/// The ground where no item of the unit's own list is one: the matter does not stand there at all.
pub const NOT_LISTED: &str = "-";

/// Not this unit's duty.
#[derive(Clone, Debug)]
pub struct Return {
    /// Which case.
    pub on: On,
    /// The item of the duty list that it rests on, or [`NOT_LISTED`].
    pub duty: String,
    /// The reason.
    pub reason: String,
}

/// Sends the case back to the centre that sent it; a second time it goes to the arbiter by itself.
pub fn hand_back(tx: &mut dyn Tx, ctx: &Ctx, input: &Return) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, input.on, Verb::Return)?;
    let ctx = &ctx;
    let reason = reason(&input.reason)?;
    let kind = ctx.dir.get(case.row.unit).map(|u| u.kind.clone()).unwrap_or_default();
    let duties = ctx.site.pack.unit_kind(&kind).map(|k| k.duties.as_slice()).unwrap_or(&[]);
    let named = input.duty == NOT_LISTED || duties.iter().any(|d| d.id == input.duty);
    if !duties.is_empty() && !named {
        return Err(Error::field(
            "duty",
            "请选择据以退单的职责清单条目，或选“清单里没有这一项”。",
            "Choose the item of the duty list on which the return rests, or say that the list has none.",
        ));
    }
    let from = case.row.unit;
    let (first, officer) = match &case.shield {
        // Back to whoever decides, and never to the unit it is about.
        Some(shield) => {
            let (unit, lead) = shield.decider(tx, ctx)?.ok_or_else(|| nobody_decides(ctx))?;
            (unit, Some(lead))
        }
        None => (case.row.first_unit, duty_officer(tx, ctx, case.row.first_unit)?),
    };
    let deed = Deed::new(Verb::Return)
        .with([Need::Reason, Need::DutyItem])
        .say(Audience::Inside, reason)
        .data(json!({ "duty": input.duty, "from": from.to_string() }));
    step::take(tx, ctx, &mut case, deed, |row| {
        row.unit = first;
        row.officer = officer;
    })?;
    let extra = [("unit", messages::unit_named(ctx, from)), ("reason", Fill::Said(&input.reason))];
    messages::tell_officer(tx, ctx, &case, Wording::Returned, &extra)?;
    Ok(case)
}

/// The ruling on a return.
#[derive(Clone, Debug)]
pub struct Ruling {
    /// Which case.
    pub on: On,
    /// The unit that answers: the same one, where the return is refused, or another.
    pub unit: UnitId,
    /// The reason; for an arbiter's ruling it binds.
    pub reason: String,
}

/// Decides a return: by the centre the first time, by the arbiter afterwards.
pub fn rule(tx: &mut dyn Tx, ctx: &Ctx, input: &Ruling) -> Result<Case> {
    let mut case = open(tx, ctx, input.on)?;
    let verb = if case.row.state == State::Arbitration { Verb::Arbitrate } else { Verb::Assign };
    case.demand_step(ctx, verb)?;
    let ctx = &case.acting(ctx, access::Verb::of_case(verb), access::Noun::Request);
    let why = reason(&input.reason)?;
    assign::send(tx, ctx, &mut case, verb, input.unit, &why, &[Need::Unit, Need::Reason])?;
    Ok(case)
}
