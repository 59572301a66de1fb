//! Triage 分流: class, course and the unit that should answer are settled.

use super::{On, open_for};
use crate::case::Case;
use crate::clock;
use crate::ctx::Ctx;
use crate::model::{Audience, PublicState};
use crate::step::{self, Deed};
use crate::store::request;
use db::Tx;
use kernel::{Error, Result, UnitId};
use pack::{Class, Moderation};
use rules::case::{ClockKind, Kind, Need, Urgency, Verb};
use serde_json::json;

/// What the centre settles.
#[derive(Clone, Debug)]
pub struct Triage {
    /// Which case.
    pub on: On,
    /// Class code.
    pub class: String,
    /// What kind of need.
    pub kind: Kind,
    /// How soon.
    pub urgency: Urgency,
    /// The unit that should answer.
    pub unit: UnitId,
    /// A remark for the unit.
    pub note: String,
}

/// Settles class, course and unit. The dates follow the new class; what was promised stays in the
/// certificates that are replaced.
pub fn triage(tx: &mut dyn Tx, ctx: &Ctx, input: &Triage) -> Result<Case> {
    let (mut case, ctx) = open_for(tx, ctx, input.on, Verb::Triage)?;
    let ctx = &ctx;
    let class = leaf(ctx, &input.class)?;
    unit(ctx, input.unit)?;
    let reclassed =
        case.row.class != class.code || case.row.urgency != input.urgency || case.row.kind != input.kind;
    case.facts.major = class.major;
    let deed = Deed::new(Verb::Triage)
        .with([Need::Unit])
        .say(Audience::Inside, input.note.trim())
        .data(json!({ "class": class.code, "unit": input.unit.to_string(), "urgency": input.urgency.key() }));
    if reclassed {
        set_class(tx, ctx, &mut case, class, input.kind, input.urgency)?;
    }
    step::take(tx, ctx, &mut case, deed, |row| row.unit = input.unit)?;
    Ok(case)
}

/// A class of the third level.
pub(crate) fn leaf<'p>(ctx: &'p Ctx, code: &str) -> Result<&'p Class> {
    ctx.site.pack.class(code).filter(|c| c.is_leaf()).ok_or_else(|| {
        Error::field("class", "请选到第三级分类。", "Please choose a class of the third level.")
    })
}

/// A unit that is there today.
pub(crate) fn unit(ctx: &Ctx, unit: UnitId) -> Result<()> {
    match ctx.dir.get(unit) {
        Some(_) => Ok(()),
        None => Err(Error::field("unit", "请选择单位。", "Please choose the unit.")),
    }
}

/// Whether what the case has come to fits another class.
///
/// Errors: refused where its papers or its file would be left behind; at `kind`, where a wish would be made of what
/// nobody gave leave to show, or the other way round.
fn stays_possible(tx: &mut dyn Tx, ctx: &Ctx, case: &Case, class: &Class, kind: Kind) -> Result<()> {
    let begun = match &case.filed {
        Some(filed) => !filed.is_empty() || !crate::store::mediation::parties(tx, case.row.id)?.is_empty(),
        None => false,
    };
    if begun && ctx.site.pack.mediation_on(&class.track).is_none() {
        return Err(Error::refused(
            "file-begun",
            "调解卷宗已经立了，不能改成不走调解的分类；调解不成的，请答复“没有解决”。",
            "The file of a mediation is begun: it cannot become another kind of case. Where it fails, answer so.",
        ));
    }
    if case.facts.originals_out > 0 && class.affair.is_none() {
        return Err(Error::refused(
            "papers-out",
            "还有原件没有交还本人，不能改成不收材料的分类。请先交还。",
            "Originals are not back with the person yet: give them back before the class is changed to one without papers.",
        ));
    }
    if (kind == Kind::Wish) != (class.kind == Kind::Wish) {
        return Err(Error::field(
            "kind",
            "微心愿要选心愿的分类，别的诉求不能改成微心愿。",
            "A wish has a class of wishes, and nothing else becomes one.",
        ));
    }
    Ok(())
}

/// Changes class, kind and urgency, and recounts the clocks that depend on them from their start.
pub(crate) fn set_class(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    case: &mut Case,
    class: &Class,
    kind: Kind,
    urgency: Urgency,
) -> Result<()> {
    stays_possible(tx, ctx, case, class, kind)?;
    let before = case.row.clone();
    case.row.class = class.code.clone();
    case.row.kind = kind;
    case.row.urgency = urgency;
    case.row.track = class.track.clone();
    if matches!(case.row.public_state, PublicState::Waiting | PublicState::Shown) {
        case.row.public_state = match class.moderation {
            Moderation::Auto => PublicState::Shown,
            Moderation::Look => PublicState::Waiting,
            Moderation::Never => PublicState::Never,
        };
    }
    clock::recount(tx, ctx, case, ClockKind::Answer)?;
    request::set_tokens(tx, case.row.id, &crate::register::tokens(ctx, &case.row), false)?;
    crate::tally::record(tx, ctx, &before, &case.row)
}
