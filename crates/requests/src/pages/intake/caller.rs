//! The cases of whoever stands at the window or is on the telephone, found by their number.

use super::desk::{Desk, Screen};
use super::standing::{self, Standing};
use crate::ctx::Ctx;
use crate::store::{desk as rows, near};
use access::identity;
use access::{Noun, SharedSite, Staff, Target, Verb};
use axum::extract::State;
use axum::response::IntoResponse;
use kernel::{PersonId, Result};
use maud::{Markup, html};
use web::{FormBody, PageResult};

/// How many are shown.
const FEW: usize = 6;

/// One of their cases.
pub(super) struct Earlier {
    row: crate::model::Request,
    person: PersonId,
    standing: Standing,
}

/// What a number told.
#[derive(Default)]
pub(super) struct Known {
    /// The number is whole, so it was looked for.
    looked: bool,
    cases: Vec<Earlier>,
    /// How many more there are.
    more: usize,
}

/// `POST /intake/caller`
pub(super) async fn show(State(site): State<SharedSite>, staff: Staff, FormBody(v): FormBody) -> PageResult {
    let desk = Desk::open(&site, &staff, Screen::of(&v), v)?;
    let known = find(&desk).await?;
    Ok(view(&desk, &known).into_response())
}

/// The cases of the number in the form, latest first: those that the reader may see together with who asked.
pub(super) async fn find(desk: &Desk) -> Result<Known> {
    let phone = desk.value("phone").to_owned();
    if identity::normal_phone(&phone).is_none_or(|n| n.len() < 7) {
        return Ok(Known::default());
    }
    desk.ctx
        .read(move |tx, ctx| {
            let persons = identity::find_by_phone(tx, &ctx.site.secret, &phone)?;
            let mut all = near::of_persons(tx, &persons)?;
            all.retain(|t| rows::may_see(ctx, &t.row) && may_know(ctx, &t.row));
            let more = all.len().saturating_sub(FEW);
            all.truncate(FEW);
            let cases = all
                .into_iter()
                .map(|t| {
                    let standing = Standing::load(tx, ctx, &t.row.number)?;
                    Ok(Earlier { row: t.row, person: t.person, standing })
                })
                .collect::<Result<Vec<_>>>()?;
            Ok(Known { looked: true, cases, more })
        })
        .await
}

/// That a case is this caller's says who asked: only to those who may know.
fn may_know(ctx: &Ctx, r: &crate::model::Request) -> bool {
    let also = [ctx.path(r.first_unit)];
    let target = Target::at(ctx.path(r.unit)).officer(r.officer).also(&also);
    access::may(&ctx.scope, Verb::ViewIdentity, Noun::Identity, target)
}

/// The list.
pub(super) fn view(desk: &Desk, known: &Known) -> Markup {
    let more = known.more;
    html! {
        @if known.cases.is_empty() {
            p.hint {
                @if known.looked { (desk.t("这个号码以前没有提过诉求。", "Nothing was asked from this number before.")) }
                @else { (desk.t("填了电话就显示。", "Shown once the number is entered.")) }
            }
        }
        @if !known.cases.is_empty() {
            ul.near { @for e in &known.cases { (item(desk, e)) } }
            @if more > 0 { p.hint { (both!(desk.locale(), "还有 {more} 件更早的。", "{more} earlier ones.")) } }
        }
    }
}

fn item(desk: &Desk, e: &Earlier) -> Markup {
    let (row, eye) = (&e.row, &desk.eye);
    html! {
        li {
            details {
                summary { (eye.day(row.received_at)) " " b { (row.title) } " " (eye.state(row)) }
                p.meta {
                    span { a href={ "/requests/" (row.number) } target="_blank" rel="noopener" { (row.number) } }
                    span { (eye.place(row)) }
                }
                (standing::view(desk, &e.standing, Some(e.person)))
            }
        }
    }
}
