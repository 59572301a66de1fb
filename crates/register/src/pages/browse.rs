//! The tree of units, two levels at a time, with a search over all of it.

use crate::{Directory, Unit};
use access::{Noun, SharedSite, Staff, Verb};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use kernel::Date;
use maud::{Markup, html};
use pack::Pack;
use web::components::{Column, Row, Table, Tone, card, empty_state, pill};
use web::form::{self, Field};
use web::{FormState, Look, Page, PageResult, format};

/// What is looked for.
#[derive(serde::Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

/// `GET /units`
pub async fn show(State(site): State<SharedSite>, staff: Staff, Query(asked): Query<Asked>) -> PageResult {
    staff.demand(Verb::List, Noun::Unit, "")?;
    let look = &staff.look;
    let directory = crate::directory(&site);
    let today = site.today();
    let mut page = Page::new(look, look.t("单位", "Units")).at("/units").main(search(look, &asked.q));
    if !asked.q.trim().is_empty() {
        let found = directory.search(&asked.q, today, 50);
        let title = look.t("查找结果", "Found");
        page = page.main(card(Some(title), table(look, &site.pack, &directory, &found, today, true)));
        return Ok(page.into_response());
    }
    let Some(root) = directory.root() else {
        let text = look.t("还没有单位，请管理员导入。", "No units yet: an administrator can import them.");
        return Ok(page.main(empty_state(text, None)).into_response());
    };
    let below: Vec<&Unit> = directory.children(root.id).filter(|u| u.is_open(today)).collect();
    let title = html! { a href={ "/units/" (root.code) } { (root.name(look.locale)) } };
    Ok(page
        .lede(html! { (title) " · " (count(look, &directory, root, today)) })
        .main(card(Some(root.name(look.locale)), table(look, &site.pack, &directory, &below, today, false)))
        .into_response())
}

fn search(look: &Look, q: &str) -> Markup {
    let state = FormState::new([("q".to_owned(), q.to_owned())].into_iter().collect());
    html! {
        form.inline method="get" action="/units" role="search" {
            (form::text_field(look, &state, Field::new("q", look.t("名称或编码", "Name or code")).kind("search")))
            (form::button(look.t("查找", "Search"), "", ""))
        }
    }
}

/// How many units stand below one.
pub(super) fn count(look: &Look, directory: &Directory, unit: &Unit, today: Date) -> String {
    let n = directory.subtree(&unit.path).filter(|u| u.is_open(today)).count() as i64 - 1;
    match look.locale {
        kernel::Locale::Zh => format!("下辖 {} 个", format::number(n)),
        kernel::Locale::En => format!("{} below", format::number(n)),
    }
}

/// Units as a table; with where they stand, in a list from all over.
pub(super) fn table(
    look: &Look,
    pack: &Pack,
    directory: &Directory,
    units: &[&Unit],
    today: Date,
    with_place: bool,
) -> Markup {
    let locale = look.locale;
    let kind = |id: &str| {
        pack.unit_kinds
            .iter()
            .find(|k| k.id == id)
            .map_or_else(|| id.to_owned(), |k| k.name.to(locale).to_owned())
    };
    let mut table = Table::new(look, look.t("单位", "Units"))
        .column(Column::new(look.t("名称", "Name")).primary())
        .column(Column::new(look.t("类型", "Kind")))
        .column(Column::new(look.t("电话", "Telephone")))
        .column(Column::new(look.t("下级", "Below")).number());
    if with_place {
        table = table.column(Column::new(look.t("上级", "Above")));
    }
    table
        .rows(units.iter().map(|u| {
            let below = directory.subtree(&u.path).filter(|b| b.is_open(today)).count().saturating_sub(1);
            let mut cells = vec![
                html! { (u.name(locale)) @if !u.is_open(today) { " " (pill(Tone::Plain, look.t("已撤销", "Closed"))) } },
                html! { (kind(&u.kind)) },
                html! { (u.phone.as_deref().unwrap_or("—")) },
                html! { (format::number(below as i64)) },
            ];
            if with_place {
                cells.push(html! { (u.parent.map(|p| directory.full_name(p, locale)).unwrap_or_default()) });
            }
            Row::new(cells).href(format!("/units/{}", u.code))
        }))
        .empty(empty_state(look.t("没有符合的单位。", "No unit fits."), None))
        .render()
}
