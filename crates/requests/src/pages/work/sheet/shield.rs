//! The shield of a case: what it says on the case's page, and the form that puts it up or lifts it.

use super::Sheet;
use crate::acts::On;
use crate::acts::shield::{self as acts, Put};
use crate::case::Case;
use crate::ctx::Ctx;
use crate::pages::eye::Eye;
use crate::pages::subject;
use access::{SharedSite, Staff};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use kernel::{Error, Result};
use maud::{Markup, html};
use web::components::{FlashKind, actions, card, definitions};
use web::form::{Field, error_summary, form as post, hidden, submit, textarea};
use web::page::Crumb;
use web::{FormBody, FormState, Page, PageResult, redirect_with};

/// On the page of a shielded case: from whom it is kept, and the way to lift that.
pub(super) fn side(s: &Sheet) -> Markup {
    let (eye, ctx) = (&s.eye, &s.eye.ctx);
    let number = &s.case.row.number;
    let Some(shield) = &s.case.shield else {
        return html! {
            @if acts::may_put(ctx, &s.case) {
                p.hint { a href={ "/requests/" (number) "/shield" } { (eye.t("反映的是单位或人员？加保护", "Is it about a unit or a person? Shield it")) } }
            }
        };
    };
    let about = ctx.dir.full_name(shield.unit, eye.locale());
    card(
        Some(eye.t("受保护", "Shielded")),
        html! {
            (definitions(&[(eye.t("反映的单位", "About"), html! { (about) })]))
            p.hint { (eye.t(
                "这个单位、它下面和同院的单位，以及事发当天和现在在岗的人，都查不到、数不到这一件。请不要对他们提起。",
                "That unit, those below it and in its house, and whoever held or holds a post there can neither find nor count this case. Please do not mention it to them.")) }
            p.hint { (eye.t("写明的人名加密保存，要看请用“查看身份”里的“原文”。", "A name that was given is sealed: see \"their words\" under who asked.")) }
            @if acts::may_lift(ctx, &s.case) {
                p { a href={ "/requests/" (number) "/shield" } { (eye.t("解除保护", "Lift the shield")) } }
            }
        },
    )
}

async fn find(ctx: &Ctx, number: &str) -> Result<Case> {
    let number = number.to_owned();
    ctx.read(move |tx, ctx| {
        let case = Case::find_number(tx, ctx, &number)?;
        if acts::may_put(ctx, &case) || acts::may_lift(ctx, &case) {
            return Ok(case);
        }
        case.demand(ctx, access::Verb::Supervise)?;
        Err(Error::refused(
            "shield",
            "这件已经了结，不能再加保护。",
            "The case has ended: no shield can be put up.",
        ))
    })
    .await
}

/// `GET /requests/{number}/shield`.
pub(crate) async fn form(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(number): Path<String>,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let case = find(&ctx, &number).await?;
    Ok(page(&Eye::new(&staff.look, &ctx), &case, &FormState::default()).into_response())
}

/// `POST /requests/{number}/shield`: puts it up, or lifts the one that stands.
pub(crate) async fn send(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(number): Path<String>,
    FormBody(values): FormBody,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let case = find(&ctx, &number).await?;
    let on = On { id: case.row.id, seq: values.parsed("seq") };
    let lifts = case.shield.is_some();
    let look = &staff.look;
    let done = match lifts {
        true => {
            let why = values.one("reason").to_owned();
            ctx.write(move |tx, ctx| acts::lift(tx, ctx, on, &why)).await
        }
        false => match subject::read(&ctx, &values) {
            Err(fault) => Err(fault),
            Ok(subject) => {
                let input = Put { on, subject, reason: values.one("reason").to_owned() };
                ctx.write(move |tx, ctx| acts::put(tx, ctx, &input)).await
            }
        },
    };
    match done {
        Ok(case) => {
            let text = match lifts {
                true => look.t(
                    "已解除保护，回到台账和统计里。",
                    "The shield is lifted: it stands in ledgers and counts again.",
                ),
                false => {
                    look.t("已加保护，由不相干的上级办。", "It is shielded; an uninvolved superior decides.")
                }
            };
            // Whoever put it up may be involved: then it is gone for them as for the others.
            let stays = case.may(&ctx, access::Verb::View);
            let back = if stays { format!("/requests/{number}") } else { "/work".to_owned() };
            Ok(redirect_with(&back, FlashKind::Ok, text))
        }
        Err(error) => {
            let state = FormState::refused(values, error)?;
            let page = page(&Eye::new(look, &ctx), &case, &state);
            Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
    }
}

fn page(eye: &Eye, case: &Case, s: &FormState) -> Page {
    let (row, look) = (&case.row, &eye.look);
    let lifts = case.shield.is_some();
    let title =
        if lifts { eye.t("解除保护", "Lift the shield") } else { eye.t("加保护", "Shield the case") };
    let about = match lifts {
        true => eye.t(
            "解除后，这件重新出现在台账、搜索和统计里，被反映的单位也看得到。公开台账不变。",
            "Lifted, it stands in ledgers, search and counts again, and the unit it is about can see it. What is public does not change.",
        ),
        false => eye.t(
            "这件反映的是单位或人员时用。被反映的单位、它的人和同院的单位从此看不到；在它们手上的，转给不相干的上级。您自己也在其中的，办完就看不到了。",
            "For a case that turns out to be about a unit or a person. Those concerned no longer see it; where they held it, an uninvolved superior does. If you are among them, it is gone for you as well.",
        ),
    };
    let action = format!("/requests/{}/shield", row.number);
    let body = post(
        look,
        &action,
        html! {
            (error_summary(look, s))
            (hidden("seq", &row.seq.to_string()))
            @if !lifts { (subject::unit(look, s, &eye.ctx)) (subject::person(look, s, false)) }
            (textarea(look, s, Field::new("reason", eye.t("理由", "The reason")).required().max(500), 3))
            (actions(html! {
                (submit(title))
                a.btn.quiet href={ "/requests/" (row.number) } { (eye.t("返回", "Back")) }
            }))
        },
    );
    Page::new(look, title)
        .at("/requests")
        .narrow()
        .crumbs(vec![Crumb {
            href: format!("/requests/{}", row.number),
            label: format!("{} {}", row.number, row.title),
        }])
        .lede(html! { p { (about) } })
        .main(card(None, body))
}
