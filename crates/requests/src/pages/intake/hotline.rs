//! `/hotline`: the operator's screen. The number first; every field has its key, Enter goes on, and nothing
//! needs a mouse from the first digit to the receipt.

use super::desk::{Desk, Screen};
use super::plan::Plan;
use super::window::{self, Taken};
use super::{caller, fields, near, receipt, standing};
use access::{SharedSite, Staff};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use kernel::Result;
use maud::{Markup, html};
use web::components::{card, kbd};
use web::form::{Field, FormOptions, error_summary, form_with, text_field};
use web::{FormBody, FormState, Page, PageResult, Values};

/// `GET /hotline`
pub(super) async fn show(State(site): State<SharedSite>, staff: Staff) -> PageResult {
    let desk = Desk::open(&site, &staff, Screen::Hotline, Values::default())?.fresh();
    Ok(page(&desk).await?.into_response())
}

/// `POST /hotline`
pub(super) async fn submit(State(site): State<SharedSite>, staff: Staff, request: Request) -> PageResult {
    let desk = Desk::sent(&site, &staff, Some(Screen::Hotline), request).await?;
    match window::take(desk).await? {
        Taken::Done(desk, number) => Ok(receipt::redirect(&desk, &number, None)),
        Taken::LookFirst(desk) => Ok(page(&desk).await?.notice(window::look_first(&desk)).into_response()),
        Taken::Refused(desk) => refused(&desk).await,
    }
}

/// The form again, with its faults.
pub(super) async fn refused(desk: &Desk) -> PageResult {
    Ok(page(desk).await?.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

async fn page(desk: &Desk) -> Result<Page> {
    let plan = Plan::of(desk).await?;
    let near = near::find(desk).await?;
    let known = caller::find(desk).await?;
    let body = html! {
        (error_summary(&desk.look, &desk.state))
        (fields::carried(desk))
        div.first data-focus { (fields::phone(desk)) }
        // As large as the number beside it, so that the two share a line.
        div.first { (fields::name(desk)) }
        (fields::what(desk))
        (fields::class(desk))
        (fields::place(desk))
        (fields::questions(desk))
        (fields::place_text(desk))
        (fields::address(desk))
        (fields::kind_and_urgency(desk))
        (fields::channel_and_told(desk))
        (fields::own_unit(desk))
        (fields::way(desk, &plan))
        div.full { (fields::files(desk)) }
        (window::save(desk))
    };
    let options = FormOptions {
        action: "/hotline",
        files: true,
        draft: "hotline",
        enter_next: true,
        class: "wide desk call",
        id: "desk",
    };
    let form = form_with(&desk.look, options, body);
    Ok(Page::new(&desk.look, desk.t("热线登记", "Hotline"))
        .at("/intake")
        .lede(keys(desk))
        .tools(window::elsewhere(desk))
        .main(card(None, form))
        .aside(html! { (window::beside(desk, &known, &near)) (look_up(desk)) }))
}

/// The keys that are needed most.
fn keys(desk: &Desk) -> Markup {
    html! {
        p.row-of.hint {
            span { (kbd("Enter")) " " (desk.t("下一项", "next field")) }
            span { (kbd("Alt")) "+" (desk.t("字母，跳到那一项", "letter: go to that field")) }
            span { (kbd("Alt")) "+" (kbd("1")) "–" (kbd("5")) " " (desk.t("并入右边那件", "join a matter beside")) }
            span { (kbd("Alt")) "+" (kbd("q")) " " (desk.t("查编号", "look a number up")) }
            span { (kbd("Ctrl")) "+" (kbd("Enter")) " " (desk.t("登记", "save")) }
            span { (kbd("Alt")) "+" (kbd("/")) " " (desk.t("全部按键", "all keys")) }
        }
    }
}

/// "Where does my case stand": by the number the caller quotes.
fn look_up(desk: &Desk) -> Markup {
    let field = Field::new("lookup", desk.t("编号", "Number")).autocomplete("off").max(24).key("q");
    let hint = desk
        .t("对方问“我那件到哪里了”，念编号就查。", "Asked where a case stands: type the number they quote.");
    let options =
        FormOptions { action: "/hotline/lookups", enter_next: true, id: "lookup", ..FormOptions::default() };
    card(
        Some(desk.t("查一件", "Look a case up")),
        html! {
            (form_with(&desk.look, options, html! {
                (text_field(&desk.look, &FormState::default(), field.hint(hint)))
                noscript { button.btn { (desk.t("查", "Look up")) } }
            }))
            div data-live-src="/hotline/case" data-live-form="lookup" data-live-from="lookup" aria-live="polite" {
                (standing::looked_up(desk, None))
            }
        },
    )
}

/// `POST /hotline/lookups`: the same on a page of its own, for those without a script.
pub(super) async fn looked_up(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(v): FormBody,
) -> PageResult {
    let desk = Desk::open(&site, &staff, Screen::Hotline, v)?;
    let found = standing::look_up(&desk).await?;
    let back = html! { a.btn href="/hotline" { (desk.t("回到热线登记", "Back to the hotline")) } };
    Ok(Page::new(&desk.look, desk.t("查一件", "Look a case up"))
        .at("/intake")
        .narrow()
        .main(card(None, standing::looked_up(&desk, found.as_ref())))
        .main(back)
        .into_response())
}
