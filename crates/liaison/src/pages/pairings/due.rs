//! Who is due in a unit, in any period and as of any day: numbers by unit, and the list behind each.

use super::reader::{Reader, names, standing};
use crate::standing::{Count, HolderDue, Which, count, holders, list as listed};
use crate::{read, tally};
use access::{Noun, SharedSite, Staff, Verb};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use kernel::{AccountId, Date, Error, HouseholdId, Locale, Result};
use maud::{Markup, html};
use pack::{DutyOf, ObligationRule};
use register::households;
use rules::obligation::{Period, Standing};
use std::collections::{BTreeMap, HashMap};
use web::components::{
    Chip, Column, Row, Table, Tile, Tone, button_link, card, chips, empty_state, pager, tiles,
};
use web::form::{self, Field};
use web::{FormState, Page, PageResult, format};

/// Households on one page.
const PAGE: usize = 50;

/// The obligation and the period asked for: those of today otherwise.
fn asked(r: &Reader) -> Result<(ObligationRule, Period)> {
    let pack = &r.ctx.site.pack;
    let duty = pack.obligation(r.one("obligation")).or_else(|| pack.obligations.first());
    let duty = duty.cloned().ok_or(Error::NotFound)?;
    let period = duty.window.from_key(r.one("period")).or_else(|| duty.window.at(r.on()));
    let period = period.ok_or(Error::NotFound)?;
    Ok((duty, period))
}

fn duty_chips(r: &Reader, now: &ObligationRule) -> Markup {
    let on = r.one("on");
    let items: Vec<Chip> = r
        .ctx
        .site
        .pack
        .obligations
        .iter()
        .map(|o| Chip {
            label: o.name.to(r.look.locale).to_owned(),
            href: r.here("/duties/unit", &r.unit.code, &[("obligation", &o.id), ("on", on)]),
            on: o.id == now.id,
            one_of: true,
        })
        .collect();
    chips(&r.look, &items, html! {})
}

/// The period before, this one, the one after (as far as it has begun).
fn periods(r: &Reader, duty: &ObligationRule, period: Period) -> Markup {
    let before = duty.window.before(period);
    let after = duty.window.after(period).filter(|p| p.from <= r.today);
    let items: Vec<Chip> = before
        .into_iter()
        .chain([period])
        .chain(after)
        .map(|p| Chip {
            label: duty.window.name(p).to(r.look.locale).to_owned(),
            href: r.here(
                "/duties/unit",
                &r.unit.code,
                &[("obligation", &duty.id), ("period", &duty.window.key(p)), ("on", r.one("on"))],
            ),
            on: p == period,
            one_of: true,
        })
        .collect();
    chips(&r.look, &items, html! {})
}

/// `GET /duties/unit?unit=CODE&obligation=…&period=2026-Q3&on=2026-08-31`
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(query): Query<Vec<(String, String)>>,
) -> PageResult {
    let r = Reader::new(&site, staff, query)?;
    let look = &r.look;
    if site.pack.obligations.is_empty() {
        let text = look.t("政策包里还没有走访要求。", "The pack asks for no visits.");
        return Ok(Page::new(look, look.t("走访进度", "Visits due"))
            .at("/duties")
            .main(empty_state(text, None))
            .into_response());
    }
    let (duty, period) = asked(&r)?;
    if duty.of == DutyOf::Holder {
        return people(&r, &duty, period).await;
    }
    let (path, on, past) = (r.unit.path.clone(), r.on(), r.on() < r.today);
    let (one, key) = (duty.clone(), duty.window.key(period));
    // Counters tell of now; every other day is computed.
    let rows: Vec<(String, i64, i64)> = r
        .ctx
        .read(move |tx, ctx| {
            let counted = if past { None } else { tally::read(tx, &one.id, &key, &path)? };
            Ok(match counted {
                Some(rows) => rows,
                None => count(tx, &ctx.site.pack, &one, period, &path, on)?
                    .into_iter()
                    .map(|(path, n)| (path, n.owed, n.met))
                    .collect(),
            })
        })
        .await?;
    let mut below: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for (path, owed, met) in &rows {
        let sum = below.entry(r.child_of(path)).or_default();
        sum.0 += owed;
        sum.1 += met;
    }
    let (owed, met) = below.values().fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    let over = on >= period.to;
    let more = [("obligation", duty.id.as_str()), ("on", r.one("on"))];
    let key = duty.window.key(period);
    let behind = |unit: &str, which: Which| {
        let more = [more[0], ("period", key.as_str()), ("which", which.key()), more[1]];
        r.here("/duties/list", unit, &more)
    };
    let title = format!("{} · {}", look.t("走访进度", "Visits due"), r.unit.name(look.locale));
    let page = Page::new(look, title)
        .at("/duties")
        .crumbs(r.crumbs("/duties/unit", &more))
        .lede(html! { (duty.name.to(look.locale)) " · " (duty.window.name(period).to(look.locale))
            @if past { " · " (look.t("截至", "as of ")) (format::day_year(look.locale, on)) } })
        .tools(html! {
            (button_link(look.t("联系覆盖", "Coverage"), &r.here("/coverage", &r.unit.code, &[("kind", &duty.pairing)])))
            @if site.pack.work.is_for(&duty.pairing) {
                (button_link(site.pack.work.name.to(look.locale), &r.here("/plans/unit", &r.unit.code, &[("kind", &duty.pairing)])))
            }
        })
        .main(duty_chips(&r, &duty))
        .main(periods(&r, &duty, period));
    if owed == 0 {
        let text = look.t(
            "这一期没有属于这条要求的户：还没结对，或都不在要求里。",
            "Nothing is owed in this period: nobody is paired yet, or the rule is for others.",
        );
        return Ok(page.main(empty_state(text, None)).main(other_day(&r, &duty)).into_response());
    }
    let name = |which: Which| which_name(&r, &duty, which, period, on).to_owned();
    let open_tone = if over && owed > met { Tone::Late } else { Tone::Plain };
    let page = page.main(tiles(&[
        Tile {
            label: name(Which::Owed),
            value: format::number(owed),
            note: look.t("户", "households").into(),
            href: Some(behind(&r.unit.code, Which::Owed)),
            tone: Tone::Plain,
        },
        Tile {
            label: name(Which::Met),
            value: format::number(met),
            note: format::of(met, owed),
            href: Some(behind(&r.unit.code, Which::Met)),
            tone: Tone::Plain,
        },
        Tile {
            label: name(Which::Open),
            value: format::number(owed - met),
            note: format::of(owed - met, owed),
            href: Some(behind(&r.unit.code, Which::Open)),
            tone: open_tone,
        },
    ]));
    let table = Table::new(look, look.t("各单位", "Units"))
        .column(Column::new(look.t("单位", "Unit")).primary())
        .column(Column::new(name(Which::Owed)).number())
        .column(Column::new(name(Which::Met)).number())
        .column(Column::new(name(Which::Open)).number())
        .rows(below.iter().map(|(path, (owed, met))| {
            let unit = r.dir.by_path(path);
            let code = unit.map_or("", |u| u.code.as_str());
            let deeper = unit.is_some_and(|u| u.id != r.unit.id && r.dir.children(u.id).next().is_some());
            let href = if deeper {
                r.here("/duties/unit", code, &[more[0], ("period", key.as_str()), more[1]])
            } else {
                behind(code, Which::Open)
            };
            Row::new(vec![
                html! { (r.place(path)) },
                html! { (format::number(*owed)) },
                html! { (format::number(*met)) },
                html! { (format::number(owed - met)) },
            ])
            .href(href)
        }));
    Ok(page
        .main(card(Some(look.t("各单位", "By unit")), html! { (table.render())
            p.quiet { (look.t("按纪实自动算，没有人填报；不排名。", "Computed from records; nobody reports it, nobody is ranked.")) }
            (crate::pages::past::duties(look, past)) }))
        .main(other_day(&r, &duty))
        .into_response())
}

/// A small form that asks for the same as of another day.
fn other_day(r: &Reader, duty: &ObligationRule) -> Markup {
    let look = &r.look;
    let state = FormState::new([("on".to_owned(), r.on().to_string())].into_iter().collect());
    html! {
        form.inline method="get" action="/duties/unit" {
            (form::hidden("unit", &r.unit.code)) (form::hidden("obligation", &duty.id))
            (form::date_field(look, &state, Field::new("on", look.t("看某一天的情况", "As of a day"))))
            (form::button(look.t("看", "Show"), "", ""))
        }
    }
}

/// What is asked of those who look after households.
async fn people(r: &Reader, duty: &ObligationRule, period: Period) -> PageResult {
    let look = &r.look;
    let (path, on, one) = (r.unit.path.clone(), r.on().max(period.from), duty.clone());
    let (rows, names): (Vec<HolderDue>, HashMap<AccountId, String>) = r
        .ctx
        .read(move |tx, ctx| {
            let rows = holders(tx, &ctx.site.pack, &one, period, &path, on)?;
            let names = names(tx, rows.iter().map(|h| h.account))?;
            Ok((rows, names))
        })
        .await?;
    let mut sum = Count::default();
    rows.iter().for_each(|h| sum.add(&h.standing));
    let table = Table::new(look, duty.name.to(look.locale))
        .column(Column::new(look.t("姓名", "Name")).primary())
        .column(Column::new(look.t("情况", "How it stands")).bare())
        .rows(rows.iter().map(|h| {
            let name = names.get(&h.account).map_or("", String::as_str);
            Row::new(vec![html! { (name) }, standing(look, &duty.record, &h.standing, r.today)])
                .href(format!("/people/{}/pairings", h.account))
        }))
        .empty(empty_state(look.t("没有人有这样的结对。", "Nobody has such pairings."), None));
    let title = format!("{} · {}", look.t("走访进度", "Visits due"), r.unit.name(look.locale));
    Ok(Page::new(look, title)
        .at("/duties")
        .crumbs(r.crumbs("/duties/unit", &[("obligation", &duty.id)]))
        .lede(html! { (duty.name.to(look.locale)) " · " (duty.window.name(period).to(look.locale)) })
        .main(duty_chips(r, duty))
        .main(periods(r, duty, period))
        .main(tiles(&[
            Tile {
                label: look.t("应下户", "Asked of").into(),
                value: format::number(sum.owed),
                note: look.t("人", "people").into(),
                href: None,
                tone: Tone::Plain,
            },
            Tile {
                label: look.t("已下户", "Went").into(),
                value: format::number(sum.met),
                note: format::of(sum.met, sum.owed),
                href: None,
                tone: Tone::Plain,
            },
        ]))
        .main(card(None, html! { (table.render()) (crate::pages::past::duties(look, r.on() < r.today)) }))
        .into_response())
}

/// `GET /duties/list?unit=CODE&obligation=…&period=…&which=open`
pub(super) async fn list(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(query): Query<Vec<(String, String)>>,
) -> PageResult {
    let r = Reader::new(&site, staff, query)?;
    r.visitor.demand(Verb::List, Noun::Household, &r.unit.path)?;
    let (duty, period) = asked(&r)?;
    let which = Which::from_key(r.one("which"));
    let cursor: Option<(String, HouseholdId)> =
        r.one("after").rsplit_once('.').and_then(|(path, id)| Some((path.to_owned(), id.parse().ok()?)));
    let (path, on, one) = (r.unit.path.clone(), r.on(), duty.clone());
    struct Line {
        code: String,
        path: String,
        household: HouseholdId,
        standing: Standing,
        holder: Option<AccountId>,
    }
    let (lines, names) = r
        .ctx
        .read(move |tx, ctx| {
            let after = cursor.as_ref().map(|(p, id)| (p.as_str(), *id));
            let found = listed(tx, &ctx.site.pack, &one, period, &path, on, which, after, PAGE + 1)?;
            let mut lines = Vec::with_capacity(found.len());
            for e in found {
                let code = households::get(tx, e.household)?.map(|h| h.code).unwrap_or_default();
                let held = read::of_household(tx, e.household, on)?;
                let holder = held.into_iter().find(|p| p.kind == one.pairing).map(|p| p.account);
                lines.push(Line { code, path: e.path, household: e.household, standing: e.standing, holder });
            }
            let names = names(tx, lines.iter().filter_map(|l| l.holder))?;
            Ok((lines, names))
        })
        .await?;
    let look = &r.look;
    let key = duty.window.key(period);
    let base = [("obligation", duty.id.as_str()), ("period", key.as_str()), ("on", r.one("on"))];
    let here = |which: Which, after: &str| {
        let mut more = base.to_vec();
        more.extend([("which", which.key()), ("after", after)]);
        r.here("/duties/list", &r.unit.code, &more)
    };
    let next = lines.get(PAGE).map(|_| {
        let last = &lines[PAGE - 1];
        here(which, &format!("{}.{}", last.path, last.household))
    });
    let items: Vec<Chip> = Which::ALL
        .into_iter()
        .map(|w| Chip {
            label: which_name(&r, &duty, w, period, on).to_owned(),
            href: here(w, ""),
            on: w == which,
            one_of: true,
        })
        .collect();
    let table = Table::new(look, which_name(&r, &duty, which, period, on))
        .column(Column::new(look.t("户", "Household")).primary())
        .column(Column::new(look.t("情况", "How it stands")).bare())
        .column(Column::new(look.t("联系人", "Who looks after it")))
        .column(Column::new(look.t("网格", "Grid")))
        .rows(lines.iter().take(PAGE).map(|l| {
            let name = l.holder.and_then(|h| names.get(&h)).map_or("—", String::as_str);
            let own = html! { @if duty.record == crate::visits::KIND { (l.code) } @else {
                a href={ "/plans/" (l.code) "?kind=" (duty.pairing) } { (l.code) }
            } };
            Row::new(vec![
                own,
                standing(look, &duty.record, &l.standing, r.today),
                html! { @match l.holder { Some(h) => a href={ "/people/" (h) "/pairings" } { (name) }, None => (name) } },
                html! { (r.place(&l.path)) },
            ])
        }))
        .empty(empty_state(look.t("没有。", "None."), None));
    let back = r.here("/duties/unit", &r.unit.code, &base);
    let title = format!("{} · {}", duty.name.to(look.locale), r.unit.name(look.locale));
    Ok(Page::new(look, title)
        .at("/duties")
        .lede(html! { (duty.window.name(period).to(look.locale)) " · " (said(&r, &duty, which, period, on)) })
        .tools(html! { (button_link(look.t("回走访进度", "Back to the numbers"), &back)) })
        .main(chips(look, &items, html! {}))
        .main(card(
            None,
            html! { (table.render()) (pager(look, None, next.as_deref(), ""))
            (crate::pages::past::duties(look, on < r.today)) },
        ))
        .into_response())
}

fn which_name<'r>(r: &'r Reader, duty: &ObligationRule, which: Which, period: Period, on: Date) -> &'r str {
    let visit = duty.record == crate::visits::KIND;
    match (which, visit) {
        (Which::Owed, true) => r.t("应走访", "Owed"),
        (Which::Owed, false) => r.t("应做", "Owed"),
        (Which::Met, true) => r.t("已走访", "Done"),
        (Which::Met, false) => r.t("做到了", "Done"),
        (Which::Open, true) if on >= period.to => r.t("没走到", "Missed"),
        (Which::Open, false) if on >= period.to => r.t("没做到", "Missed"),
        (Which::Open, true) => r.t("还要走访", "To see"),
        (Which::Open, false) => r.t("还要做", "To do"),
        (Which::Excused, _) => r.t("本期不要求", "Not asked"),
    }
}

fn said(r: &Reader, duty: &ObligationRule, which: Which, period: Period, on: Date) -> String {
    let name = which_name(r, duty, which, period, on);
    match r.look.locale {
        Locale::Zh => format!("{name}的户"),
        Locale::En => format!("households: {}", name.to_lowercase()),
    }
}
