//! Holding a case by law, and ending that: with the reason that the person reads.

use crate::acts::{On, forget, hold};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::pages::eye::Eye;
use crate::store::keeping::Hold;
use access::{SharedSite, Staff};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use kernel::Result;
use maud::html;
use web::components::{FlashKind, actions, card};
use web::form::{Field, error_summary, form as post, hidden, submit, textarea};
use web::page::Crumb;
use web::{FormBody, FormState, Page, PageResult, redirect_with};

async fn find(ctx: &Ctx, number: &str) -> Result<(Case, Option<Hold>)> {
    let number = number.to_owned();
    ctx.read(move |tx, ctx| {
        let case = Case::find_number(tx, ctx, &number)?;
        case.demand(ctx, access::Verb::Hold)?;
        let held = forget::held(tx, case.row.id)?;
        Ok((case, held))
    })
    .await
}

/// `GET /requests/{number}/hold`: asks for the reason.
pub(crate) async fn form(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(number): Path<String>,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let (case, held) = find(&ctx, &number).await?;
    let eye = Eye::new(&staff.look, &ctx);
    Ok(page(&eye, &case, held.as_ref(), &FormState::default()).into_response())
}

/// `POST /requests/{number}/hold`: places it, or ends the one that stands.
pub(crate) async fn send(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(number): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let (case, held) = find(&ctx, &number).await?;
    let on = On { id: case.row.id, seq: values.parsed("seq") };
    let (reason, ends) = (values.one("reason").to_owned(), held.is_some());
    let done = ctx
        .write(move |tx, ctx| match ends {
            true => hold::release(tx, ctx, on, &reason).map(drop),
            false => hold::place(tx, ctx, on, &reason).map(drop),
        })
        .await;
    let look = &staff.look;
    match done {
        Ok(()) if ends => Ok(redirect_with(
            &format!("/requests/{number}"),
            FlashKind::Ok,
            look.t("已解除依法保留。", "The hold is ended."),
        )),
        Ok(()) => Ok(redirect_with(
            &format!("/requests/{number}"),
            FlashKind::Ok,
            look.t("已依法保留。", "It is held by law."),
        )),
        Err(error) => {
            let state = FormState::refused(values, error)?;
            let eye = Eye::new(look, &ctx);
            let page = page(&eye, &case, held.as_ref(), &state);
            Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
    }
}

fn page(eye: &Eye, case: &Case, held: Option<&Hold>, s: &FormState) -> Page {
    let (row, look) = (&case.row, &eye.look);
    let (title, label, button) = match held {
        None => (
            eye.t("依法保留", "Hold by law"),
            eye.t("依据和理由（诉求人会读到）", "The reason of law, which the person reads"),
            eye.t("保留", "Hold it"),
        ),
        Some(_) => (
            eye.t("解除依法保留", "End the hold by law"),
            eye.t("为什么解除", "Why it ends"),
            eye.t("解除", "End the hold"),
        ),
    };
    let action = format!("/requests/{}/hold", row.number);
    let body = html! {
        @if let Some(hold) = held { p { (eye.moment(hold.held_at)) " " (hold.reason) } }
        (post(look, &action, html! {
            (error_summary(look, s))
            (hidden("seq", &row.seq.to_string()))
            (textarea(look, s, Field::new("reason", label).required().max(500), 3))
            (actions(html! {
                (submit(button))
                a.btn.quiet href={ "/requests/" (row.number) } { (eye.t("返回", "Back")) }
            }))
        }))
    };
    Page::new(look, title)
        .at("/requests")
        .narrow()
        .crumbs(vec![Crumb { href: format!("/requests/{}", row.number), label: format!("{} {}", row.number, row.title) }])
        .lede(html! { p { (eye.t("保留期间，身份到期不删除，诉求人也不能要求删除。不影响办理。", "While it is held, who asked is not forgotten, by time or by request. The handling goes on as it is.")) } })
        .main(card(None, body))
}
