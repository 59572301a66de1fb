//! The sheet to fill in.

use super::super::desk::{Desk, Screen};
use super::super::{fields, read, ticket};
use super::lines;
use crate::meeting::{self, Meeting, Sheet};
use crate::notices::Told;
use crate::store::meetings;
use access::{SharedSite, Staff};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use kernel::{Date, Error, FieldError, Result, UnitId, Uuid};
use maud::{Markup, html};
use web::components::{actions, card};
use web::form::{
    Choice, Combo, Field, FormOptions, combobox, date_field, error_summary, form_with, hidden, select,
    text_field,
};
use web::{FormBody, FormState, Page, PageResult, Values, format};

/// `GET /meeting`
pub(in super::super) async fn show(State(site): State<SharedSite>, staff: Staff) -> PageResult {
    let mut desk = Desk::open(&site, &staff, Screen::Meeting, Values::default())?;
    let (id, today) = (ticket::fresh(&desk.ctx), desk.ctx.today().to_string());
    let place = village(&desk).map(|p| p.to_string()).unwrap_or_default();
    for (name, value) in [("id", id), ("held_on", today), ("place", place), ("told", "in-person".into())] {
        desk.state.values.set(name, value);
    }
    lines::number(&mut desk, lines::START);
    Ok(page(&desk).await?.into_response())
}

/// `POST /meeting`: the sheet, or more lines for it.
pub(in super::super) async fn submit(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(values): FormBody,
) -> PageResult {
    let mut desk = Desk::open(&site, &staff, Screen::Meeting, values)?;
    let again = ticket::again(&desk.ctx, desk.value("id"));
    desk.state.values.set("id", again);
    let more = desk.state.values.has("more");
    let rows = lines::count(&desk.state.values) + if more { lines::MORE } else { 0 };
    lines::number(&mut desk, rows);
    if more {
        return Ok(page(&desk).await?.into_response());
    }
    let done = match sheet(&desk) {
        Ok(sheet) => desk.ctx.write(move |tx, ctx| meeting::hold(tx, ctx, &sheet)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(held) => Ok(Redirect::to(&format!("/meeting/{}", held.id)).into_response()),
        Err(error) => {
            let values = std::mem::take(&mut desk.state.values);
            desk.state = FormState::refused(values, error)?;
            Ok(page(&desk).await?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
    }
}

/// What the form says.
fn sheet(desk: &Desk) -> Result<Sheet> {
    let v = &desk.state.values;
    let mut faults: Vec<FieldError> = Vec::new();
    let mut place = UnitId(Uuid::nil());
    match read::place(&desk.ctx, v) {
        Ok(found) => place = found.unwrap_or(place),
        Err(Error::Invalid(more)) => faults.extend(more),
        Err(other) => return Err(other),
    }
    let needs = match lines::read(desk) {
        Err(Error::Invalid(more)) => {
            faults.extend(more);
            Vec::new()
        }
        other => other?,
    };
    let held_on = v.parsed::<Date>("held_on");
    if held_on.is_none() {
        faults.extend(faults_of(Error::field(
            "held_on",
            "请填写开会的日期。",
            "Please give the day of the meeting.",
        )));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    Ok(Sheet {
        id: ticket::id_of(&desk.ctx, v.one("id")),
        held_on: held_on.unwrap_or_else(|| desk.ctx.today()),
        place,
        host: v.one("host").to_owned(),
        present: v.parsed("present").unwrap_or(0),
        desk: desk.unit,
        told: if v.one("told") == "message" { Told::No } else { Told::InPerson },
        needs,
    })
}

fn faults_of(error: Error) -> Vec<FieldError> {
    match error {
        Error::Invalid(faults) => faults,
        _ => Vec::new(),
    }
}

/// The village, where the desk is in one.
fn village(desk: &Desk) -> Option<UnitId> {
    let level = &desk.ctx.site.pack.meeting.level;
    desk.ctx.dir.at_level(desk.unit, level).map(|u| u.id)
}

async fn page(desk: &Desk) -> Result<Page> {
    let unit = desk.unit;
    let latest = desk.ctx.read(move |tx, _| meetings::latest(tx, unit, 6)).await?;
    let rule = &desk.ctx.site.pack.meeting;
    let (locale, more) = (desk.locale(), lines::MORE);
    let options = FormOptions {
        action: "/meeting",
        draft: "meeting",
        enter_next: true,
        class: "sheet-of",
        id: "desk",
        ..FormOptions::default()
    };
    let form = form_with(
        &desk.look,
        options,
        html! {
            (error_summary(&desk.look, &desk.state))
            (hidden("id", desk.value("id")))
            (head(desk))
            (lines::fields(desk))
            (actions(html! {
                button.btn.main type="submit" { (desk.t("全部登记", "Register all")) kbd { "Ctrl ⏎" } }
                button.btn type="submit" name="more" value="5" formnovalidate {
                    (both!(locale, "再加 {more} 行", "{more} more lines"))
                }
            }))
        },
    );
    Ok(Page::new(&desk.look, rule.name.to(locale))
        .at("/intake")
        .lede(html! { p { (desk.t(
            "一次记下会上提的事，全部登记，每件一个编号；有一行要改，别的都保留着，一件也不会先登记。",
            "All needs told at the meeting in one pass, each with its own number. A line that needs correcting keeps all others, and nothing is registered before.")) } })
        .main(card(None, form))
        .aside(beside(desk, &latest)))
}

fn head(desk: &Desk) -> Markup {
    let (look, state) = (&desk.look, &desk.state);
    let place: Option<UnitId> = state.values.parsed("place");
    let shown =
        place.and_then(|p| desk.ctx.dir.get(p)).map(|u| u.name(desk.locale()).to_owned()).unwrap_or_default();
    let from = Combo::Source { src: "/places/search", label: &shown };
    let told = [
        Choice::new("in-person", desk.t("会上告知，发清单", "At the meeting, with the list")),
        Choice::new("message", desk.t("会后发短信", "By message afterwards")),
    ];
    let present = Field::new("present", desk.t("到会人数", "People present")).required().max(5);
    html! {
        div.pairs {
            (date_field(look, state, Field::new("held_on", desk.t("哪天开的", "Held on")).required()))
            (combobox(look, state, Field::new("place", desk.t("在哪个村", "In which village")).required(), from))
            (text_field(look, state, Field::new("host", desk.t("主持人", "Held by")).required().max(40).autocomplete("off")))
            (text_field(look, state, Field { inputmode: "numeric", ..present }))
            (select(look, state, Field::new("told", desk.t("编号怎么告知", "How numbers are told")).required(), &told))
            (fields::own_unit(desk))
        }
    }
}

fn beside(desk: &Desk, latest: &[Meeting]) -> Markup {
    let (rule, locale) = (&desk.ctx.site.pack.meeting, desk.locale());
    let days = rule.tell_back_days;
    html! {
        (card(Some(desk.t("怎么开", "How it is held")), html! {
            p.hint { (rule.cadence.to(locale)) }
            ol.howto { @for step in &rule.steps { li { (step.to(locale)) } } }
            p.hint { (both!(locale, "{days} 天内把办理情况告诉大家。", "Within {days} days everybody is told what became of it.")) }
        }))
        @if !latest.is_empty() {
            (card(Some(desk.t("以前的会", "Earlier meetings")), html! {
                ul.near {
                    @for m in latest {
                        li { a href={ "/meeting/" (m.id) } {
                            (format::day_near(locale, m.held_on, desk.ctx.today())) " · " (desk.ctx.dir.name(m.place, locale))
                        } }
                    }
                }
            }))
        }
    }
}
