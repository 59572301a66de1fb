//! Putting a shield on a case that turns out to be about a unit, and lifting it. Both need a reason.

use super::{On, open, reason};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::messages::{self, Wording};
use crate::model::{Audience, PublicState};
use crate::shield::{self, Subject};
use crate::spoken::{self, Slot};
use crate::store::{request, shields};
use crate::{step, tally};
use access::Verb;
use db::Tx;
use kernel::{Error, Result};
use serde_json::json;

/// Whom a case turns out to be about.
#[derive(Clone, Debug)]
pub struct Put {
    /// Which case.
    pub on: On,
    /// Whom it is about.
    pub subject: Subject,
    /// Why.
    pub reason: String,
}

/// Whether whoever acts may put a shield on a case: whoever sends cases to units, and supervision.
pub fn may_put(ctx: &Ctx, case: &Case) -> bool {
    case.shield.is_none()
        && case.row.is_live()
        && (case.may(ctx, Verb::Triage) || case.may(ctx, Verb::Supervise))
}

/// Whether whoever acts may lift the shield of a case: supervision that is not involved.
pub fn may_lift(ctx: &Ctx, case: &Case) -> bool {
    case.shield.is_some() && case.may(ctx, Verb::Supervise)
}

/// Keeps the case from the unit it is about, from now on. Where that unit or its officer held it, the superior
/// does now. Whoever puts it up may be shut out by it.
pub fn put(tx: &mut dyn Tx, ctx: &Ctx, input: &Put) -> Result<Case> {
    let mut case = open(tx, ctx, input.on)?;
    if !may_put(ctx, &case) {
        case.demand(ctx, Verb::Triage)?;
        return Err(Error::refused(
            "shield",
            "这件不能再加保护：已经加了，或者已经了结。",
            "No shield can be put up: there is one, or the case has ended.",
        ));
    }
    let verb = if case.may(ctx, Verb::Triage) { Verb::Triage } else { Verb::Supervise };
    let ctx = &case.acting(ctx, verb, access::Noun::Request);
    let why = reason(&input.reason)?;
    let unit = input.subject.unit.filter(|u| ctx.dir.get(*u).is_some());
    if unit.is_none() {
        return Err(Error::field(
            "subject",
            "请选择反映的是哪个单位。",
            "Please choose the unit it is about.",
        ));
    }
    if input.subject.name.chars().count() > shield::NAME_MAX {
        return Err(Error::field("subject_name", "最多 40 字。", "At most 40 characters."));
    }
    let days = [ctx.site.zone.date(case.row.received_at), ctx.today()];
    let Some(shield) = shield::Shield::of(tx, ctx, &input.subject, &days)? else {
        return Err(shield::nobody_decides(ctx));
    };
    let (above, lead) = shield.decider(tx, ctx)?.ok_or_else(|| shield::nobody_decides(ctx))?;
    let before = case.row.clone();
    let officer_out = match case.row.officer {
        Some(officer) => shield.shuts_out_account(tx, ctx, officer)?,
        None => false,
    };
    let moved = shield.covers(ctx, case.row.unit) || officer_out;
    if moved {
        case.row.unit = above;
        case.row.officer = Some(lead);
    }
    case.row.shielded = true;
    case.row.public_state = PublicState::Never;
    let name = Some(input.subject.name.trim()).filter(|n| !n.is_empty());
    spoken::keep(tx, ctx, case.row.id, &Slot::Subject, name)?;
    shields::put(tx, case.row.id, &shield, ctx.at)?;
    case.shield = Some(shield);
    // Of the record everybody can check this says that there is a shield, not whom it is about.
    step::finish(tx, ctx, &mut case, &before, "shield", Audience::Inside, &why, json!({ "shielded": true }))?;
    request::leave_all(tx, case.row.id)?;
    notify::keep_apart(tx, case.row.id.0)?;
    tally::record(tx, ctx, &before, &case.row)?;
    if moved {
        messages::tell_officer(tx, ctx, &case, Wording::UnitAssigned, &[])?;
    }
    Ok(case)
}

/// Lifts the shield: the case stands in ledgers and counts again. What the public reads does not change.
pub fn lift(tx: &mut dyn Tx, ctx: &Ctx, on: On, why: &str) -> Result<Case> {
    let mut case = open(tx, ctx, on)?;
    if !may_lift(ctx, &case) {
        case.demand(ctx, Verb::Supervise)?;
        return Err(Error::refused("shield", "这件没有加保护。", "There is no shield on this case."));
    }
    let ctx = &case.acting(ctx, Verb::Supervise, access::Noun::Request);
    let why = reason(why)?;
    let before = case.row.clone();
    case.row.shielded = false;
    case.shield = None;
    shields::lift(tx, case.row.id, ctx.at)?;
    let data = json!({ "shielded": false });
    step::finish(tx, ctx, &mut case, &before, "shield-lifted", Audience::Inside, &why, data)?;
    let units = step::ledgers(ctx, &case);
    request::reach(tx, &case.row, &units)?;
    let first = ctx.path(case.row.first_unit).to_owned();
    notify::put_back(tx, case.row.id.0, &first)?;
    tally::record(tx, ctx, &before, &case.row)?;
    Ok(case)
}
