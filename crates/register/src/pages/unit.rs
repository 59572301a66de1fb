//! One unit: where it stands, how to reach it, who works there, what is below.

use super::browse::{count, table};
use crate::units;
use access::accounts::{Colleague, colleagues};
use access::{Noun, SharedSite, Staff, Verb};
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use kernel::Error;
use maud::{Markup, html};
use web::components::{Column, Pair, Row, Table, Tone, card, definitions, disclosure, pill};
use web::page::Crumb;
use web::{Look, Page, PageResult, format};

/// `GET /units/{code}`
pub async fn show(State(site): State<SharedSite>, staff: Staff, Path(code): Path<String>) -> PageResult {
    staff.demand(Verb::View, Noun::Unit, "")?;
    let look = &staff.look;
    let locale = look.locale;
    let directory = crate::directory(&site);
    let unit = directory.by_code(&code).ok_or(Error::NotFound)?;
    let (id, today) = (unit.id, site.today());
    let (people, history) =
        site.db.read(move |tx| Ok((colleagues(tx, id, today)?, units::history(tx, id)?))).await?;

    let mut crumbs = vec![Crumb { href: "/units".into(), label: look.t("单位", "Units").into() }];
    crumbs.extend(
        directory
            .ancestors(id)
            .iter()
            .map(|u| Crumb { href: format!("/units/{}", u.code), label: u.name(locale).to_owned() }),
    );
    let level = site.pack.levels.iter().find(|l| l.id == unit.level).map_or("", |l| l.name.to(locale));
    let kind = site.pack.unit_kinds.iter().find(|k| k.id == unit.kind);
    let term = match unit.to {
        None => format::day_year(locale, unit.from) + look.t("起", " on"),
        Some(to) => format!("{} – {}", format::day_year(locale, unit.from), format::day_year(locale, to)),
    };
    let facts = definitions(&[
        Pair::text(look.t("编码", "Code"), &unit.code),
        Pair::text(look.t("层级", "Level"), level),
        Pair::text(look.t("类型", "Kind"), kind.map_or("", |k| k.name.to(locale))),
        Pair::text(look.t("电话", "Telephone"), unit.phone.as_deref().unwrap_or("")),
        Pair::text(look.t("地址", "Address"), unit.address.as_deref().unwrap_or("")),
        Pair::text(look.t("存续", "In being"), &term),
    ]);
    let below: Vec<_> = directory.children(id).collect();
    let mut page = Page::new(look, unit.name(locale))
        .at("/units")
        .crumbs(crumbs)
        .lede(html! {
            (count(look, &directory, unit, today))
            @if !unit.is_open(today) { " " (pill(Tone::Plain, look.t("已撤销", "Closed"))) }
        })
        .main(card(Some(look.t("在岗人员", "Who works here")), people_table(look, &people)))
        .aside(card(Some(look.t("单位信息", "About it")), facts));
    if !below.is_empty() {
        page = page.main(card(
            Some(look.t("下级单位", "Units below")),
            table(look, &site.pack, &directory, &below, today, false),
        ));
    }
    if let Some(kind) = kind.filter(|k| !k.duties.is_empty()) {
        let list = html! { ul { @for d in &kind.duties { li { (d.text.to(locale)) } } } };
        page = page.main(card(Some(look.t("职责清单", "Duties")), list));
    }
    if !history.is_empty() {
        page = page.main(disclosure(look.t("变更记录", "What changed"), changes(look, &history)));
    }
    Ok(page.into_response())
}

fn people_table(look: &Look, people: &[Colleague]) -> Markup {
    Table::new(look, look.t("在岗人员", "Who works here"))
        .column(Column::new(look.t("姓名", "Name")).primary())
        .column(Column::new(look.t("岗位", "Post")))
        .column(Column::new(look.t("电话", "Telephone")))
        .rows(people.iter().map(|c| {
            Row::new(vec![
                html! { (c.name) },
                html! { (c.role.name().to(look.locale)) @if !c.title.is_empty() { " · " (c.title) } },
                html! { (c.phone.as_deref().unwrap_or("—")) },
            ])
        }))
        .empty(html! { p { (look.t("今天没有在岗人员。", "Nobody holds a post here today.")) } })
        .render()
}

fn changes(look: &Look, history: &[units::Fact]) -> Markup {
    let name = |field: &str| match field {
        "name_zh" => look.t("名称", "Name"),
        "name_en" => look.t("英文名称", "Name in English"),
        "phone" => look.t("电话", "Telephone"),
        _ => look.t("地址", "Address"),
    };
    let day = |d: kernel::Date| format::day_year(look.locale, d);
    Table::new(look, look.t("变更记录", "What changed"))
        .column(Column::new(look.t("内容", "What")).primary())
        .column(Column::new(look.t("是", "Was")))
        .column(Column::new(look.t("从", "From")))
        .column(Column::new(look.t("至（不含）", "Until (not including)")))
        .column(Column::new(look.t("依据", "Basis")))
        .rows(history.iter().map(|f| {
            Row::new(vec![
                html! { (name(&f.field)) @if f.superseded_at.is_some() { " " (pill(Tone::Plain, look.t("已更正", "Corrected"))) } },
                html! { (f.value.as_deref().unwrap_or("—")) },
                html! { (day(f.from)) },
                html! { (f.to.map(day).unwrap_or_default()) },
                html! { (f.basis) },
            ])
        }))
        .render()
}
