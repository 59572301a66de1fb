//! `/proof/lots`: the draws of call-backs, bound before and computed again by anybody.

use crate::ctx::Ctx;
use crate::lots::{self, Lot, Results};
use crate::pages::eye::Eye;
use access::{SharedSite, Visitor};
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use http::header;
use kernel::{Date, Error, Locale, Result, Scope};
use maud::{Markup, html};
use rules::lot::{Rule, Sheet};
use web::components::{
    Column, Row, Table, Tone, button_link, card, definitions, disclosure, empty_state, pager, pill,
};
use web::page::Crumb;
use web::{Page, PageResult, format};

/// Draws of a page.
const ROWS: i64 = 20;
/// Drawn cases shown of a draw; the file holds all.
const SHOWN: usize = 200;

/// What the address asks for.
#[derive(Debug, Default, serde::Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    before: String,
}

fn ctx(site: &SharedSite) -> Ctx {
    Ctx::new(site, Scope::public(site.today()))
}

fn crumbs(eye: &Eye, more: bool) -> Vec<Crumb> {
    let mut out = vec![Crumb { href: "/proof".into(), label: eye.t("核对", "Check the record").into() }];
    if more {
        out.push(Crumb {
            href: "/proof/lots".into(), label: eye.t("抽签回访", "Call-backs by lot").into()
        });
    }
    out
}

/// The days of a draw.
pub(crate) fn days(eye: &Eye, lot: &Lot) -> String {
    let day = |d: Date| format::day_year(eye.locale(), d);
    match eye.locale() {
        Locale::Zh => format!("{} 至 {}", day(lot.from), day(lot.to)),
        Locale::En => format!("{} to {}", day(lot.from), day(lot.to)),
    }
}

/// How far a draw has come.
pub(crate) fn standing(eye: &Eye, lot: &Lot) -> Markup {
    match (&lot.drawn_at, lot.void.as_str()) {
        (Some(at), _) => html! { (say!(eye.look, "{day} 抽出", "drawn {day}", day = eye.day(*at))) },
        (None, "") if lot.from > eye.ctx.today() => {
            html! { (eye.t("还没开始，指纹已公布", "not begun; its hash is published")) }
        }
        (None, "") if lot.to >= eye.ctx.today() => html! { (eye.t("正在进行", "going on")) },
        (None, "") => html! { (eye.t("等待下一次封存后抽", "drawn after the next seal")) },
        (None, _) => pill(Tone::Late, eye.t("没有抽：密钥换过", "not drawn: the key was exchanged")),
    }
}

/// A page of the draws, latest first, with what came of each.
pub(in crate::pages) struct Latest {
    /// The draws.
    pub(in crate::pages) rows: Vec<(Results, Lot)>,
    /// Where later ones stand.
    pub(in crate::pages) newer: Option<&'static str>,
    /// Where earlier ones stand.
    pub(in crate::pages) older: Option<String>,
}

/// The draws on the page at `path` that an address asks for: those that began before a day.
pub(in crate::pages) async fn latest(ctx: &Ctx, path: &'static str, before: &str) -> Result<Latest> {
    let first = before.parse::<Date>().ok();
    let before = first.map_or_else(|| "9".to_owned(), |d| d.to_string());
    let mut rows = ctx
        .read(move |tx, _| {
            let lots = lots::list(tx, &before, ROWS + 1)?;
            let each =
                lots.into_iter().map(|lot| Ok((lots::results(tx, None, lot.from, lot.from, None)?, lot)));
            each.collect::<Result<Vec<_>>>()
        })
        .await?;
    let more = rows.len() as i64 > ROWS;
    rows.truncate(ROWS as usize);
    let older = rows.last().filter(|_| more).map(|(_, l)| format!("{path}?before={}", l.from));
    Ok(Latest { rows, newer: first.map(|_| path), older })
}

/// `GET /proof/lots`
pub(super) async fn show(
    State(site): State<SharedSite>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> PageResult {
    let ctx = ctx(&site);
    let found = latest(&ctx, "/proof/lots", &asked.before).await?;
    let eye = Eye::new(&visitor.look, &ctx);
    let rows = found.rows.iter().map(|(results, lot)| {
        let n =
            |n: i64| html! { @if lot.drawn_at.is_some() { (format::number(n)) } @else { span.none { "—" } } };
        Row::new(vec![
            html! { span.nowrap { (days(&eye, lot)) } },
            standing(&eye, lot),
            n(lot.cases),
            n(lot.drawn),
            n(results.drawn() - results.waiting()),
        ])
        .href(format!("/proof/lots/{}", lot.from))
    });
    let empty = eye.t(
        "还没有。平台封存过第一次以后，就公布下一次抽签的指纹。",
        "None yet: after the first seal the hash of the next draw is published.",
    );
    let page = Page::new(&eye.look, eye.t("抽签回访：谁被再问一次，您可以自己算", "Call-backs by lot: compute for yourself who was asked"))
        .at("/proof")
        .narrow()
        .crumbs(crumbs(&eye, false))
        .lede(html! { (eye.t(
            "说“解决了”的，平台抽一部分由别的单位打电话再问。抽谁由签决定：签的指纹在开始前公布，结果事后人人可以重算。",
            "Some of those who said \"solved\" are called by another unit and asked again. A lot decides who: its hash is published before, and anybody can compute the result afterwards.")) })
        .main(html! {
            (Table::new(&eye.look, eye.t("各次抽签", "The draws"))
                .column(Column::new(eye.t("销号的日子", "Closed on")).primary())
                .column(Column::new(eye.t("进展", "How far")).bare())
                .column(Column::new(eye.t("可抽", "Could be drawn")).number())
                .column(Column::new(eye.t("抽中", "Drawn")).number())
                .column(Column::new(eye.t("已问", "Asked")).number())
                .rows(rows).empty(empty_state(empty, None)).render())
            (pager(&eye.look, found.newer, found.older.as_deref(), ""))
            (how(&eye, &site.pack.call_back.lot))
        });
    Ok(page.into_response())
}

fn how(eye: &Eye, rule: &Rule) -> Markup {
    let Rule { percent, least, fast_percent, spotless_cases, spotless_percent, .. } = rule;
    let plain = html! {
        ul.plain {
            li { (say!(eye.look, "每个单位抽 {percent}%，至少 {least} 件。", "Of each unit {percent} %, at least {least}.")) }
            li { (say!(eye.look, "用时不到时限 {fast_percent}% 的一律问。", "Always what took less than {fast_percent} % of its time.")) }
            li { (say!(eye.look, "销号 {spotless_cases} 件以上、一件差评也没有的单位，抽 {spotless_percent}%。", "{spotless_percent} % of a unit that closed {spotless_cases} or more without one complaint.")) }
            li { (eye.t("抽中谁，问完以后才公布，免得有人先去打招呼。公布以前，抽签单的指纹已经签进当天的封存，换不了。",
                "Who was drawn is published when the calls are over, so that nobody is spoken to first. Until then the hash of the sheet is signed with the seal of the day: it cannot be exchanged.")) }
        }
    };
    let details = html! {
        ol {
            li { (eye.t("密文：平台密钥对这几天的 Ed25519 签名；它的 SHA-256 事先公布。", "Secret: the site key's Ed25519 signature under the days; its SHA-256 is published before.")) }
            li { (eye.t("种子：密文 ‖ 结束后第一个树头的根，取 SHA-256。", "Seed: SHA-256(secret ‖ root of the first head after the end).")) }
            li { (eye.t("名次：种子 ‖ 封存码，取 SHA-256，每个单位从小到大取。", "Place: SHA-256(seed ‖ seal code), smallest first in each unit.")) }
            li { (eye.t("命令：", "Command: ")) code { "lianxin lot verify draw.txt --key KEY --heads heads.txt" } }
        }
    };
    card(
        Some(eye.t("怎么抽", "How it is drawn")),
        html! { (plain) (disclosure(eye.t("给懂技术的人", "For those who know the technique"), details)) },
    )
}

struct Found {
    lot: Lot,
    results: Results,
    text: String,
}

async fn find(ctx: &Ctx, from: &str) -> Result<Found> {
    let from: Date = from.parse().map_err(|_| Error::NotFound)?;
    ctx.read(move |tx, ctx| {
        let lot = lots::one(tx, from)?.ok_or(Error::NotFound)?;
        let results = lots::results(tx, None, from, from, None)?;
        // Before the calls are over nobody reads who was drawn.
        let text = if lots::is_open(ctx, &lot, &results) { lots::sheet(tx, from)? } else { String::new() };
        Ok(Found { lot, results, text })
    })
    .await
}

/// `GET /proof/lots/{from}`
pub(super) async fn one(
    State(site): State<SharedSite>,
    visitor: Visitor,
    Path(from): Path<String>,
) -> PageResult {
    let ctx = ctx(&site);
    let found = find(&ctx, &from).await?;
    let eye = Eye::new(&visitor.look, &ctx);
    let sheet = Sheet::parse(&found.text);
    let page = Page::new(&eye.look, say!(eye.look, "{days} 的抽签", "The draw of {days}", days = days(&eye, &found.lot)))
        .at("/proof")
        .narrow()
        .crumbs(crumbs(&eye, true))
        .lede(html! { (standing(&eye, &found.lot)) })
        .main(facts(&eye, &found, sheet.as_ref()))
        .main(html! { @if found.lot.drawn_at.is_some() { (card(Some(eye.t("问的结果", "What came of it")), outcome(&eye, &found.results))) } })
        .main(html! { @if let Some(sheet) = &sheet { (drawn(&eye, sheet)) } });
    Ok(page.into_response())
}

fn facts(eye: &Eye, found: &Found, sheet: Option<&Sheet>) -> Markup {
    let lot = &found.lot;
    let code = |bytes: &[u8]| html! { code.hash { (proof::grouped(bytes)) } };
    let mut facts = vec![
        (eye.t("公布于", "Published"), html! { (eye.moment(lot.committed_at)) }),
        (eye.t("密文的指纹", "Hash of the secret"), code(&lot.commitment)),
    ];
    if let Some(hash) = &lot.hash {
        facts.push((eye.t("抽签单的指纹", "Hash of the sheet"), code(hash)));
    }
    if let Some(sheet) = sheet {
        let n = sheet.head.0;
        facts.push((eye.t("所用的树头", "Head"), html! { a href={ "/proof/heads/" (n) } { "№ " (n) } }));
        facts.push((eye.t("密文", "Secret"), code(&sheet.secret)));
        facts.push((eye.t("种子", "Seed"), code(&sheet.seed)));
        let sound = sheet.faults().is_empty();
        let told = match sound {
            true => pill(Tone::Ok, eye.t("重算一致", "computed again: the same")),
            false => pill(Tone::Late, eye.t("重算不一致", "computed again: it differs")),
        };
        facts.push((eye.t("重算", "Again"), told));
    }
    let late = eye.ctx.site.zone.date(lot.committed_at) >= lot.from;
    card(
        Some(eye.t("核对要用的", "What it is checked by")),
        html! {
            (definitions(&facts))
            @if late { p { (pill(Tone::Late, eye.t("公布得晚了，这次不能作数", "Published too late: this draw proves nothing"))) } }
            @if sheet.is_some() {
                div.actions { (button_link(eye.t("下载抽签单", "Download the sheet"), &format!("/proof/lots/{}/draw.txt", lot.from))) }
                p.hint { (eye.t("抽签单里有每一件的封存码。您的封存码在回执上：找得到它，就是抽签时算上了您这一件。",
                    "The sheet names every case by its seal code. Yours stands on your receipt: find it, and your matter was in the draw.")) }
            } @else if lot.drawn_at.is_some() {
                p.hint { (eye.t("问完以后，密文、种子和抽签单公布在这里。", "When the calls are over, secret, seed and sheet are published here.")) }
            }
        },
    )
}

/// Solved, satisfied, not reached, not asked: side by side, each with its n.
pub(crate) fn outcome(eye: &Eye, r: &Results) -> Markup {
    let heard = r.solved + r.not_solved;
    let share = |n: i64, of: i64| {
        let interval = rules::share::Share::new(n, of).interval();
        let range =
            interval.map(|(a, b)| format!(" · {}–{}\u{a0}%", (a + 5) / 10, (b + 5) / 10)).unwrap_or_default();
        html! { (format::of(n, of)) small { (range) } }
    };
    definitions(&[
        (eye.t("抽中", "Drawn"), html! { (format::number(r.drawn())) }),
        (eye.t("说确实解决了", "Solved, they say again"), share(r.solved, heard)),
        (eye.t("满意", "Satisfied"), share(r.satisfied, r.rated)),
        (eye.t("没联系上", "Not reached"), html! { (format::number(r.not_reached)) }),
        (eye.t("还没问", "Not asked"), html! { (format::number(r.waiting())) }),
    ])
}

fn drawn(eye: &Eye, sheet: &Sheet) -> Markup {
    let unit =
        |seal| sheet.cases.iter().find(|c| c.seal == seal).map(|c| c.unit.as_str()).unwrap_or_default();
    let name =
        |code: &str| eye.ctx.dir.by_code(code).map_or(code.to_owned(), |u| u.name(eye.locale()).to_owned());
    let rows = sheet.drawn.iter().take(SHOWN).map(|d| {
        let code: String = d.seal.iter().take(4).map(|b| format!("{b:02x}")).collect();
        Row::new(vec![
            html! { code { (code) " …" } },
            html! { (name(unit(d.seal))) },
            html! { (d.why.name().to(eye.locale())) },
        ])
        .href(format!("/proof/leaf?code={}", hex::encode(d.seal)))
    });
    let title = eye.t("抽中的", "What was drawn");
    let table = html! {
        (Table::new(&eye.look, title)
            .column(Column::new(eye.t("封存码", "Seal code")).primary())
            .column(Column::new(eye.t("承办单位", "Unit")).bare())
            .column(Column::new(eye.t("原因", "Why")).bare())
            .rows(rows)
            .empty(empty_state(eye.t("没有可抽的。", "Nothing could be drawn."), None)).render())
    };
    card(Some(title), table)
}

/// `GET /proof/lots/{from}/draw.txt`
pub(super) async fn file(State(site): State<SharedSite>, Path(from): Path<String>) -> PageResult {
    let found = find(&ctx(&site), &from).await?;
    if found.text.is_empty() {
        return Err(Error::NotFound.into());
    }
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"draw-{}.txt\"", found.lot.from)),
    ];
    Ok((headers, found.text).into_response())
}
