//! Signs that figures may have been made: for whoever supervises, each with the cases behind it.

use super::reader::Reader;
use crate::signs::store::{self, Asked, Line};
use access::{Noun, SharedSite, Staff, Verb};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use kernel::{Locale, Result};
use maud::{Markup, html};
use rules::signs::{SAME_ANSWERS, Sign};
use web::components::{Column, Row, Table, button_link, card, card_with, empty_state, pager};
use web::format::{moment_near, number};
use web::{Look, Page, PageResult};

/// Cases on the page of one sign, and of each where all are shown.
const PAGE: i64 = 50;
const SOME: i64 = 8;

/// `GET /dashboard/signs?unit=CODE&from=2026-01&to=2026-11&sign=back&page=2`
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(query): Query<Vec<(String, String)>>,
) -> PageResult {
    let mut reader = Reader::new(&site, staff, &query)?;
    reader.sound()?;
    // This page tells of now alone.
    reader.as_of = None;
    reader.visitor.demand(Verb::View, Noun::Journal, &reader.unit.path)?;
    let one = |name: &str| query.iter().find(|(k, _)| k == name).map_or("", |(_, v)| v.as_str());
    let only = Sign::from_key(one("sign"));
    let page: i64 = one("page").parse().ok().filter(|p| (1..=10_000).contains(p)).unwrap_or(1);
    let everywhere = reader.dir.root().is_some_and(|root| root.id == reader.unit.id);
    let end = reader.period.end().tomorrow().map_err(kernel::Error::internal)?;
    let asked = Asked {
        below: (!everywhere).then(|| reader.unit.path.clone()),
        from: site.zone.start_of(reader.period.from),
        to: site.zone.start_of(end),
    };
    let kept = site.kept.get::<crate::Kept>();
    let (counts, lists) = site
        .db
        .snapshot(move |tx| {
            let counts = kept.signs(tx, &asked)?;
            let (most, skip) = if only.is_some() { (PAGE, (page - 1) * PAGE) } else { (SOME, 0) };
            let wanted = Sign::ALL.iter().filter(|s| only.is_none_or(|o| o == **s));
            let lists: Result<Vec<(Sign, Vec<Line>)>> =
                wanted.map(|s| Ok((*s, store::list(tx, &asked, *s, most, skip)?))).collect();
            Ok((counts, lists?))
        })
        .await?;
    let count = |sign: Sign| counts.iter().find(|(s, _)| *s == sign).map_or(0, |(_, n)| *n);
    let look = &reader.look;
    let here = reader.here("/dashboard/signs", &reader.unit.code, &reader.period);
    let back = reader.here("/dashboard", &reader.unit.code, &reader.period);
    let title = format!("{} · {}", look.t("要留意的办件", "Cases to look at"), reader.unit.name(look.locale));
    let mut out = Page::new(look, title)
        .at("/dashboard")
        .crumbs(reader.crumbs("/dashboard/signs"))
        .lede(html! {
            (reader.period.say(look.locale)) " · "
            (look.t("这些只是提示，不是结论：每条都可能有正当的原因，点开看过再说。",
                "These are questions, not findings: each may have an honest reason. Open it before you judge."))
        })
        .tools(html! { (button_link(look.t("回看板", "Back to the dashboard"), &back)) })
        .main(reader.periods("/dashboard/signs"));
    if counts.is_empty() {
        let text = look.t("这段时间没有要留意的办件。", "Nothing to look at in this period.");
        return Ok(out.main(empty_state(text, None)).into_response());
    }
    for (sign, lines) in lists {
        let n = count(sign);
        let link = |page: i64| format!("{here}&sign={}&page={page}", sign.key());
        let head = html! { (number(n)) };
        let body = html! {
            p.quiet { (meaning(look, sign)) }
            (table(&site, &reader, sign, &lines))
            @if only.is_none() {
                @if n > SOME { p.actions { (button_link(look.t("看全部", "Show all"), &link(1))) } }
            } @else {
                (pager(look, (page > 1).then(|| link(page - 1)).as_deref(), (page * PAGE < n).then(|| link(page + 1)).as_deref(), ""))
                p.actions { (button_link(look.t("看各种提示", "Show every sign"), &here)) }
            }
        };
        let name = sign.name();
        out = out.main(match n {
            0 => card(
                Some(name.to(look.locale)),
                html! { p.quiet { (meaning(look, sign)) } p { (look.t("没有。", "None.")) } },
            ),
            _ => card_with(name.to(look.locale), head, body),
        });
    }
    Ok(out.into_response())
}

fn table(site: &access::Site, r: &Reader, sign: Sign, lines: &[Line]) -> Markup {
    let look = &r.look;
    let now = site.now();
    let mut table = Table::new(look, sign.name().to(look.locale))
        .column(Column::new(look.t("事项", "Matter")).primary())
        .column(Column::new(look.t("办理单位", "Unit")))
        .column(Column::new(look.t("答复时间", "Answered")))
        .column(Column::new(look.t("编号", "Number")));
    if sign == Sign::Back {
        table = table.column(Column::new(look.t("又来的一件", "Came back as")));
    }
    table
        .rows(lines.iter().map(|line| {
            let mut cells = vec![
                html! { a href={ "/requests/" (line.number) } { (line.title) } },
                html! { (r.name(line.unit)) },
                html! { (moment_near(look.locale, site.zone, line.at, now)) },
                html! { (line.number) },
            ];
            if sign == Sign::Back {
                cells.push(html! { a href={ "/requests/" (line.other) } { (line.other) } });
            }
            Row::new(cells)
        }))
        .empty(empty_state(look.t("这一页没有了。", "Nothing more on this page."), None))
        .render()
}

/// What was noticed, and what else it could be.
fn meaning(look: &Look, sign: Sign) -> String {
    match (sign, look.locale) {
        (Sign::LastHour, Locale::Zh) => "在到期前最后一小时才答复。也可能是刚好办完。".into(),
        (Sign::LastHour, Locale::En) => {
            "Answered in the last hour before it was due. It may just have been done by then.".into()
        }
        (Sign::Pauses, Locale::Zh) => {
            "暂停两次以上，或一次停了一半以上的时间。也可能真的在等诉求人补充。".into()
        }
        (Sign::Pauses, Locale::En) => {
            "The clock stood twice or more, or for half of the time. The person may really have been waited for.".into()
        }
        (Sign::PingPong, Locale::Zh) => "退单两次以上才有人办。也可能职责清单没写清楚。".into(),
        (Sign::PingPong, Locale::En) => {
            "Sent back twice or more before anybody worked on it. The duty list may be unclear.".into()
        }
        (Sign::SameAnswer, Locale::Zh) => {
            format!("同一单位一个月里第 {SAME_ANSWERS} 次以上用一样的答复。也可能真是同一件事。")
        }
        (Sign::SameAnswer, Locale::En) => format!(
            "The same words from {SAME_ANSWERS} answers of a unit in a month on. It may be one matter that many asked about."
        ),
        (Sign::Back, Locale::Zh) => {
            "销号后 30 天内，同一地点又来了同类的、说法相近的诉求。也可能是新的问题。".into()
        }
        (Sign::Back, Locale::En) => {
            "Within 30 days after sign-off a like matter of that class came in from the same place. It may be a new one.".into()
        }
    }
}
