//! `/intake`: the service window. One screen, what is needed first.

use super::desk::{Desk, Screen};
use super::near::{self, Alike};
use super::plan::Plan;
use super::{caller, class, fields, read, receipt};
use crate::intake;
use access::{SharedSite, Staff};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use kernel::Result;
use maud::{Markup, html};
use web::components::{Flash, FlashKind, actions, card};
use web::form::{FormOptions, error_summary, form_with};
use web::{FormState, Page, PageResult, Values};

/// `GET /intake`
pub(super) async fn show(State(site): State<SharedSite>, staff: Staff) -> PageResult {
    let desk = Desk::open(&site, &staff, Screen::Window, Values::default())?.fresh();
    Ok(page(&desk).await?.into_response())
}

/// `POST /intake`
pub(super) async fn submit(State(site): State<SharedSite>, staff: Staff, request: Request) -> PageResult {
    let desk = Desk::sent(&site, &staff, Some(Screen::Window), request).await?;
    match take(desk).await? {
        Taken::Done(desk, number) => Ok(receipt::redirect(&desk, &number, None)),
        Taken::LookFirst(desk) => Ok(page(&desk).await?.notice(look_first(&desk)).into_response()),
        Taken::Refused(desk) => refused(&desk).await,
    }
}

/// How a form ends.
pub(super) enum Taken {
    /// Taken in under this number.
    Done(Desk, String),
    /// Shown once more before anything is written.
    LookFirst(Desk),
    /// Faults.
    Refused(Desk),
}

/// Takes in what a form says.
pub(super) async fn take(mut desk: Desk) -> Result<Taken> {
    let plain = desk.value("plain") == "1" && desk.value("seen") != "1";
    if plain || class::unseen(&desk) {
        desk.state.values.set("seen", "1");
        return Ok(Taken::LookFirst(desk));
    }
    let done = match read::intake(&desk) {
        Ok(input) => desk.ctx.write(move |tx, ctx| intake::take_in(tx, ctx, &input)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(done) => Ok(Taken::Done(desk, done.number)),
        Err(error) => {
            let values = std::mem::take(&mut desk.state.values);
            desk.state = FormState::refused(values, error)?;
            Ok(Taken::Refused(desk))
        }
    }
}

/// The form again, with its faults.
pub(super) async fn refused(desk: &Desk) -> PageResult {
    Ok(page(desk).await?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// What the reader is asked to look at before sending once more.
pub(super) fn look_first(desk: &Desk) -> Flash {
    Flash::new(
        FlashKind::Warn,
        desk.t(
            "还没有登记：请看看这一类要问的，有没有同一件事，再点一次登记。",
            "Not registered yet: look at what the class asks and at matters like it, then send it again.",
        ),
    )
}

async fn page(desk: &Desk) -> Result<Page> {
    let plan = Plan::of(desk).await?;
    let near = near::find(desk).await?;
    let known = caller::find(desk).await?;
    let body = html! {
        (error_summary(&desk.look, &desk.state))
        (fields::carried(desk))
        div.full.stack data-focus { (fields::what(desk)) }
        (fields::class(desk))
        (fields::place(desk))
        (fields::questions(desk))
        (fields::place_text(desk))
        (fields::phone(desk))
        (fields::name(desk))
        (fields::address(desk))
        (fields::kind_and_urgency(desk))
        (fields::channel_and_told(desk))
        (fields::own_unit(desk))
        (fields::way(desk, &plan))
        div.full { (fields::files(desk)) }
        (save(desk))
    };
    let options = FormOptions {
        action: "/intake",
        files: true,
        draft: "intake",
        enter_next: true,
        class: "wide desk",
        id: "desk",
    };
    let form = form_with(&desk.look, options, body);
    Ok(Page::new(&desk.look, desk.t("窗口登记", "Take in at the window"))
        .at("/intake")
        .tools(elsewhere(desk))
        .main(card(None, form))
        .aside(beside(desk, &known, &near)))
}

/// The other desks that the reader may sit at.
pub(super) fn elsewhere(desk: &Desk) -> Markup {
    let operator = desk.ctx.scope.has(kernel::Role::Operator);
    html! {
        @if desk.screen != Screen::Window { a.btn href="/intake" { (desk.t("窗口", "Window")) } }
        @if operator && desk.screen != Screen::Hotline { a.btn href="/hotline" { (desk.t("热线", "Hotline")) } }
        a.btn href="/meeting" { (desk.ctx.site.pack.meeting.name.to(desk.locale())) }
    }
}

/// The button that saves.
pub(super) fn save(desk: &Desk) -> Markup {
    actions(html! {
        button.btn.main type="submit" { (desk.t("登记", "Save")) kbd { "Ctrl ⏎" } }
    })
}

/// What stands beside the form: the caller's cases and open matters like this one.
pub(super) fn beside(desk: &Desk, known: &caller::Known, near: &[Alike]) -> Markup {
    html! {
        (card(Some(desk.t("这个人以前的诉求", "Earlier cases of this person")), html! {
            div data-live-src="/intake/caller" data-live-form="desk" data-live-from="screen desk phone" aria-live="polite" {
                (caller::view(desk, known))
            }
        }))
        (card(Some(desk.t("相近的在办事项", "Open matters like this one")), html! {
            div data-live-src="/intake/near" data-live-form="desk"
                data-live-from="screen desk body class class_label class_pick place place_label" aria-live="polite" {
                (near::view(desk, near))
            }
        }))
    }
}
