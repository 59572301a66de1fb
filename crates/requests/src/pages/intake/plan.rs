//! What would become of the need as it is being taken in: the date, the unit, the officer, and what stands
//! in the way. It follows the form.

use super::desk::{Desk, Screen};
use super::{class, read};
use crate::intake;
use crate::pages::public::questions;
use access::{SharedSite, Staff};
use axum::extract::State;
use axum::response::IntoResponse;
use kernel::{AccountId, Result, UnitId};
use maud::{Markup, html};
use rules::case::{Kind, Urgency};
use web::components::{Flash, FlashKind, Icon, definitions, flash, icon};
use web::form::{Choice, Field, hidden, select};
use web::{FormBody, PageResult, format};

/// The plan, with those whom the reader may name as officers.
pub(super) struct Plan {
    class: String,
    unit: Option<UnitId>,
    officers: Vec<(AccountId, String)>,
}

impl Plan {
    /// By what the form says so far; what is faulty counts as left out.
    pub(super) async fn of(desk: &Desk) -> Result<Plan> {
        let class = class::chosen(desk).map(|c| c.code.clone()).unwrap_or_default();
        let place = read::place(&desk.ctx, &desk.state.values).ok().flatten();
        let unit = read::unit(desk, &class, place).ok().flatten();
        let officers = match unit.filter(|_| desk.may(&class).send) {
            Some(_) if desk.ctx.site.pack.class(&class).is_some_and(|c| c.subject.is_some()) => Vec::new(),
            Some(unit) => desk.ctx.read(move |tx, ctx| intake::may_name(tx, ctx, unit)).await?,
            None => Vec::new(),
        };
        Ok(Plan { class, unit, officers })
    }
}

/// `POST /intake/plan`
pub(super) async fn show(State(site): State<SharedSite>, staff: Staff, FormBody(v): FormBody) -> PageResult {
    let desk = Desk::open(&site, &staff, Screen::of(&v), v)?;
    let plan = Plan::of(&desk).await?;
    Ok(view(&desk, &plan).into_response())
}

/// The plan as a part of the form.
pub(super) fn view(desk: &Desk, plan: &Plan) -> Markup {
    let open = desk.may(&plan.class);
    html! {
        div.stack {
            (stopped(desk, plan))
            div.plan {
                (definitions(&[
                    (desk.t("答复期限", "Answer due"), due(desk, plan)),
                    (desk.t("承办单位", "Unit"), unit(desk, plan)),
                ]))
            }
            @if open.major {
                (flash(&Flash::new(FlashKind::Warn, desk.t(
                    "重大事项：要领导小组研究，不能当场办结。",
                    "A major matter: the leading group decides; it cannot be settled on the spot."))))
            }
            @if let (Some(unit), false) = (plan.unit, plan.officers.is_empty()) {
                div data-when="send" {
                    (hidden("officer_of", &unit.to_string()))
                    (officers(desk, plan))
                }
            }
        }
    }
}

fn officers(desk: &Desk, plan: &Plan) -> Markup {
    let choices: Vec<Choice> =
        std::iter::once(Choice::new("", desk.t("由单位负责人定", "The unit's lead decides")))
            .chain(plan.officers.iter().map(|(id, name)| Choice::new(id.to_string(), name)))
            .collect();
    let label = desk.t("责任人", "The officer who answers");
    let hint = desk.t(
        "选了就通知诉求人：谁来办、什么时候办。",
        "Choosing one tells the person who answers and by when.",
    );
    select(&desk.look, &desk.state, Field::new("officer", label).hint(hint).key("b"), &choices)
}

/// What the answers so far say of danger.
fn stopped(desk: &Desk, plan: &Plan) -> Markup {
    let form = desk.ctx.site.pack.form_of(&plan.class);
    let answers = questions::answers(&desk.state.values);
    let stop = form.and_then(|f| rules::form::stopped(f, &answers));
    html! {
        @if let Some(stop) = stop {
            div.stop role="alert" { p.say { (icon(Icon::Alert)) span { (stop.say.to(desk.locale())) } } }
        }
    }
}

fn due(desk: &Desk, plan: &Plan) -> Markup {
    let v = &desk.state.values;
    let (kind, urgency) = (Kind::from_key(v.one("kind")), Urgency::from_key(v.one("urgency")));
    let Some(promise) = intake::promise(&desk.ctx, &plan.class, kind, urgency) else {
        return html! { "—" };
    };
    let (locale, zone) = (desk.locale(), desk.ctx.site.zone);
    let day = format::day_said(locale, zone.date(promise.due), desk.ctx.today());
    let hour = format::clock(zone, promise.due);
    let limit = promise.limit.say();
    html! {
        b { (day) @if hour != "23:59" && hour != "00:00" { " " (hour) } } " "
        span.hint { (limit.to(locale)) " · " (promise.citation.to(locale)) }
    }
}

fn unit(desk: &Desk, plan: &Plan) -> Markup {
    let chosen = !desk.value("unit_label").is_empty();
    let shielded = desk.ctx.site.pack.class(&plan.class).is_some_and(|c| c.subject.is_some());
    html! {
        @match plan.unit {
            _ if shielded => { (desk.t("避开被反映的单位，由不相干的上级定", "Kept from the unit it is about: an uninvolved superior decides")) },
            None if plan.class.is_empty() => { (desk.t("分好类再定", "Once it is classified")) },
            None => { (desk.t("由分流来定", "Triage decides")) },
            Some(unit) => {
                (desk.ctx.dir.full_name(unit, desk.locale()))
                @if !chosen { " " span.hint { (desk.t("按类别和地点建议", "proposed by class and place")) } }
                @if let Some(phone) = desk.ctx.dir.get(unit).and_then(|u| u.phone.as_deref()) {
                    " " span.hint { (phone) }
                }
            },
        }
    }
}
