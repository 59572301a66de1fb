//! `/public/numbers`: how many numbers were given, day by day, and what became of each; `/public/series/…`:
//! every number of a series, none left out.

use super::words;
use crate::ctx::Ctx;
use crate::given::{self, Account, Entry, SeriesYear, Why};
use crate::pages::eye::Eye;
use access::{Noun, SharedSite, Verb, Visitor};
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use db::Tx;
use journal::tree::{self, Head};
use kernel::{Error, Result, Scope};
use maud::{Markup, html};
use std::collections::BTreeMap;
use web::components::{Column, FlashKind, Row, Table, Tone, empty_state, flash, pager, pill};
use web::page::Crumb;
use web::{Page, PageResult, format};

/// Days of a page.
const DAYS: usize = 31;
/// Numbers of a page.
const NUMBERS: i64 = 50;

/// What the address asks for.
#[derive(Debug, Default, serde::Deserialize)]
pub(super) struct Asked {
    before: Option<i64>,
}

/// Whoever comes reads the public ledger, where there is one.
fn public(site: &SharedSite) -> Result<Ctx> {
    let ctx = Ctx::new(site, Scope::public(site.today()));
    access::demand(&ctx.scope, Verb::List, Noun::PublicLedger, "/")?;
    if site.pack.public_ledger.open { Ok(ctx) } else { Err(Error::NotFound) }
}

fn frame(eye: &Eye, title: &str) -> Page {
    let label = eye.t("公开台账", "Public ledger").to_owned();
    Page::new(&eye.look, title).at("/public").narrow().crumbs(vec![Crumb { href: "/public".into(), label }])
}

/// What a head tells of the numbers: signed with it, or counted under it where it says nothing.
fn told(tx: &mut dyn Tx, head: &Head) -> Result<BTreeMap<SeriesYear, i64>> {
    let told = given::told(head)?;
    if told.is_empty() { given::sealed(tx, head.size) } else { Ok(told) }
}

/// The head before this one that tells of the numbers: that of the day before, or the very first.
fn before(tx: &mut dyn Tx, head: &Head) -> Result<Option<Head>> {
    match tree::heads(tx, Some(head.n), 1, true)?.pop() {
        Some(day) => Ok(Some(day)),
        None if head.n > 1 => tree::head(tx, 1),
        None => Ok(None),
    }
}

fn sum(told: &BTreeMap<SeriesYear, i64>) -> i64 {
    told.values().sum()
}

/// What people call the time that a head closes.
fn called(eye: &Eye, head: &Head) -> String {
    match (head.day, head.n) {
        (Some(day), _) => format::day_year(eye.locale(), day),
        (None, 1) => say!(eye.look, "启用封存以前", "Before sealing began"),
        (None, _) => say!(eye.look, "到 {when}", "Up to {when}", when = eye.moment(head.at)),
    }
}

/// A line of the list: a head, what it tells, and what the one before told.
struct Day {
    head: Head,
    given: i64,
    all: i64,
}

struct Days {
    days: Vec<Day>,
    older: bool,
    series: Vec<SeriesYear>,
}

fn days(tx: &mut dyn Tx, asked: &Asked) -> Result<Days> {
    let mut heads = tree::heads(tx, asked.before, DAYS + 1, true)?;
    let older = heads.len() > DAYS;
    heads.truncate(DAYS);
    if !older
        && let Some(first) = tree::head(tx, 1)?.filter(|f| asked.before.is_none_or(|b| b > f.n))
        && heads.last().is_none_or(|h| h.n > first.n)
    {
        heads.push(first);
    }
    // What came since the last day was closed.
    if asked.before.is_none()
        && let Some(latest) = tree::latest(tx)?.filter(|l| heads.first().is_none_or(|h| h.n < l.n))
    {
        heads.insert(0, latest);
    }
    let mut out = Vec::new();
    for head in heads {
        let all = sum(&told(tx, &head)?);
        let earlier = match before(tx, &head)? {
            Some(earlier) => sum(&told(tx, &earlier)?),
            None => 0,
        };
        out.push(Day { head, given: all - earlier, all });
    }
    Ok(Days { days: out, older, series: given::all_series(tx)? })
}

/// `GET /public/numbers`
pub(super) async fn show(
    State(site): State<SharedSite>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> PageResult {
    let ctx = public(&site)?;
    let newer = asked.before.is_some();
    let found = ctx.read(move |tx, _| days(tx, &asked)).await?;
    let eye = Eye::new(&visitor.look, &ctx);
    let rows = found.days.iter().map(|d| {
        Row::new(vec![
            html! { (called(&eye, &d.head)) },
            html! { (format::number(d.given)) },
            html! { (format::number(d.all)) },
            html! { "№ " (d.head.n) },
        ])
        .href(format!("/public/numbers/{}", d.head.n))
    });
    let older =
        found.days.last().filter(|_| found.older).map(|d| format!("/public/numbers?before={}", d.head.n));
    let empty = eye.t("还没有封存过，稍后再来看。", "Nothing is sealed yet: come back later.");
    let page = frame(&eye, eye.t("编号对账", "Every number accounted for"))
        .lede(html! { (eye.t(
            "每登记一件就给一个编号，编号连着走，一个不跳。不公开的也留着编号和理由。每天给了多少号，签在当天的封存里，改不了。",
            "Each request gets the next number; none is left out. One that is not shown keeps its number, with the reason. How many were given is signed with the seal of the day.")) })
        .main(html! {
            (Table::new(&eye.look, eye.t("每天给出的编号", "Numbers given by day"))
                .column(Column::new(eye.t("哪一天", "Day")).primary())
                .column(Column::new(eye.t("给出", "Given")).number())
                .column(Column::new(eye.t("累计", "In all")).number())
                .column(Column::new(eye.t("树头", "Head")).bare())
                .rows(rows)
                .empty(empty_state(empty, None))
                .render())
            (pager(&eye.look, newer.then_some("/public/numbers"), older.as_deref(), ""))
            @if !found.series.is_empty() {
                section.card {
                    h2 { (eye.t("按编号逐个看", "Number by number")) }
                    p.chips { @for s in &found.series { a.chip href={ "/public/series/" (s) } { (s) } " " } }
                }
            }
            p { a href="/proof" { (eye.t("封存和签名怎么核对", "How the seal and its signature are checked")) } }
        });
    Ok(page.into_response())
}

struct Detail {
    head: Head,
    accounts: Vec<Account>,
    signed: bool,
    unsealed: Vec<SeriesYear>,
}

/// `GET /public/numbers/{head}`
pub(super) async fn day(
    State(site): State<SharedSite>,
    visitor: Visitor,
    Path(n): Path<String>,
) -> PageResult {
    let ctx = public(&site)?;
    let n: i64 = n.parse().map_err(|_| Error::NotFound)?;
    let found = ctx
        .read(move |tx, ctx| {
            let head = tree::head(tx, n)?.ok_or(Error::NotFound)?;
            let earlier = match before(tx, &head)? {
                Some(earlier) => told(tx, &earlier)?,
                None => BTreeMap::new(),
            };
            let after = told(tx, &head)?;
            let accounts = given::accounts(tx, ctx, &earlier, &after)?;
            let unsealed = given::unsealed(tx, &after, head.size)?;
            Ok(Detail { signed: !given::told(&head)?.is_empty(), accounts, unsealed, head })
        })
        .await?;
    Ok(detail(&Eye::new(&visitor.look, &ctx), &found).into_response())
}

fn reason(eye: &Eye, why: Why) -> &str {
    match why {
        Why::Waiting => eye.t("等待审核", "waits for a moderator"),
        Why::Early => eye.t("未到公开时间", "shown later"),
        Why::Never => eye.t("依规不公开", "class not published"),
        Why::Hidden => eye.t("审核后不公开", "hidden by a moderator"),
    }
}

fn detail(eye: &Eye, found: &Detail) -> Page {
    let total = |of: &dyn Fn(&Account) -> i64| found.accounts.iter().map(of).sum::<i64>();
    let (given, shown, missing) = (total(&|a| a.given()), total(&|a| a.shown), total(&|a| a.missing()));
    let hidden = |a: &Account, why: Why| a.hidden.get(&why).copied().unwrap_or(0);
    let number = |n: i64| html! { (format::number(n)) };
    let sound = missing == 0 && found.unsealed.is_empty();
    let mut table = Table::new(&eye.look, eye.t("各编号序列", "By series"))
        .column(Column::new(eye.t("编号", "Numbers")).primary())
        .column(Column::new(eye.t("给出", "Given")).number())
        .column(Column::new(eye.t("公开", "Shown")).number());
    for why in Why::ALL {
        table = table.column(Column::new(reason(eye, why)).number());
    }
    table = table.column(Column::new(eye.t("缺失", "Missing")).number());
    table = table.rows(found.accounts.iter().map(|a| {
        let mut cells = vec![
            html! { span.nowrap { (a.series) "-" (a.from) @if a.to > a.from { "–" (a.to) } } },
            number(a.given()),
            number(a.shown),
        ];
        cells.extend(Why::ALL.iter().map(|w| number(hidden(a, *w))));
        cells.push(number(a.missing()));
        Row::new(cells).href(format!("/public/series/{}?before={}", a.series, a.to + 1))
    }));
    let mut foot = vec![html! { (eye.t("合计", "In all")) }, number(given), number(shown)];
    foot.extend(Why::ALL.iter().map(|w| number(total(&|a| hidden(a, *w)))));
    foot.push(number(missing));
    let all_hidden = given - shown - missing;
    let verdict = if sound {
        html! { (pill(Tone::Ok, eye.t("对得上", "It adds up"))) " "
        (say!(eye.look, "给出 {given} 个 = 公开 {shown} 个 + 不公开 {all_hidden} 个。", "{given} given = {shown} shown + {all_hidden} not shown.")) }
    } else {
        html! { (flash(&web::components::Flash::new(FlashKind::Error, &if missing != 0 {
            say!(eye.look, "对不上：有 {missing} 个编号没有对应的诉求。请向督办部门或热线反映。", "It does not add up: {missing} numbers have no case. Please tell the supervisors or the hotline.")
        } else {
            say!(eye.look, "对不上：{list} 的编号不在封存的树里。", "It does not add up: the numbers of {list} are not in the sealed tree.", list = found.unsealed.join(eye.t("、", ", ")))
        }))) }
    };
    let signed = if found.signed {
        eye.t("各序列到哪一号，签在这个树头里：", "How far each series had come is signed in this head: ")
    } else {
        eye.t(
            "按这个树头封存的内容数出来的（每天的树头会把它签进去）：",
            "Counted from what this head seals (the head of the day will sign it): ",
        )
    };
    let label = eye.t("编号对账", "Every number accounted for").to_owned();
    Page::new(&eye.look, called(eye, &found.head))
        .at("/public")
        .crumbs(vec![
            Crumb { href: "/public".into(), label: eye.t("公开台账", "Public ledger").to_owned() },
            Crumb { href: "/public/numbers".into(), label },
        ])
        .main(html! {
            p { (verdict) }
            (table.foot(foot).empty(empty_state(eye.t("这段时间没有新的编号。", "No number was given in this time."), None)).render())
            p.hint { (signed) a href={ "/proof/heads/" (found.head.n) } { "№ " (found.head.n) } }
        })
}

/// `GET /public/series/{series}`
pub(super) async fn series(
    State(site): State<SharedSite>,
    visitor: Visitor,
    Path(series): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let ctx = public(&site)?;
    let wanted = series.clone();
    let (last, to, entries) = ctx
        .read(move |tx, ctx| {
            let last = given::last(tx, &wanted)?.ok_or(Error::NotFound)?;
            let to = asked.before.map_or(last, |b| (b - 1).clamp(0, last));
            let entries = given::entries(tx, ctx, &wanted, (to - NUMBERS + 1).max(1), to)?;
            Ok((last, to, entries))
        })
        .await?;
    let eye = Eye::new(&visitor.look, &ctx);
    let at = |before: i64| format!("/public/series/{series}?before={before}");
    let newer = (to < last).then(|| at((to + NUMBERS).min(last) + 1));
    let older = (to > NUMBERS).then(|| at(to - NUMBERS + 1));
    let title = say!(eye.look, "{series} 的全部编号", "Every number of {series}");
    let page = frame(&eye, &title)
        .lede(html! { (say!(eye.look, "一共给出 {last} 个，一个不少地列在这里。", "{last} were given; all of them are listed here.")) })
        .main(html! {
            (Table::new(&eye.look, title.clone())
                .column(Column::new(eye.t("编号", "Number")).primary())
                .column(Column::new(eye.t("事项，或不公开的理由", "The matter, or why it is not shown")).bare())
                .column(Column::new(eye.t("收到", "Received")).bare())
                .rows(entries.iter().map(|e| row(&eye, e)))
                .render())
            (pager(&eye.look, newer.as_deref(), older.as_deref(), ""))
        });
    Ok(page.into_response())
}

fn row(eye: &Eye, entry: &Entry) -> Row {
    let what: Markup = match &entry.what {
        None => pill(Tone::Late, eye.t("这个编号没有对应的诉求", "no case has this number")),
        Some(s) => match s.why {
            None => html! { (words::masked(&s.title)) },
            Some(why) => html! { span.quiet { (eye.t("未公开：", "Not shown: ")) (reason(eye, why)) } },
        },
    };
    let when = match &entry.what {
        Some(s) if s.why.is_none() => html! { (eye.day(s.received_at)) },
        _ => html! { span.quiet.none { "—" } },
    };
    let row = Row::new(vec![html! { span.nowrap { (entry.number) } }, what, when]);
    if entry.what.is_some() { row.href(format!("/public/{}", entry.number)) } else { row }
}
