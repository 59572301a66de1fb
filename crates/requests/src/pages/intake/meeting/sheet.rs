//! What came of a meeting: the list with numbers, to pin up without codes, or to cut into slips with them.

use super::super::desk::{Desk, Screen};
use crate::meeting::Meeting;
use crate::messages::seal_code;
use crate::model::Request;
use crate::notices::show_code;
use crate::pages::qr;
use crate::store::meetings;
use access::{Noun, SharedSite, Staff, Verb};
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use journal::Hash;
use kernel::{Error, HOUR, Result, Uuid};
use maud::{Markup, html};
use serde::Deserialize;
use web::components::{Column, Flash, Row, Tab, Table, card, meta, tabs};
use web::form::draft_done;
use web::page::Crumb;
use web::{Page, PageResult, Values, format};

/// So long whoever noted it down is shown the codes.
const CODES: i64 = 12 * HOUR;

/// What an address may say.
#[derive(Deserialize, Default)]
pub(in super::super) struct Asked {
    /// `slips` for slips.
    #[serde(default)]
    view: String,
}

/// `GET /meeting/{id}`
pub(in super::super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let desk = Desk::open(&site, &staff, Screen::Meeting, Values::default())?;
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    let as_slips = asked.view == "slips";
    let (meeting, rows, leaves) = desk
        .ctx
        .read(move |tx, ctx| {
            let meeting = meetings::get(tx, id)?.ok_or(Error::NotFound)?;
            if !access::may(&ctx.scope, Verb::View, Noun::Request, ctx.path(meeting.unit)) {
                return Err(Error::NotFound);
            }
            let rows = meetings::rows(tx, id)?;
            let sealed = rows.iter().filter(|_| as_slips);
            let leaves = sealed.map(|r| Ok(journal::first(tx, r.id.0)?.ok_or(Error::NotFound)?.hash));
            let leaves = leaves.collect::<Result<Vec<_>>>()?;
            Ok((meeting, rows, leaves))
        })
        .await?;
    let mine = desk.ctx.account() == Some(meeting.account) && desk.ctx.at.0 - meeting.at.0 < CODES;
    let leaves = as_slips.then_some(leaves);
    Ok(page(&desk, &meeting, &rows, mine, leaves.as_deref()).into_response())
}

/// The page; with the first leaf of each case where slips are asked for.
fn page(desk: &Desk, m: &Meeting, rows: &[Request], codes: bool, leaves: Option<&[Hash]>) -> Page {
    let (locale, name) = (desk.locale(), desk.ctx.site.pack.meeting.name.to(desk.locale()));
    let (n, spot) = (rows.len(), rows.iter().filter(|r| r.answered_at.is_some()).count());
    let title = format!("{} · {name}", desk.ctx.dir.name(m.place, locale));
    let here = format!("/meeting/{}", m.id);
    let both = [
        Tab {
            label: desk.t("清单（张贴）", "List, to pin up").into(),
            href: here.clone(),
            current: leaves.is_none(),
            count: None,
        },
        Tab {
            label: desk.t("回条（每人一条）", "Slips, one each").into(),
            href: format!("{here}?view=slips"),
            current: leaves.is_some(),
            count: None,
        },
    ];
    let present = m.present;
    let mut page = Page::new(&desk.look, title)
        .at("/intake")
        .crumbs(vec![Crumb { href: "/meeting".into(), label: name.to_owned() }])
        .lede(meta(&[
            html! { (format::day_year(locale, m.held_on)) },
            html! { (desk.t("主持：", "Held by ")) (m.host) },
            html! { (both!(locale, "到会 {present} 人", "{present} people present")) },
            html! { (both!(locale, "记下 {n} 件，当场办结 {spot} 件", "{n} needs, {spot} settled there")) },
        ]))
        .tools(html! {
            button.btn type="button" data-print data-key="p" hidden { (desk.t("打印", "Print")) kbd { "p" } }
            a.btn href="/meeting" data-key="n" { (desk.t("再记一次会", "Another meeting")) kbd { "n" } }
        })
        .main(draft_done("meeting"));
    if desk.ctx.at.0 - m.at.0 < 60_000 {
        page = page.notice(Flash::ok(&both!(locale, "{n} 件都登记好了。", "All {n} needs are registered.")));
    }
    if codes {
        page = page.main(tabs(desk.t("怎么印", "How to print"), &both));
    }
    match leaves {
        Some(leaves) if codes => page.main(slips(desk, m, rows, leaves)),
        _ => page.main(list(desk, rows)),
    }
}

/// The sheet: what was told, who handles it and by when. Everybody may read it, so it has no codes.
fn list(desk: &Desk, rows: &[Request]) -> Markup {
    let (eye, days) = (&desk.eye, desk.ctx.site.pack.meeting.tell_back_days);
    let table = Table::new(&desk.look, desk.t("会上提的事", "What was told"))
        .column(Column::new("#").number().seldom())
        .column(Column::new(desk.t("编号", "Number")))
        .column(Column::new(desk.t("事项", "Matter")).primary())
        .column(Column::new(desk.t("类别", "Class")))
        .column(Column::new(desk.t("谁来办", "Handled by")))
        .column(Column::new(desk.t("什么时候答复", "Answer due")))
        .rows(rows.iter().enumerate().map(|(i, r)| {
            Row::new(vec![
                html! { (i + 1) },
                html! { (r.number) },
                html! { (r.title) },
                html! { (eye.class_short(&r.class)) },
                html! { (eye.unit(r.unit)) },
                match &r.answer {
                    Some(answer) => html! { (desk.t("当场办结：", "Settled: ")) (answer) },
                    None => html! { @match r.answer_due {
                        Some(due) => { (format::day_year(desk.locale(), desk.ctx.site.zone.date(due))) },
                        None => { "—" },
                    } },
                },
            ])
            .href(format!("/requests/{}", r.number))
        }));
    let told = both!(
        desk.locale(),
        "{days} 天内把办理情况告诉大家。查进度要本人的查询码。",
        "Within {days} days everybody is told what became of it. Following a case takes the person's own code."
    );
    html! { (card(None, html! { (table.render()) p.hint { (told) } })) }
}

/// A slip for each need, to cut apart.
fn slips(desk: &Desk, m: &Meeting, rows: &[Request], leaves: &[Hash]) -> Markup {
    let (site, locale) = (&desk.ctx.site.pack.site, desk.locale());
    html! {
        div.slips {
            @for (i, (r, leaf)) in rows.iter().zip(leaves).enumerate() {
                section {
                    (qr::of_case(&desk.look, &site.url, &r.number))
                    p.from { (i + 1) " · " (desk.ctx.dir.name(m.place, locale)) " · " (format::day_year(locale, m.held_on)) }
                    p { b { (r.title) } }
                    p { (desk.t("编号 ", "Number ")) b { (r.number) } }
                    p { (desk.t("查询码 ", "Query code ")) b { (show_code(&r.code)) } }
                    p { (desk.t("封存码 ", "Seal code ")) code { (seal_code(*leaf)) } }
                    p.hint { (desk.t("查进度：", "Follow it: ")) (site.url) "/find · " (site.hotline) }
                }
            }
        }
    }
}
