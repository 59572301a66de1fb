//! `/find`: number and query code open the case. An unknown number and a wrong code get the same answer,
//! and both are counted ([`super::throttle`]).

use super::pass;
use super::throttle::{self, Guess};
use crate::ctx::Holder;
use crate::store::{people, request};
use access::{Coming, SharedSite, Site, Visitor};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect};
use kernel::{Error, Result};
use maud::html;
use rules::number::{QueryCode, RequestNumber};
use web::form::{self, Field, error_summary, text_field};
use web::{FormBody, FormState, Look, Page, PageResult, Values};

/// A number to start with.
#[derive(serde::Deserialize)]
pub(super) struct Known {
    #[serde(default)]
    number: String,
}

/// `GET /find`
pub(super) async fn show(
    State(site): State<SharedSite>,
    visitor: Visitor,
    Query(known): Query<Known>,
) -> PageResult {
    Ok(page(&site, &visitor.look, &with_number(&known.number)).into_response())
}

/// The form with a number filled in.
pub(super) fn with_number(number: &str) -> FormState {
    let mut values = Values::default();
    if let Ok(number) = number.parse::<RequestNumber>() {
        values.set("number", number.to_string());
    }
    FormState::new(values)
}

/// The page that asks for number and code.
pub(super) fn page(site: &Site, look: &Look, state: &FormState) -> Page {
    let hotline = &site.pack.site.hotline;
    let body = html! {
        (error_summary(look, state))
        (text_field(look, state, Field::new("number", look.t("编号", "Number")).required().max(40).autocomplete("off")
            .hint(look.t("在回执或短信上，例如 YQC-2026-00012。", "On your receipt or text message, such as YQC-2026-00012."))))
        (text_field(look, state, Field::new("code", look.t("查询码", "Query code")).required().private().max(16).autocomplete("off")
            .hint(look.t("编号旁边的六位字母和数字，例如 7K4M-2P。大小写、有没有横线都可以。",
                "The six letters and figures beside it, such as 7K4M-2P. Capitals and dashes do not matter."))))
        div.actions { (form::submit(look.t("查看进度", "See where it stands"))) }
    };
    Page::new(look, look.t("查进度", "Follow a case"))
        .at("/find")
        .narrow()
        .lede(html! { (look.t("凭编号和查询码查看，不用注册。", "With the number and the query code; no account needed.")) })
        .main(html! { section.card { (form::form(look, "/find", body)) } })
        .main(html! { p.hint {
            (look.t("找不到查询码？带上身份证到受理的窗口，或者打热线 ", "Lost the code? Ask at the window where you asked, or on the hotline "))
            a href={ "tel:" (hotline) } { (hotline) }
            (look.t("，核对后可以告诉您办到哪一步。", ": once they know it is you, they tell you where it stands."))
        } })
}

/// `POST /find`
pub(super) async fn submit(
    State(site): State<SharedSite>,
    visitor: Visitor,
    from: Coming,
    headers: HeaderMap,
    FormBody(mut values): FormBody,
) -> PageResult {
    let number = values.one("number").parse::<RequestNumber>().map(|n| n.to_string());
    let code = values.one("code").parse::<QueryCode>().map(|c| c.as_str().to_owned()).unwrap_or_default();
    let outcome = match number {
        Ok(number) => look_up(&site, &from.address, number, code).await,
        Err(_) => Err(Error::field(
            "number",
            "编号不完整，请对照回执再看一看，例如 YQC-2026-00012。",
            "This number is not complete: compare it with your receipt, such as YQC-2026-00012.",
        )),
    };
    match outcome {
        Ok((number, holder)) => {
            let response = Redirect::to(&format!("/r/{number}")).into_response();
            Ok(pass::grant(&site, &headers, response, &holder, false))
        }
        Err(error) => {
            values.0.remove("code");
            let state = FormState::refused(values, error)?;
            Ok(page(&site, &visitor.look, &state).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
    }
}

fn wrong() -> Error {
    Error::refused(
        "wrong-code",
        "编号和查询码对不上，请对照回执再看一看。连续输错会暂停一段时间。",
        "Number and query code do not fit together: compare them with your receipt. Repeated wrong tries have to wait.",
    )
}

async fn look_up(site: &SharedSite, address: &str, number: String, code: String) -> Result<(String, Holder)> {
    let (now, zone) = (site.now(), site.zone);
    let guess = std::sync::Arc::new(Guess::new(site, &number, address));
    let asked = (guess.clone(), number.clone(), code);
    let (locked, found) = site
        .db
        .read(move |tx| {
            let (guess, number, code) = &asked;
            let locked = guess.locked(tx, now)?;
            let Some(row) = request::by_number(tx, number)? else { return Ok((locked, None)) };
            let joined = people::joined(tx, row.id)?;
            let own = same(code, &row.code).then_some(row.person);
            let other = joined.iter().find(|j| same(code, &j.code)).map(|j| Some(j.person));
            let holder = own.or(other).map(|person| Holder { request: row.id, person });
            Ok((locked, holder))
        })
        .await?;
    if let Some(until) = locked {
        return Err(throttle::wait(until, zone));
    }
    match found {
        Some(holder) => Ok((number, holder)),
        None => {
            site.db.write(move |tx| guess.failed(tx, now)).await?;
            Err(wrong())
        }
    }
}

/// Compares codes in a time that does not depend on them.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |d, (x, y)| d | (x ^ y)) == 0
}
