//! `/wishes`: the wall of wishes 心愿墙. What is shown stands there with leave and after a look, without name or address;
//! whoever can answer for it takes it up. Nobody is ranked by it.

use super::words;
use crate::acts::wish;
use crate::ctx::Ctx;
use crate::model::Request;
use crate::pages::eye::Eye;
use crate::store::{request, wishes};
use access::{Noun, SharedSite, Staff, Verb, Visitor};
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use kernel::{DAY, Error, Scope};
use maud::{Markup, html};
use web::components::{FlashKind, actions, card, empty_state};
use web::form::{form, submit};
use web::{FormBody, Page, PageResult, redirect_with};

/// The most wishes of each list.
const MOST: i64 = 60;
/// The most of those that came true.
const DONE: i64 = 12;

/// `GET /wishes`
pub(super) async fn show(State(site): State<SharedSite>, visitor: Visitor) -> PageResult {
    let ctx = Ctx::new(&site, Scope::public(site.today()));
    access::demand(&ctx.scope, Verb::List, Noun::PublicLedger, "/")?;
    let since = ctx.at.plus(-i64::from(site.pack.wish.shown_days) * DAY);
    let (open, done) =
        ctx.read(move |tx, _| Ok((wishes::open(tx, MOST)?, wishes::done(tx, since, DONE)?))).await?;
    let takes = access::may_somewhere(&visitor.scope, Verb::TakeUp, Noun::Request);
    Ok(page(&Eye::new(&visitor.look, &ctx), &open, &done, takes).into_response())
}

fn page(eye: &Eye, open: &[Request], done: &[Request], takes: bool) -> Page {
    Page::new(&eye.look, eye.t("心愿墙", "Wall of wishes"))
        .at("/wishes")
        .narrow()
        .lede(html! { p { (eye.t(
            "本人同意、审核以后才放在这里，不写姓名和住址。认领的人联系许愿的人；实现没有，由许愿的人自己说。",
            "Shown with leave and after a look, without name or address. Whoever takes one up gets in touch; whether it came true is for the person to say.")) } })
        .main(html! {
            @if open.is_empty() {
                (card(None, empty_state(
                    eye.t("现在没有等人认领的心愿。", "No wish is waiting now."),
                    Some((eye.t("我有一个心愿", "I have a wish"), "/ask")),
                )))
            }
            @for wish in open { (one(eye, wish, takes)) }
            @if !open.is_empty() && !takes {
                p.hint { (eye.t("想认领？请所在单位的联户干部或窗口人员登录后认领，", "Would you take one up? A liaison officer or window clerk does it after ")) a href="/sign-in?next=/wishes" { (eye.t("登录", "signing in")) } (eye.t("。", ".")) }
            }
            @if !done.is_empty() {
                (card(Some(eye.t("最近实现的", "Came true lately")), html! {
                    ul.told { @for wish in done {
                        li { b { (words::masked(&wish.public_title)) } span {
                            (words::rough_place(eye, wish.place))
                            @if let Some(at) = wish.ended_at { " · " (eye.day(at)) }
                        } }
                    } }
                }))
            }
        })
}

fn one(eye: &Eye, wish: &Request, takes: bool) -> Markup {
    let (title, body) = (words::masked(&wish.public_title), words::masked(&wish.public_body));
    html! {
        section.card.wish {
            div.row-of { span.hint { (eye.class_short(&wish.class)) " · " (words::rough_place(eye, wish.place)) " · " (eye.day(wish.received_at)) } }
            h2.title { a href={ "/public/" (wish.number) } { (title) } }
            @if body.trim_end_matches(['。', '.', '！', '!']) != title { p.lines { (body) } }
            @if takes {
                (form(&eye.look, &format!("/wishes/{}/taking-up", wish.number), actions(submit(eye.t("我来认领", "I take it up")))))
            }
        }
    }
}

/// `POST /wishes/{number}/taking-up`
pub(super) async fn take_up(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(number): Path<String>,
    FormBody(_): FormBody,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let asked = number.clone();
    let done = ctx
        .write(move |tx, ctx| {
            let row = request::by_number(tx, &asked)?.ok_or(Error::NotFound)?;
            wish::take_up(tx, ctx, row.id).map(drop)
        })
        .await;
    let look = &staff.look;
    match done {
        Ok(()) => Ok(redirect_with(
            &format!("/requests/{number}"),
            FlashKind::Ok,
            look.t("认领好了，由您负责。请先联系许愿的人。", "It is yours now. Please get in touch first."),
        )),
        // Somebody was quicker: back to the wall, which shows what is left.
        Err(Error::Refused { say, .. }) => Ok(redirect_with("/wishes", FlashKind::Warn, say.to(look.locale))),
        Err(error) => Err(error.into()),
    }
}
