//! The receipt: number, query code and what happens next, on the screen and as a slip to hand over.

use super::desk::{Desk, Screen};
use super::ticket::Receipt;
use crate::case::Case;
use crate::ctx::Holder;
use crate::notices::show_code;
use crate::pages::qr;
use crate::staff;
use crate::store::{desk as rows, request};
use access::{SharedSite, Staff};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use kernel::{Error, PersonId};
use maud::{Markup, html};
use rules::case::State as Stands;
use serde::Deserialize;
use web::components::{Pair, card, definitions};
use web::form::draft_done;
use web::{Page, PageResult, format};

/// What an address may say.
#[derive(Deserialize, Default)]
pub(super) struct Asked {
    /// The ticket that lets the code be seen.
    #[serde(default)]
    t: String,
    /// The screen to go on at.
    #[serde(default)]
    from: String,
}

/// On to the receipt of a case; of somebody who joined it, where one did.
pub(super) fn redirect(desk: &Desk, number: &str, joiner: Option<PersonId>) -> Response {
    let ticket = Receipt::issue(&desk.ctx, number, joiner);
    let to = format!("/intake/receipts/{number}?from={}&t={ticket}", desk.screen.key());
    Redirect::to(&to).into_response()
}

struct Shown {
    case: Case,
    officer: String,
    /// The code of whom it is for; none where the ticket is not good any more.
    code: Option<String>,
    joined: bool,
    /// Whether the reader sees the case itself.
    seen: bool,
    /// The hash under which its first record stands in the tree.
    leaf: journal::Hash,
}

/// `GET /intake/receipts/{number}`: with the code for whoever took it in, for half a day; without it after.
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(number): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let screen = if asked.from == "hotline" { Screen::Hotline } else { Screen::Window };
    let screen = if staff.need(super::HOTLINE).is_ok() { screen } else { Screen::Window };
    let desk = Desk::open(&site, &staff, screen, web::Values::default())?;
    let ticket = Receipt::read(&desk.ctx, &number, &asked.t);
    let shown = desk
        .ctx
        .read(move |tx, ctx| {
            // Whoever took it in reads the receipt for the person, also of a case that is not theirs to see.
            let row = request::by_number(tx, &number)?.ok_or(Error::NotFound)?;
            let seen = rows::may_see(ctx, &row);
            let holder = ticket.map(|t| Holder { request: row.id, person: t.joiner.or(row.person) });
            let ctx = &holder.map_or_else(|| ctx.clone(), |h| ctx.clone().held_by(h));
            let case = Case::find(tx, ctx, row.id)?;
            let officer = staff::name_of(tx, case.row.officer)?;
            let joiner = ticket.and_then(|t| t.joiner);
            let code = ticket.and_then(|t| match t.joiner {
                None => Some(case.row.code.clone()),
                Some(who) => case.joined.iter().find(|j| j.person == who).map(|j| j.code.clone()),
            });
            let leaf = journal::first(tx, row.id.0)?.ok_or(Error::NotFound)?.hash;
            Ok(Shown { case, officer, code, joined: joiner.is_some(), seen, leaf })
        })
        .await?;
    Ok(page(&desk, &shown).into_response())
}

fn page(desk: &Desk, s: &Shown) -> Page {
    let row = &s.case.row;
    let title = match (s.joined, row.answered_at.is_some()) {
        (true, _) => desk.t("已并入", "Joined"),
        (false, true) => desk.t("已当场办结", "Settled on the spot"),
        _ => desk.t("已登记", "Registered"),
    };
    let path = desk.screen.path();
    Page::new(&desk.look, title)
        .at("/intake")
        .narrow()
        .lede(html! { p { (next(desk, s)) } })
        .main(html! {
            (draft_done(desk.screen.key()))
            (slip(desk, s))
            div.actions {
                a.btn.main href=(path) autofocus data-focus data-key="n" { (desk.t("下一位", "Next one")) kbd { "n" } }
                button.btn type="button" data-print data-key="p" hidden { (desk.t("打印回执", "Print the slip")) kbd { "p" } }
                @if s.seen {
                    a.btn.quiet href={ "/requests/" (row.number) } data-key="o" { (desk.t("看这一件", "Open the case")) kbd { "o" } }
                }
            }
            @if s.code.is_none() {
                (card(None, html! { p { (desk.t(
                    "查询码只在登记后半天内给经手人看。对方丢了回执，可以凭电话在窗口查进度。",
                    "The query code is shown to whoever took it in, for half a day. Whoever lost the slip can ask at a window.")) } }))
            }
        })
}

/// What happens now, in a sentence to say aloud.
fn next(desk: &Desk, s: &Shown) -> String {
    let (row, eye) = (&s.case.row, &desk.eye);
    let unit = eye.unit(row.unit);
    let due =
        row.answer_due.map(|d| format::day_said(desk.locale(), desk.ctx.site.zone.date(d), desk.ctx.today()));
    match (row.state, due) {
        (Stands::Closed, _) => {
            desk.t("已答复、已评价、已销号。", "Answered, judged and signed off.").to_owned()
        }
        (Stands::Judged, _) => {
            desk.t("已答复、已评价，等负责人销号。", "Answered and judged; the lead signs it off.").to_owned()
        }
        (Stands::Answered, _) => desk
            .t(
                "已答复；没问到满意不满意，会有别的单位回访。",
                "Answered; another unit will call to ask how it was.",
            )
            .to_owned(),
        (Stands::Registered | Stands::Triaged, Some(due)) => {
            both!(
                desk.locale(),
                "由中心定承办单位，{due}前答复。",
                "The centre finds the unit; the answer is due {due}."
            )
        }
        (_, Some(due)) => {
            both!(desk.locale(), "由{unit}办，{due}前答复。", "{unit} handles it; the answer is due {due}.")
        }
        (_, None) => unit.to_owned(),
    }
}

/// What the person takes along; on paper nothing else of the page is printed.
fn slip(desk: &Desk, s: &Shown) -> Markup {
    let (row, eye, site) = (&s.case.row, &desk.eye, &desk.ctx.site.pack.site);
    let locale = desk.locale();
    let due = row.answer_due.filter(|_| row.answered_at.is_none());
    let due = due.map(|d| format::day_year(locale, desk.ctx.site.zone.date(d))).unwrap_or_default();
    let who = match row.state {
        Stands::Registered | Stands::Triaged => {
            desk.t("中心分流中", "being assigned by the centre").to_owned()
        }
        _ => format!("{} {}", eye.unit(row.unit), s.officer),
    };
    let unit_phone = desk.ctx.dir.get(row.unit).and_then(|u| u.phone.clone()).unwrap_or_default();
    let received = format::moment_year(locale, desk.ctx.site.zone, row.received_at);
    let phone = if unit_phone.is_empty() { &site.hotline } else { &unit_phone };
    let mut facts = vec![
        Pair::text(desk.t("事项", "Matter"), if s.seen { &row.title } else { &row.public_title }),
        Pair::text(desk.t("受理时间", "Received"), &received),
        Pair::text(desk.t("谁来办", "Handled by"), &who),
        Pair::text(desk.t("联系电话", "Telephone"), phone),
    ];
    if !due.is_empty() {
        facts.push(Pair::text(desk.t("答复期限", "Answer due"), &due));
    }
    html! {
        section.slip.hand {
            div.head { span.seal aria-hidden="true" { "连心" } span { (site.name.to(locale)) " · " (eye.unit(row.first_unit)) } }
            div.keyed {
                dl.keys {
                    div { dt { (desk.t("编号", "Number")) } dd { (row.number) } }
                    @if let Some(code) = &s.code {
                        div { dt { (desk.t("查询码", "Query code")) } dd { (show_code(code)) } }
                    }
                }
                (qr::of_case(&desk.look, &site.url, &row.number))
            }
            (definitions(&facts))
            @if let Some(answer) = &row.answer { p.lines { (desk.t("答复：", "Answer: ")) (answer) } }
            p.hint {
                (desk.t("查进度：", "Follow it: ")) (site.url.trim_end_matches('/')) "/find" (desk.t("，或拨打 ", ", or call ")) (site.hotline)
                @if s.code.is_some() { br; (desk.t("查询码是您自己的，不要给别人。", "The query code is yours alone: keep it to yourself.")) }
            }
            (qr::of_seal(&desk.look, &site.url, &s.leaf))
        }
    }
}
