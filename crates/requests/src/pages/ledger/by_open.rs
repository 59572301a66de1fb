//! What is open now, counted with the ledger's own conditions: by unit, officer, level, class, place or
//! channel.

use super::by::Dimension;
use super::by_tally::{class_below, unit_below};
use super::labels;
use crate::Ctx;
use crate::export::{Asked, Book, NONE, evening};
use crate::pages::eye::Eye;
use crate::store::groups::{By, Open, open_by};
use db::{FromValue, Tx};
use kernel::{AccountId, Result, UnitId};
use maud::{Markup, html};
use std::collections::BTreeMap;
use web::components::{Column, Row, Table, Tone, card, empty_state};
use web::format::number;

/// One row: the value of the ledger's condition, `""` where there is none to ask for, and the figures.
pub(super) type Line = (String, Open);

/// The rows.
pub(super) fn read(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    by: Dimension,
    book: &Book,
    asked: &Asked,
) -> Result<Vec<Line>> {
    let mut lines = match by {
        Dimension::Unit => {
            let base = book.unit.and_then(|u| ctx.dir.get(u)).or_else(|| ctx.dir.root());
            folded(tx, ctx, book, asked, By::Handler, |id| base.and_then(|b| unit_below(ctx, b, id, false)))?
        }
        Dimension::Place => {
            let base = place_base(ctx, book, asked);
            folded(tx, ctx, book, asked, By::Place, |id| base.and_then(|b| unit_below(ctx, b, id, false)))?
        }
        Dimension::Level => {
            let level = |id: UnitId| ctx.dir.get(id).map(|u| u.level.clone());
            folded(tx, ctx, book, asked, By::Handler, level)?
        }
        Dimension::Class => {
            let above = asked.get("class");
            folded(tx, ctx, book, asked, By::Class, |code: String| class_below(above, &code))?
        }
        Dimension::Channel => folded(tx, ctx, book, asked, By::Channel, |id: String| Some(id))?,
        Dimension::Officer => {
            folded(tx, ctx, book, asked, By::Officer, |id: AccountId| Some(id.to_string()))?
        }
    };
    match by {
        Dimension::Level => {
            let levels = &ctx.site.pack.levels;
            lines.sort_by_key(|(of, _)| levels.iter().position(|l| l.id == *of));
        }
        Dimension::Unit | Dimension::Place | Dimension::Class => {}
        Dimension::Officer | Dimension::Channel => {
            lines.sort_by_key(|(_, open)| std::cmp::Reverse(open.open))
        }
    }
    Ok(lines)
}

/// Groups folded into the rows of the table.
fn folded<K: FromValue>(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    book: &Book,
    asked: &Asked,
    by: By,
    into: impl Fn(K) -> Option<String>,
) -> Result<Vec<Line>> {
    let groups = open_by::<K>(tx, book.reach, &asked.filter(ctx), by, ctx.at, evening(ctx))?;
    let mut out: BTreeMap<String, Open> = BTreeMap::new();
    for (key, open) in groups {
        let row = out.entry(key.and_then(&into).unwrap_or_default()).or_default();
        *row = row.plus(open);
    }
    Ok(out.into_iter().collect())
}

/// The place whose parts are the rows: the one asked for, otherwise the area the ledger's unit serves.
fn place_base<'c>(ctx: &'c Ctx, book: &Book, asked: &Asked) -> Option<&'c register::Unit> {
    if let Some(place) = ctx.dir.by_code(asked.get("place")) {
        return Some(place);
    }
    let unit = book.unit.and_then(|u| ctx.dir.get(u)).or_else(|| ctx.dir.root())?;
    let office = ctx.site.pack.unit_kind(&unit.kind).is_some_and(|k| k.office);
    if office { ctx.dir.parent(unit.id) } else { Some(unit) }
}

/// What a row is called, and where it can be opened further.
pub(super) fn name(eye: &Eye, by: Dimension, asked: &Asked, of: &str) -> Markup {
    let pack = &eye.ctx.site.pack;
    let none = || html! { span.quiet { (labels::missing(eye.locale(), condition(by))) } };
    let deeper = |label: &str, to: Asked| html! { a href=(to.under(&by.path())) { (label) } };
    match by {
        Dimension::Unit | Dimension::Place => {
            if of.is_empty() {
                return none();
            }
            let label = labels::unit(eye, of);
            let there = eye.ctx.dir.by_code(of);
            let has_parts = there.is_some_and(|u| eye.ctx.dir.children(u.id).next().is_some());
            match by {
                Dimension::Place if has_parts => deeper(&label, asked.with("place", of)),
                Dimension::Unit
                    if has_parts && crate::export::open(&eye.ctx, access::Verb::List, of).is_ok() =>
                {
                    deeper(&label, asked.with("unit", of))
                }
                _ => html! { (label) },
            }
        }
        Dimension::Class => match pack.class(of) {
            None if of.is_empty() => none(),
            None => html! { (of) },
            Some(c) if c.is_leaf() => html! { (c.name.to(eye.locale())) },
            Some(c) => deeper(c.name.to(eye.locale()), asked.with("class", of)),
        },
        Dimension::Level => html! { (pack.level(of).map_or(of, |l| l.name.to(eye.locale()))) },
        Dimension::Channel => html! { (eye.channel(of)) },
        Dimension::Officer if of.is_empty() => none(),
        Dimension::Officer => html! { (eye.officer(of.parse().ok())) },
    }
}

fn condition(by: Dimension) -> &'static str {
    match by {
        Dimension::Unit => "handling",
        Dimension::Officer => "officer",
        Dimension::Level => "level",
        Dimension::Class => "class",
        Dimension::Place => "place",
        Dimension::Channel => "channel",
    }
}

/// The table.
pub(super) fn view(eye: &Eye, by: Dimension, asked: &Asked, lines: &[Line]) -> Markup {
    let title = eye.t("现在未办结", "Open now");
    let number_column = |zh, en| Column::new(eye.t(zh, en)).number();
    let heading = match by {
        Dimension::Unit => eye.t("承办单位", "Handling unit").to_owned(),
        _ => by.name().to(eye.locale()).to_owned(),
    };
    let mut table = Table::new(&eye.look, title)
        .column(Column::new(heading).primary())
        .column(number_column("未办结", "Open"))
        .column(number_column("逾期", "Overdue"))
        .column(number_column("今天到期", "Due today"))
        .column(number_column("重办中", "Reworked now"))
        .column(number_column("督办中", "Supervised"))
        .empty(empty_state(eye.t("没有未办结的诉求。", "Nothing is open."), None));
    let mut total = Open::default();
    for (of, open) in lines {
        total = total.plus(*open);
        let list = match (of.as_str(), by) {
            ("", Dimension::Class | Dimension::Place | Dimension::Officer) => {
                Some(asked.with(condition(by), NONE))
            }
            ("", _) => None,
            (of, _) => Some(asked.with(condition(by), of)),
        };
        let mut cells = vec![name(eye, by, asked, of)];
        cells.extend(figures(*open, list.as_ref()));
        let tone = if open.overdue > 0 { Tone::Late } else { Tone::Plain };
        table = table.row(Row::new(cells).tone(tone));
    }
    if lines.len() > 1 {
        let mut foot = vec![html! { (eye.t("合计", "Total")) }];
        foot.extend(figures(total, Some(asked)));
        table = table.foot(foot);
    }
    card(Some(title), table.render())
}

fn figures(open: Open, list: Option<&Asked>) -> Vec<Markup> {
    let cell = |n: i64, more: &[(&'static str, &str)]| match list.filter(|_| n > 0) {
        Some(list) => {
            let to = more.iter().fold(list.clone(), |asked, (name, value)| asked.with(name, value));
            html! { a href=(to.href()) { (number(n)) } }
        }
        None => html! { (number(n)) },
    };
    vec![
        cell(open.open, &[("standing", "live"), ("sort", "due")]),
        cell(open.overdue, &[("standing", "overdue"), ("sort", "due")]),
        cell(open.today, &[("standing", "today"), ("sort", "due")]),
        cell(open.rework, &[("standing", "rework")]),
        cell(open.supervised, &[("standing", "live"), ("supervised", "yes")]),
    ]
}
