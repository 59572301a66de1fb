//! The calendar's address and the weekly digest: two settings of one's own.

use crate::calendar::{self, Feed};
use crate::digest;
use access::{SharedSite, Site, Staff};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use http::header;
use kernel::{Error, Locale};
use maud::{Markup, html};
use web::components::{card, definitions};
use web::form::{self, FormBody};
use web::{Look, Page, PageResult};

/// The two settings, for the page of my duties.
pub(super) fn card_of(look: &Look, _site: &Site, feed: Option<&Feed>) -> Markup {
    let (open, wanted) = feed.map_or((false, false), |f| (f.open, f.digest));
    card(
        Some(look.t("日历和每周提醒", "Calendar and weekly digest")),
        html! {
            p.quiet { (look.t("除了这两样，系统不会催您。", "Apart from these two nothing reminds you.")) }
            (form::form(look, "/duties/feed", html! {
                @if open {
                    p { (look.t("日历订阅已开通。地址只有您知道；换一个新的，旧的马上失效。",
                        "Your calendar has an address that only you know. A new one ends the old one at once.")) }
                    div.actions {
                        (form::button(look.t("换一个地址", "New address"), "do", "open"))
                        (form::button(look.t("停用日历", "End the calendar"), "do", "revoke"))
                    }
                } @else {
                    p { (look.t("在手机日历里看到每期该走访几户、到哪天为止，不含户名和人名。",
                        "See in your telephone's calendar how many households by when; no names in it.")) }
                    div.actions { (form::button(look.t("开通日历订阅", "Make a calendar address"), "do", "open")) }
                }
                div.actions {
                    @if wanted { (form::button(look.t("不再发每周提醒", "No weekly digest any more"), "do", "no-digest")) }
                    @else { (form::button(look.t("每周一发一条提醒", "One message every Monday"), "do", "digest")) }
                }
            }))
        },
    )
}

/// `POST /duties/feed`: `do` is `open`, `revoke`, `digest` or `no-digest`.
pub(super) async fn change(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(values): FormBody,
) -> PageResult {
    let me = staff.account()?.id;
    let shared = site.clone();
    let asked = values.one("do").to_owned();
    let token = site
        .db
        .write(move |tx| match asked.as_str() {
            "open" => calendar::open(tx, &shared, me).map(Some),
            "revoke" => calendar::revoke(tx, &shared, me).map(|()| None),
            "digest" => digest::want(tx, &shared, me, true).map(|()| None),
            "no-digest" => digest::want(tx, &shared, me, false).map(|()| None),
            _ => Err(Error::field("do", "请选一项。", "Please choose one.")),
        })
        .await?;
    let Some(token) = token else { return Ok(Redirect::to("/duties?done=digest").into_response()) };
    let look = &staff.look;
    let url = format!("{}/duties/calendar/{token}.ics", site.pack.site.url.trim_end_matches('/'));
    let page = Page::new(look, look.t("日历地址", "The calendar's address")).at("/duties").narrow().main(card(None, html! {
        p { (look.t("把下面的地址加到手机或电脑的日历里（“订阅日历”）。它只显示这一次。",
            "Add this address to the calendar of your telephone or computer (\"subscribe\"). It is shown this once.")) }
        (definitions(&[(look.t("地址", "Address"), html! { (url) })]))
        (web::qr(&url, 220, look.t("日历地址的二维码", "The address as a code")))
        p.actions { a.btn href="/duties" { (look.t("回到该走访的户", "Back")) } }
    }));
    Ok(page.into_response())
}

/// `GET /duties/calendar/{token}.ics`: whoever knows the address.
pub(super) async fn calendar(State(site): State<SharedSite>, Path(file): Path<String>) -> PageResult {
    let token = file.strip_suffix(".ics").unwrap_or(&file).to_owned();
    let shared = site.clone();
    let found = site
        .db
        .read(move |tx| {
            let Some(account) = calendar::holder(tx, &token)? else { return Ok(None) };
            Ok(Some((account, calendar::items(tx, &shared.pack, account, shared.today())?)))
        })
        .await?;
    let (account, items) = found.ok_or(Error::NotFound)?;
    let text = calendar::render(&site, account, &items, Locale::Zh);
    let kind = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CACHE_CONTROL, "private, max-age=900"),
    ];
    Ok((kind, text).into_response())
}
