//! My pairings and how far their plans are; or somebody else's, for whoever reads the records of the place.

use super::reader::{Asked, context};
use super::sheet::{cells_of, of_pairings};
use crate::pages::heads::{called, head};
use crate::work::{NEEDS_MOST, Of, PairingLine, Sums, Year, lines, with_owed};
use access::{Noun, SharedSite, Staff, Target, Verb, accounts};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use kernel::{AccountId, Error, HouseholdId, Result, Timestamp};
use maud::{Markup, html};
use pack::PairingKind;
use requests::Ctx;
use std::collections::HashMap;
use web::components::{Tile, Tone, card, empty_state, main_link, pill, tiles};
use web::{Look, Page, PageResult, format};

/// The pairings of one kind.
struct Part {
    kind: PairingKind,
    /// What was owed is in them only where somebody asked for the year.
    lines: Vec<PairingLine>,
}

struct Shown {
    name: String,
    parts: Vec<Part>,
    heads: HashMap<HouseholdId, String>,
}

/// Whether the year beside the plan is asked for: on the page by a link, in a file always.
pub(super) const YEAR: &str = "year";

/// `GET /plans?person=&year=&as_of=&format=`
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> PageResult {
    let ctx = context(&site, &staff);
    let me = staff.account()?.id;
    let whose: AccountId = match asked.person.as_str() {
        "" => me,
        id => id.parse().map_err(|_| Error::NotFound)?,
    };
    let given = asked.clone();
    let shown = ctx.read(move |tx, ctx| read(tx, ctx, whose, whose == me, &given)).await?;
    let look = &staff.look;
    let (year, on) = (asked.year(ctx.today()), asked.on(ctx.today()));
    if !asked.format.is_empty() {
        let mut sheet = of_pairings(&ctx, year);
        let all = shown.parts.iter().flat_map(|p| &p.lines);
        sheet.rows = all.map(|line| (cells_of(look, &ctx, line, &shown.name), None)).collect();
        return Ok(sheet.file(&asked.format, look.locale)?);
    }
    let rule = &ctx.site.pack.work;
    let title = if whose == me {
        rule.name.to(look.locale).to_owned()
    } else {
        format!("{} · {}", rule.name.to(look.locale), shown.name)
    };
    let person = if whose == me { String::new() } else { format!("&person={whose}") };
    let mut page = Page::new(look, title).at("/visits").narrow().lede(html! {
        p { (look.t(&format!("{year}年"), &year.to_string()))
            @if on < ctx.today() { " · " b { (look.t("截至 ", "as of ")) (format::day_year(look.locale, on)) } } }
    });
    if shown.parts.is_empty() {
        let text = look.t("现在没有要做计划的结对。", "There is no pairing that plans are made for.");
        return Ok(page
            .main(empty_state(text, Some((look.t("回到我的户", "My households"), "/visits"))))
            .into_response());
    }
    let sum = Sums::of(shown.parts.iter().flat_map(|p| &p.lines));
    page = page.main(figures(look, &sum));
    let here = |more: &str| format!("/plans?year={year}&as_of={on}{person}{more}");
    if asked.only == YEAR {
        let mut sum = Year::default();
        shown.parts.iter().flat_map(|p| &p.lines).for_each(|l| sum.add(&l.beside));
        page = page.main(beside(look, &sum));
    } else {
        let name = rule.wrap_up.to(look.locale);
        page = page.tools(web::components::button_link(name, &here("&only=year")));
    }
    for part in &shown.parts {
        page = page.main(html! {
            h2 { (part.kind.name.to(look.locale)) }
            ul.plain.stack { @for line in &part.lines { li { (one(look, &ctx, &shown, part, line, year, whose == me)) } } }
        });
    }
    let href = |format: &str| here(&format!("&format={format}"));
    Ok(page
        .main(html! { p { (look.t("导出：", "Files: ")) a href=(href("xlsx")) { "XLSX" } " " a href=(href("csv")) { "CSV" } }
            (crate::pages::past::items(look, on < ctx.today())) })
        .into_response())
}

fn read(tx: &mut dyn db::Tx, ctx: &Ctx, whose: AccountId, own: bool, asked: &Asked) -> Result<Shown> {
    let verb = if asked.format.is_empty() { Verb::View } else { Verb::Export };
    let on = asked.on(ctx.today());
    let year = asked.year(ctx.today());
    let known = if on < ctx.today() { records::as_of(ctx.site.zone, on) } else { Timestamp(i64::MAX) };
    let name = accounts::by_id(tx, whose)?.ok_or(Error::NotFound)?.name;
    let mut parts = Vec::new();
    let mut heads = HashMap::new();
    for id in &ctx.site.pack.work.pairings {
        let Some(kind) = ctx.site.pack.pairing(id).cloned() else { continue };
        let mut found = lines(tx, &Of::Account(whose), id, year, on, known)?;
        let me = ctx.account().filter(|_| own);
        found.retain(|l| access::may(&ctx.scope, verb, Noun::Visit, Target::at(&l.path).officer(me)));
        for line in &found {
            let home = register::households::get(tx, line.household)?;
            let head = home.map(|h| head(tx, ctx, &h)).transpose()?.unwrap_or_default();
            // Names go with a pairing of today, whichever day is looked at.
            let still = own && crate::read::is_paired(tx, whose, line.household, ctx.today())?;
            heads.insert(line.household, called(&head, still));
        }
        if asked.only == YEAR || !asked.format.is_empty() {
            with_owed(tx, ctx, &mut found, id, year, on)?;
        }
        if !found.is_empty() {
            parts.push(Part { kind, lines: found });
        }
    }
    if parts.is_empty() && !own {
        return Err(Error::NotFound);
    }
    Ok(Shown { name, parts, heads })
}

/// The figures of a person or a unit.
pub(super) fn figures(look: &Look, sum: &Sums) -> Markup {
    let tile = |zh: &str, en: &str, n: i64, note: String, tone| Tile {
        label: look.t(zh, en).to_owned(),
        value: format::number(n),
        note,
        href: None,
        tone,
    };
    let homes = look.t("户", "households").to_owned();
    let items = look.t(&format!("共 {} 项", sum.items), &format!("of {} items", sum.items)).to_owned();
    let late = if sum.late > 0 { Tone::Late } else { Tone::Plain };
    tiles(&[
        tile("结对", "Pairings", sum.pairings, homes, Tone::Plain),
        tile("有计划", "With a plan", sum.planned, format::of(sum.planned, sum.pairings), Tone::Plain),
        tile("完成", "Done", sum.done, items.clone(), Tone::Plain),
        tile("落后", "Lagging", sum.late, items, late),
    ])
}

/// The year beside the plans: visits of those owed, promises, needs.
pub(super) fn beside(look: &Look, sum: &Year) -> Markup {
    let Year { visits, owed, met, promised, kept, needs, ended, in_part } = *sum;
    let (unmet, open) = (promised - kept, needs - ended);
    let most = format::number(NEEDS_MOST);
    card(
        Some(look.t("这一年", "The year")),
        html! { ul.plain {
            // A part of the periods is less than what a unit below adds up of all of them.
            @if in_part {
                li { (look.t(&format!("走访 {visits} 次"), &format!("{visits} visits")))
                    span.hint { (look.t("（该走访几期这里不列：户太多，这一年有的期没有统计；看下级单位）", " (how many were owed is not told here: too many households, and some periods of the year were not counted; see the units below)")) } }
            } @else {
                li { (look.t(&format!("走访 {visits} 次；该走访 {owed} 期，走到 {met} 期"), &format!("{visits} visits; made in {met} of {owed} periods in which one was owed"))) }
            }
            li { (look.t(&format!("答应的事 {promised} 件，做到 {kept} 件；其余 {unmet} 件没做到，或者还没到日子"), &format!("{promised} promises: {kept} kept, {unmet} not kept or not due yet"))) }
            @if needs > NEEDS_MOST {
                li { (look.t(&format!("提出的事 {most} 件以上"), &format!("more than {most} needs"))) }
            } @else {
                li { (look.t(&format!("提出的事 {needs} 件，了结 {ended} 件，在办 {open} 件"), &format!("{needs} needs: {ended} ended, {open} in hand"))) }
            }
        } },
    )
}

fn one(look: &Look, ctx: &Ctx, s: &Shown, part: &Part, line: &PairingLine, year: i16, own: bool) -> Markup {
    let head = s.heads.get(&line.household).map_or("", String::as_str);
    let who = if head.is_empty() { line.code.as_str() } else { head };
    let href = |act: &str| format!("/plans/{}{act}?kind={}&year={year}", line.code, part.kind.id);
    let day = |d| format::day_near(look.locale, d, ctx.today());
    let now = own && year == ctx.today().year();
    card(
        None,
        html! {
            h2 { a href=(href("")) { (who) } " " span.quiet { (line.code) } }
            @if line.items == 0 {
                p { (look.t("还没有计划", "No plan yet")) }
            } @else {
                p { (look.t(&format!("{} 项，完成 {} 项", line.items, line.done), &format!("{} items, {} done", line.items, line.done)))
                    @if line.late > 0 { " " (pill(Tone::Late, look.t(&format!("{} 项落后", line.late), &format!("{} lagging", line.late)))) } }
            }
            p.hint {
                @match line.helped { Some(d) => { (look.t("最近一次帮扶：", "Last help: ")) (day(d)) }, None => (look.t("今年还没有帮扶记录", "No help on record this year")) }
                @if let Some(d) = line.checked { " · " (look.t("检查：", "checked: ")) (day(d)) }
            }
            @if now { div.actions {
                @if line.items == 0 { (main_link(look.t("做计划", "Make the plan"), &href("/plan"))) }
                @else { (main_link(look.t("记一次帮扶", "Note help"), &href("/help"))) }
            } }
        },
    )
}
