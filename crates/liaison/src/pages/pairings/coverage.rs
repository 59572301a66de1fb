//! Coverage 联系覆盖: no household without somebody, nobody beyond the quota; as a map, as a table, and the lists behind;
//! today or on a day before.

use super::reader::{Reader, names};
use crate::coverage::{Cover, idle, loads, of, without};
use crate::propose::{Proposal, latest};
use access::{Noun, SharedSite, Staff, Verb};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use kernel::UnitId;
use maud::{Markup, html};
use pack::PairingKind;
use register::outline::Rings;
use std::collections::{BTreeMap, HashMap};
use web::charts::{MapArea, choropleth, tile_map};
use web::components::{
    Column, Row, Table, Tile, Tone, button_link, card, disclosure, empty_state, pager, pill, tiles,
};
use web::form::{self, Field};
use web::{FormState, Page, PageResult, format};

/// Households and people on the page.
const SOME: usize = 30;
/// The most areas that are drawn.
const AREAS: usize = 400;

/// `GET /coverage?unit=CODE&kind=…&on=2026-08-31`
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(query): Query<Vec<(String, String)>>,
) -> PageResult {
    let r = Reader::new(&site, staff, query)?;
    let look = &r.look;
    let Ok(kind) = r.kind() else {
        let text = look.t("政策包里还没有结对类型。", "The pack knows no kind of pairing.");
        return Ok(Page::new(look, look.t("联系覆盖", "Coverage"))
            .at("/duties")
            .main(empty_state(text, None))
            .into_response());
    };
    let (path, unit, on, one) = (r.unit.path.clone(), r.unit.id, r.on(), kind.clone());
    let past = on < r.today;
    let more = [("kind", kind.id.as_str()), ("on", r.one("on"))];
    let cursor = r.one("after").rsplit_once('!').map(|(p, c)| (p.to_owned(), c.to_owned()));
    let begun = cursor.is_some();
    let cursor = cursor.unwrap_or_default();
    let (grids, mut nobody, mut people, outlines, proposals, names) = r
        .ctx
        .read(move |tx, ctx| {
            let some = i64::try_from(SOME + 1).unwrap_or(i64::MAX);
            // Only where all of those it is for are to have somebody.
            let nobody = if one.everyone {
                without(tx, &one, &path, on, (&cursor.0, &cursor.1), some)?
            } else {
                Vec::new()
            };
            let mut people = loads(tx, &one, &path, on)?;
            people.extend(idle(tx, &ctx.dir, &one, &path, on)?.into_iter().map(|account| (account, 0)));
            let names = names(tx, people.iter().map(|p| p.0))?;
            Ok((
                of(tx, &one, &path, on)?,
                nobody,
                people,
                register::outline::below(tx, unit)?,
                latest(tx, &path, 5)?,
                names,
            ))
        })
        .await?;
    let below = by_child(&r, &grids);
    let all = below.values().fold(Cover::default(), |a, b| a.plus(*b));
    let (quota, least) = (i64::from(kind.quota), i64::from(kind.least));
    // What is to be put right stands first: beyond the quota, then too few, then all others.
    people.sort_by_key(|p| (p.1 <= quota, p.1 >= least, std::cmp::Reverse(p.1), p.0));
    let full = people.iter().filter(|p| p.1 > quota).count();
    let title = format!("{} · {}", look.t("联系覆盖", "Coverage"), r.unit.name(look.locale));
    let mut page = Page::new(look, title)
        .at("/duties")
        .crumbs(r.crumbs("/coverage", &more))
        .lede(html! { (kind.name.to(look.locale)) " · " (rule(&r, &kind))
            @if past { " · " b { (look.t("截至 ", "as of ")) (format::day_year(look.locale, on)) } } })
        .tools(html! {
            (button_link(look.t("走访进度", "Visits due"), &r.here("/duties/unit", &r.unit.code, &more[1..])))
            @if r.visitor.may(Verb::Export, Noun::Pairing, &r.unit.path) { (button_link(look.t("下载结对表", "Download"), &r.here("/pairings/list.xlsx", &r.unit.code, &more))) }
        })
        .main(r.kinds("/coverage", &kind.id));
    if all.homes == 0 {
        let text = look.t(
            "这里还没有登记住户。先导入住户，再来排谁联系谁。",
            "No household is registered here. Bring them in first.",
        );
        return Ok(page.main(empty_state(text, None)).main(other_day(&r, &kind)).into_response());
    }
    let wanted = kind.everyone && all.without() > 0;
    page = page.main(tiles(&[
        Tile {
            label: look.t("户", "Households").into(),
            value: format::number(all.homes),
            ..Tile::default()
        },
        Tile {
            label: look.t("有人联系", "With somebody").into(),
            value: format::number(all.paired),
            note: format::of(all.paired, all.homes),
            ..Tile::default()
        },
        Tile {
            label: look.t("没人联系", "With nobody").into(),
            value: format::number(all.without()),
            note: format::of(all.without(), all.homes),
            href: (!nobody.is_empty()).then(|| "#nobody".into()),
            tone: if wanted { Tone::Late } else { Tone::Plain },
        },
        Tile {
            label: look.t("超过上限的人", "Beyond the quota").into(),
            value: format::number(i64::try_from(full).unwrap_or(0)),
            note: look.t("人", "people").into(),
            href: None,
            tone: if full > 0 { Tone::Late } else { Tone::Plain },
        },
    ]));
    let may = !past && r.visitor.may(Verb::Manage, Noun::Pairing, &r.unit.path);
    if may {
        page = page.main(proposing(&r, &kind));
    }
    if below.len() > 1 {
        page = page.main(card(
            None,
            map(
                &r,
                look.t("没人联系的户", "Households with nobody"),
                &kind.id,
                &below,
                &outlines,
                most_without(&below),
            ),
        ));
    }
    page = page
        .main(card(Some(look.t("各单位", "By unit")), table(&r, &kind, &below)))
        .main(other_day(&r, &kind));
    if !nobody.is_empty() {
        let here = |after: &str| {
            let more = [more[0], more[1], ("after", after)];
            format!("{}#nobody", r.here("/coverage", &r.unit.code, &more))
        };
        let more = nobody.len() > SOME;
        nobody.truncate(SOME);
        let next = nobody.last().filter(|_| more).map(|(_, code, path)| here(&format!("{path}!{code}")));
        let first = begun.then(|| here(""));
        page = page.main(html! { div id="nobody" { (card(Some(look.t("没人联系的户", "Households with nobody")), html! {
            ul.plain { @for (_, code, path) in &nobody { li { (r.home(code, path)) " " span.quiet { (r.full_place(path)) } } } }
            (pager(look, first.as_deref(), next.as_deref(), &look.t("共 {} 户", "{} in all").replace("{}", &format::number(all.without()))))
        })) } });
    }
    if !people.is_empty() {
        let rows = people.iter().take(SOME).map(|(id, n)| {
            let name = names.get(id).map_or("", String::as_str);
            let state = html! { @if *n > quota { (pill(Tone::Late, look.t("超过上限", "Beyond"))) }
            @else if *n < least { (pill(Tone::Plain, look.t("偏少", "Few"))) } };
            Row::new(vec![html! { (name) }, html! { (n) " / " (quota) }, state])
                .href(format!("/people/{id}/pairings"))
        });
        let list = Table::new(look, look.t("谁联系多少户", "Who looks after how many"))
            .column(Column::new(look.t("姓名", "Name")).primary())
            .column(Column::new(look.t("户数", "Households")).number())
            .column(Column::new("").bare())
            .rows(rows);
        page = page.main(disclosure(look.t("谁联系多少户", "Who looks after how many"), list.render()));
    }
    if may && !proposals.is_empty() {
        page = page.main(card(Some(look.t("做过的建议", "Proposals made")), earlier(&r, &proposals)));
    }
    Ok(page.into_response())
}

/// A small form that asks for the same as of another day; the file is of that day, too.
fn other_day(r: &Reader, kind: &PairingKind) -> Markup {
    let look = &r.look;
    let state = FormState::new([("on".to_owned(), r.on().to_string())].into_iter().collect());
    html! {
        form.inline method="get" action="/coverage" {
            (form::hidden("unit", &r.unit.code)) (form::hidden("kind", &kind.id))
            (form::date_field(look, &state, Field::new("on", look.t("看某一天的情况", "As of a day"))))
            (form::button(look.t("看", "Show"), "", ""))
        }
    }
}

fn rule(r: &Reader, kind: &PairingKind) -> String {
    let within = kind.within.as_deref().and_then(|l| r.ctx.site.pack.level(l));
    match (r.look.locale, within) {
        (kernel::Locale::Zh, Some(level)) => {
            format!("每人不超过 {} 户，在同一个{}里", kind.quota, level.name.zh)
        }
        (kernel::Locale::Zh, None) => format!("每人不超过 {} 户，可以跨区域", kind.quota),
        (kernel::Locale::En, Some(level)) => {
            format!("at most {} each, within one {}", kind.quota, level.name.en.to_lowercase())
        }
        (kernel::Locale::En, None) => format!("at most {} each, across borders", kind.quota),
    }
}

fn proposing(r: &Reader, kind: &PairingKind) -> Markup {
    let look = &r.look;
    card(
        Some(look.t("排一个建议", "Make a proposal")),
        html! {
            p { (look.t("让每户都有人联系，不超上限，尽量不动已有的结对，路最近。先看结果，不会马上改。",
                "Everybody covered inside the quotas, as few changes as possible, then the shortest ways. You look at it first; nothing changes yet.")) }
            (form::form(look, "/proposals", html! {
                (form::hidden("unit", &r.unit.code)) (form::hidden("kind", &kind.id))
                div.actions { (form::submit(look.t("排一个建议", "Make a proposal"))) }
            }))
        },
    )
}

fn earlier(r: &Reader, proposals: &[Proposal]) -> Markup {
    let look = &r.look;
    html! { ul.plain { @for p in proposals { li {
        a href={ "/proposals/" (p.id) } { (format::moment_near(look.locale, r.ctx.site.zone, p.made_at, r.ctx.at)) " · " (r.place(&p.path)) }
        " " span.quiet { @if p.applied_at.is_some() { (look.t("已采用", "applied")) } @else { (look.t("还没采用", "not applied")) } }
    } } } }
}

/// Summed by the unit right below the one shown.
pub(super) fn by_child(r: &Reader, grids: &BTreeMap<String, Cover>) -> BTreeMap<String, Cover> {
    let mut below: BTreeMap<String, Cover> = BTreeMap::new();
    for (path, cover) in grids {
        let sum = below.entry(r.child_of(path).to_owned()).or_default();
        *sum = sum.plus(*cover);
    }
    below
}

/// The most households with nobody in one unit below.
pub(super) fn most_without(below: &BTreeMap<String, Cover>) -> i64 {
    below.values().map(|c| c.without()).max().unwrap_or(0)
}

/// Households with nobody, by unit below. Maps to be compared are given one `most` that the shades reach up to.
pub(super) fn map(
    r: &Reader,
    title: &str,
    kind: &str,
    below: &BTreeMap<String, Cover>,
    outlines: &[(UnitId, Rings)],
    most: i64,
) -> Markup {
    let shapes: HashMap<UnitId, &Rings> = outlines.iter().map(|(id, rings)| (*id, rings)).collect();
    let areas: Vec<MapArea> = below
        .iter()
        .take(AREAS)
        .filter_map(|(path, cover)| {
            let unit = r.dir.by_path(path)?;
            Some(MapArea {
                id: unit.code.clone(),
                label: unit.name(r.look.locale).to_owned(),
                // Nobody without anybody is a good thing and has no shade.
                value: Some(cover.without()),
                href: Some(r.here("/coverage", &unit.code, &[("kind", kind), ("on", r.one("on"))])),
                list: None,
                rings: shapes.get(&unit.id).map(|s| (*s).clone()).unwrap_or_default(),
            })
        })
        .collect();
    let drawn = !areas.is_empty() && areas.iter().all(|a| !a.rings.is_empty());
    if drawn { choropleth(&r.look, title, &areas, most) } else { tile_map(&r.look, title, &areas, most) }
}

fn table(r: &Reader, kind: &PairingKind, below: &BTreeMap<String, Cover>) -> Markup {
    let look = &r.look;
    Table::new(look, look.t("各单位", "Units"))
        .column(Column::new(look.t("单位", "Unit")).primary())
        .column(Column::new(look.t("户", "Households")).number())
        .column(Column::new(look.t("有人联系", "With somebody")).number())
        .column(Column::new(look.t("没人联系", "With nobody")).number())
        .rows(below.iter().map(|(path, c)| {
            let Some(unit) = r.dir.by_path(path) else { return Row::default() };
            let own = unit.id == r.unit.id;
            let page = r.here("/coverage", &unit.code, &[("kind", &kind.id), ("on", r.one("on"))]);
            let linked = |n: i64, href: Option<String>| match href.filter(|_| n > 0) {
                Some(href) => html! { a href=(href) { (format::number(n)) } },
                None => html! { (format::number(n)) },
            };
            let homes = r.visitor.may(Verb::List, Noun::Household, path);
            let nobody = if own { "#nobody".to_owned() } else { format!("{page}#nobody") };
            Row::new(vec![
                html! { @if own { (r.place(path)) } @else { a href=(page) { (r.place(path)) } } },
                linked(c.homes, homes.then(|| r.here("/households", &unit.code, &[("as_of", r.one("on"))]))),
                html! { (format::number(c.paired)) },
                linked(c.without(), Some(nobody)),
            ])
        }))
        .render()
}
