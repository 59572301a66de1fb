//! Households that may have been written down twice, and those that were found to be one.

use super::list::View;
use super::reader::{context, home_page, query};
use access::{Noun, SharedSite, Staff, Verb};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use db::Tx;
use kernel::{HouseholdId, Result};
use maud::{Markup, html};
use register::households::{self, ALIKE_COUNTED, Alike, Household, Link, Proposal};
use requests::Ctx;
use std::collections::HashMap;
use web::components::{Column, Row, Table, Tone, card, empty_state, pager, pill};
use web::page::Crumb;
use web::{Look, Page, PageResult, format};

/// Pairs on a page.
const ROWS: usize = 50;

/// What the page shows.
struct Shown {
    proposals: Vec<Proposal>,
    /// How many there are in all.
    all: i64,
    /// Where the next page begins.
    next: Option<Proposal>,
    first: bool,
    links: Vec<Link>,
    homes: HashMap<HouseholdId, (Household, String)>,
}

/// A number of pairs, as far as they are counted.
pub(super) fn counted(n: i64) -> String {
    if n > ALIKE_COUNTED { format!("{}+", format::number(ALIKE_COUNTED)) } else { format::number(n) }
}

/// A pair as it stands in the address of the page behind it.
fn cursor(p: &Proposal) -> String {
    format!("{}.{}.{}.{}", p.why.key(), p.kept, p.other, p.path)
}

fn from_cursor(text: &str) -> Option<Proposal> {
    let mut parts = text.splitn(4, '.');
    let why = Alike::from_key(parts.next()?)?;
    let (kept, other) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some(Proposal { kept, other, why, path: parts.next()?.to_owned() })
}

fn read(tx: &mut dyn Tx, ctx: &Ctx, path: &str, after: Option<&Proposal>) -> Result<Shown> {
    let mut proposals = households::proposals(tx, path, after, ROWS + 1)?;
    let next = (proposals.len() > ROWS).then(|| proposals[ROWS - 1].clone());
    proposals.truncate(ROWS);
    let all = households::proposed(tx, path)?;
    let links = if after.is_none() { households::linked_in(tx, path)? } else { Vec::new() };
    let mut homes = HashMap::new();
    let ids = proposals.iter().flat_map(|p| [p.kept, p.other]);
    for id in ids.chain(links.iter().flat_map(|l| [l.household, l.kept])) {
        if let std::collections::hash_map::Entry::Vacant(gap) = homes.entry(id)
            && let Some(home) = households::get(tx, id)?
        {
            let head = households::head_name(tx, &ctx.site.keyring, &home)?.unwrap_or_default();
            gap.insert((home, head));
        }
    }
    Ok(Shown { proposals, all, next, first: after.is_none(), links, homes })
}

/// `GET /households/duplicates?unit=&behind=`
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(pairs): Query<Vec<(String, String)>>,
) -> PageResult {
    let ctx = context(&site, &staff);
    let view = View::new(&ctx, &pairs, Verb::Merge)?;
    let path = view.unit.path.clone();
    let after = query(&pairs).get("behind").and_then(|text| from_cursor(text));
    let shown = ctx.read(move |tx, ctx| read(tx, ctx, &path, after.as_ref())).await?;
    Ok(page(&staff.look, &ctx, &view, &shown).into_response())
}

fn page(look: &Look, ctx: &Ctx, view: &View, s: &Shown) -> Page {
    let place = ctx.dir.full_name(view.unit.id, look.locale);
    let list = Crumb {
        href: format!("/households?unit={}", view.unit.code),
        label: look.t("户", "Households").to_owned(),
    };
    let home = |id: HouseholdId| -> Markup {
        let Some((home, head)) = s.homes.get(&id) else { return html! { "—" } };
        let grid = ctx.dir.by_path(&home.path).map_or("", |u| u.name(look.locale));
        html! { (head) " " a href=(home_page(&home.code)) { (home.code) } div.quiet { (grid) } }
    };
    let code = |id: HouseholdId| s.homes.get(&id).map_or("", |(h, _)| h.code.as_str());
    let proposed = Table::new(look, look.t("可能是同一户", "May be one household"))
        .column(Column::new(look.t("先登记的", "Written down first")).primary())
        .column(Column::new(look.t("后登记的", "Written down later")))
        .column(Column::new(look.t("为什么", "Why")).bare())
        .column(Column::new(look.t("核对", "Look")).bare())
        .rows(s.proposals.iter().map(|p| {
            let tone = if p.why == Alike::Idno { Tone::Late } else { Tone::Soon };
            let href = format!("{}/link?with={}", home_page(code(p.other)), code(p.kept));
            Row::new(vec![
                home(p.kept),
                home(p.other),
                pill(tone, p.why.name().to(look.locale)),
                html! { a.btn href=(href) { (look.t("放在一起看", "Side by side")) } },
            ])
        }))
        .empty(empty_state(
            look.t("没有发现可能重复的户。", "No household seems to be written down twice."),
            None,
        ));
    let linked = Table::new(look, look.t("已并为一户的", "Linked as one"))
        .column(Column::new(look.t("以这一户为准", "Stands for both")).primary())
        .column(Column::new(look.t("并入的", "Linked to it")))
        .column(Column::new(look.t("何时、依据", "When, on what ground")))
        .column(Column::new(look.t("解除", "Undo")).bare())
        .rows(s.links.iter().map(|l| {
            Row::new(vec![
                home(l.kept),
                home(l.household),
                html! { (format::day_year(look.locale, ctx.site.zone.date(l.at))) div.quiet { (l.basis) } },
                html! { a href={ (home_page(code(l.household))) "/unlink" } { (look.t("解除", "Undo")) } },
            ])
        }));
    let own = format!("/households/duplicates?unit={}", view.unit.code);
    let next = s.next.as_ref().map(|p| format!("{own}&behind={}", cursor(p)));
    let back = (!s.first).then_some(own.as_str());
    let many = look.t(&format!("共 {} 对", counted(s.all)), &format!("{} pairs", counted(s.all))).to_owned();
    Page::new(look, look.t("可能重复的户", "Households written down twice?"))
        .at("/households")
        .crumbs(vec![list])
        .lede(html! { p { (place) " · " (look.t("登记不会自动合并，由人核对后决定；并了还可以解除。",
            "Nothing is merged by itself: somebody looks and decides, and it can be undone.")) } })
        .main(card(None, html! {
            (proposed.render())
            @if s.all > 0 { (pager(look, back, next.as_deref(), &many)) }
        }))
        .main(html! { @if !s.links.is_empty() { (card(Some(look.t("已并为一户的", "Linked as one")), linked.render())) } })
        .aside(below(look, ctx, view))
}

/// The units above and right below, to look at fewer or at more.
fn below(look: &Look, ctx: &Ctx, view: &View) -> Markup {
    let may = |path: &str| access::may(&ctx.scope, Verb::Merge, Noun::Household, path);
    let area = |u: &&register::Unit| {
        ctx.site.pack.unit_kind(&u.kind).is_none_or(|k| !k.office) && u.is_open(ctx.today())
    };
    let all: Vec<&register::Unit> = ctx.dir.children(view.unit.id).filter(area).collect();
    let up = ctx.dir.parent(view.unit.id).filter(|u| may(&u.path));
    html! {
        @if !all.is_empty() || up.is_some() {
            (card(Some(look.t("上下级", "Above and below")), html! { ul.plain {
                @if let Some(u) = up { li { a href={ "/households/duplicates?unit=" (u.code) } { "↑ " (u.name(look.locale)) } } }
                @for u in all { li { a href={ "/households/duplicates?unit=" (u.code) } { (u.name(look.locale)) } } }
            } }))
        }
    }
}
