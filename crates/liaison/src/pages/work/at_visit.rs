//! Help at a visit: the visit's own form offers the items of the plan, so that nothing is noted twice.

use super::words::{item_name, until};
use crate::visits::{Helped, MyHousehold};
use crate::work::{KnownPlan, plans_between};
use kernel::{FieldError, RecordId, Result};
use maud::{Markup, html};
use requests::Ctx;
use web::form::{Choice, Field, radios};
use web::{FormState, Look, Values};

/// The plans of this year that join whoever visits with the household.
pub(in crate::pages) async fn plans(ctx: &Ctx, home: &MyHousehold) -> Result<Vec<KnownPlan>> {
    let (id, kinds) = (home.id, home.pairings.clone());
    ctx.read(move |tx, ctx| plans_between(tx, ctx, id, &kinds)).await
}

fn field(plan: &KnownPlan, item: &str) -> String {
    format!("h.{}.{item}", plan.kind)
}

/// Ids for what may be noted, so that the form sent twice is noted once.
pub(in crate::pages) fn start(ctx: &Ctx, plans: &[KnownPlan], values: &mut Values) {
    for plan in plans {
        for item in &plan.items {
            let id = RecordId::new(ctx.at, &*ctx.site.chance).to_string();
            values.set(format!("{}.id", field(plan, &item.item)), id);
            values.set(field(plan, &item.item), "");
        }
    }
}

/// The part of the form: one tap for each item that was helped with; nothing for the others.
pub(in crate::pages) fn view(look: &Look, ctx: &Ctx, state: &FormState, plans: &[KnownPlan]) -> Markup {
    let mut effects = vec![Choice::new("", look.t("这次没有", "Not this time"))];
    effects.extend(ctx.site.pack.work.effects.iter().map(|e| Choice::new(&e.id, e.name.to(look.locale))));
    html! { @if !plans.is_empty() {
        section.card {
            h2 { (look.t("计划里的事，这次帮了哪项", "Which items of the plan were helped")) }
            p.hint { (look.t("没帮到的不用点；点了就算一次帮扶，不用另记。", "Leave what was not; what is tapped counts as help and is not noted again.")) }
            @for plan in plans { @for item in &plan.items {
                @let name = field(plan, &item.item);
                (web::form::hidden(&format!("{name}.id"), state.value(&format!("{name}.id"))))
                (radios(look, state, Field::new(&name, &item_name(look, ctx, item)).hint(&until(look, item.by, plan.year)), &effects))
            } }
        }
    } }
}

/// What was tapped, as help given at this visit.
pub(in crate::pages) fn read(ctx: &Ctx, values: &Values, plans: &[KnownPlan]) -> Vec<Helped> {
    let mut out = Vec::new();
    for plan in plans {
        for item in &plan.items {
            let name = field(plan, &item.item);
            let Some(effect) = values.opt(&name) else { continue };
            out.push(Helped {
                id: values
                    .parsed(&format!("{name}.id"))
                    .unwrap_or_else(|| RecordId::new(ctx.at, &*ctx.site.chance)),
                kind: plan.kind.clone(),
                item: item.item.clone(),
                effect: effect.to_owned(),
            });
        }
    }
    out
}

/// The fields of the form that faults of help belong to.
pub(in crate::pages) fn at_form(mut faults: Vec<FieldError>, helped: &[Helped]) -> Vec<FieldError> {
    for fault in &mut faults {
        let place = fault.field.strip_prefix("helped.").and_then(|n| n.parse::<usize>().ok());
        if let Some(h) = place.and_then(|n| helped.get(n)) {
            fault.field = format!("h.{}.{}", h.kind, h.item);
        }
    }
    faults
}
