//! What came in over some months and what became of it, from the counters: by unit, class or place.

use super::by::{Dimension, Months, has_more_than, span};
use crate::Ctx;
use crate::export::{ALONE, Asked, Book, NONE, Reach};
use crate::pages::eye::Eye;
use crate::store::groups;
use crate::tally::{By, Counts, slots};
use db::Tx;
use kernel::{Result, UnitId};
use maud::{Markup, html};
use std::collections::BTreeMap;
use web::components::{Column, Row, Table, card_with, empty_state};
use web::format::{number, of, percent};

/// One row.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// The class or the unit it is about, as the ledger's condition names it.
    pub(super) of: String,
    pub(super) counts: Counts,
}

/// Whether the counters can say it: they know accountable units, classes and, for the whole site, places;
/// and nothing of other conditions.
pub(super) fn applies(by: Dimension, book: &Book, asked: &Asked) -> bool {
    match by {
        Dimension::Unit => book.has_branches() && !has_more_than(asked, &["as_of", "from", "to"]),
        Dimension::Class => book.has_branches() && !has_more_than(asked, &["as_of", "from", "to", "class"]),
        Dimension::Place => {
            book.reach == Reach::Site && !has_more_than(asked, &["as_of", "from", "to", "place"])
        }
        _ => false,
    }
}

/// The rows.
pub(super) fn read(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    by: Dimension,
    book: &Book,
    asked: &Asked,
    months: Months,
) -> Result<Vec<Line>> {
    let Some(unit) = book.unit else { return Ok(Vec::new()) };
    if asked.past(ctx).is_some() {
        return read_past(tx, ctx, by, unit, asked, months);
    }
    let (from, to) = months.keys();
    let lines = match by {
        Dimension::Class => {
            let mut sums: BTreeMap<String, Counts> = BTreeMap::new();
            for slot in slots(tx, unit, &from, &to, By::Class)? {
                if let Some(code) = class_below(asked.get("class"), &slot.by) {
                    add(sums.entry(code).or_default(), &slot.counts);
                }
            }
            sums.into_iter().map(|(of, counts)| Line { of, counts }).collect()
        }
        Dimension::Place => {
            let base = ctx.dir.by_code(asked.get("place")).or_else(|| ctx.dir.root());
            let mut sums: BTreeMap<String, Counts> = BTreeMap::new();
            for (place, counts) in groups::of_places(tx, &from, &to)? {
                if let Some(code) = base.and_then(|b| unit_below(ctx, b, place, true)) {
                    add(sums.entry(code).or_default(), &counts);
                }
            }
            sums.into_iter().map(|(of, counts)| Line { of, counts }).collect()
        }
        _ => units(tx, ctx, unit, &from, &to)?,
    };
    Ok(lines.into_iter().filter(|l: &Line| l.counts.received > 0).collect())
}

/// The rows as they were known on a past day: counted case by case, as the counters only know today.
fn read_past(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    by: Dimension,
    unit: UnitId,
    asked: &Asked,
    months: Months,
) -> Result<Vec<Line>> {
    let Some(unit) = ctx.dir.get(unit) else { return Ok(Vec::new()) };
    let base = ctx.dir.by_code(asked.get("place")).or_else(|| ctx.dir.root());
    let all = months.put(&Asked::default().with("as_of", asked.get("as_of")).with("first", &unit.code));
    let mut sums: BTreeMap<String, Counts> = BTreeMap::new();
    crate::past::each(tx, ctx, Reach::Site, &all.filter(ctx), &mut |r| {
        let of = match by {
            Dimension::Class => class_below(asked.get("class"), &r.class),
            Dimension::Place => r.place.zip(base).and_then(|(p, b)| unit_below(ctx, b, p, true)),
            _ => unit_below(ctx, unit, r.first_unit, true),
        };
        if let Some(of) = of {
            add(sums.entry(of).or_default(), &crate::tally::counts(&r));
        }
        Ok(())
    })?;
    Ok(sums.into_iter().map(|(of, counts)| Line { of, counts }).collect())
}

/// The units right below, then what the unit itself received first.
fn units(tx: &mut dyn Tx, ctx: &Ctx, unit: UnitId, from: &str, to: &str) -> Result<Vec<Line>> {
    let total = |tx: &mut dyn Tx, key: UnitId| -> Result<Counts> {
        Ok(slots(tx, key, from, to, By::Total)?.first().map(|s| s.counts).unwrap_or_default())
    };
    let mut rest = total(tx, unit)?;
    let mut out = Vec::new();
    for child in ctx.dir.children(unit) {
        let counts = total(tx, child.id)?;
        take(&mut rest, &counts);
        out.push(Line { of: child.code.clone(), counts });
    }
    let code = ctx.dir.get(unit).map(|u| u.code.clone()).unwrap_or_default();
    out.push(Line { of: format!("{code}{ALONE}"), counts: rest });
    Ok(out)
}

/// The class right below `above` to which `code` belongs: of the first level for `""`. A class that is
/// `above` itself stays; one beside it is none.
pub(super) fn class_below(above: &str, code: &str) -> Option<String> {
    if above.is_empty() {
        return Some(code.split('.').next().unwrap_or("").to_owned());
    }
    if code == above {
        return Some(code.to_owned());
    }
    let rest = code.strip_prefix(above)?.strip_prefix('.')?;
    Some(format!("{above}.{}", rest.split('.').next().unwrap_or("")))
}

/// The unit right below `base` to which a unit belongs, by its code; `base` itself alone. One that lies
/// elsewhere is none when `inside`, and itself alone otherwise.
pub(super) fn unit_below(ctx: &Ctx, base: &register::Unit, id: UnitId, inside: bool) -> Option<String> {
    let unit = ctx.dir.get(id)?;
    match unit.path.strip_prefix(base.path.as_str()) {
        Some("") => Some(format!("{}{ALONE}", unit.code)),
        Some(rest) => {
            let end = base.path.len() + rest.find('/').map_or(rest.len(), |at| at + 1);
            ctx.dir.by_path(&unit.path[..end]).map(|u| u.code.clone())
        }
        None if inside => None,
        None => Some(format!("{}{ALONE}", unit.code)),
    }
}

fn each(c: &mut Counts, o: &Counts, f: impl Fn(&mut i64, i64)) {
    f(&mut c.received, o.received);
    f(&mut c.answered, o.answered);
    f(&mut c.on_time, o.on_time);
    f(&mut c.solved, o.solved);
    f(&mut c.not_solved, o.not_solved);
    f(&mut c.no_reply, o.no_reply);
    f(&mut c.not_reached, o.not_reached);
    f(&mut c.rated, o.rated);
    f(&mut c.satisfied, o.satisfied);
    f(&mut c.ended, o.ended);
    f(&mut c.unsolvable, o.unsolvable);
    f(&mut c.reworked, o.reworked);
}

fn add(c: &mut Counts, o: &Counts) {
    each(c, o, |a, b| *a += b);
}

fn take(c: &mut Counts, o: &Counts) {
    each(c, o, |a, b| *a -= b);
}

/// The table.
pub(super) fn view(eye: &Eye, by: Dimension, asked: &Asked, months: Months, lines: &[Line]) -> Markup {
    let title = eye.t("受理和结果", "Received, and what came of it");
    let mut total = Counts::default();
    lines.iter().for_each(|l| add(&mut total, &l.counts));
    let number_column = |zh, en| Column::new(eye.t(zh, en)).number();
    let heading = match by {
        Dimension::Unit => eye.t("首接单位", "First to receive").to_owned(),
        _ => by.name().to(eye.locale()).to_owned(),
    };
    let mut table = Table::new(&eye.look, title)
        .column(Column::new(heading).primary())
        .column(number_column("受理", "Received"))
        .column(number_column("已答复", "Answered"))
        .column(number_column("按时答复", "On time"))
        .column(number_column("说解决了", "Said \"solved\""))
        .column(number_column("满意", "Satisfied"))
        .column(number_column("已办结", "Ended"))
        .empty(empty_state(eye.t("这段时间没有受理诉求。", "Nothing was received in this time."), None));
    // The counters tell by accountable unit; of the whole site that is everything.
    let base = months.put(asked);
    let whole = eye.ctx.dir.root().is_some_and(|r| r.code == asked.get("unit"));
    let base = if whole || by == Dimension::Unit { base } else { base.with("first", asked.get("unit")) };
    for line in lines {
        let of = if line.of.is_empty() { NONE } else { &line.of };
        let list = match by {
            Dimension::Unit => base.with("first", &line.of),
            Dimension::Class => base.with("class", of),
            _ => base.with("place", of),
        };
        let mut cells = vec![super::by_open::name(eye, by, asked, &line.of)];
        cells.extend(figures(&line.counts, |more| {
            Some(more.iter().fold(list.clone(), |a, (n, v)| a.with(n, v)).href())
        }));
        table = table.row(Row::new(cells));
    }
    if lines.len() > 1 {
        let mut foot = vec![html! { (eye.t("合计", "Total")) }];
        let all = match by {
            Dimension::Unit if !whole => base.with("first", asked.get("unit")),
            _ => base.clone(),
        };
        // Requests about no place are in no row, so the sum of places is no list.
        let linked = by != Dimension::Place;
        foot.extend(figures(&total, |more| {
            linked.then(|| more.iter().fold(all.clone(), |a, (n, v)| a.with(n, v)).href())
        }));
        table = table.foot(foot);
    }
    card_with(title, html! { (span(eye, months)) }, table.render())
}

/// The figures of a row, each leading to its list.
fn figures(c: &Counts, list: impl Fn(&[(&'static str, &str)]) -> Option<String>) -> Vec<Markup> {
    let linked = |n: i64, more: &[(&'static str, &str)], shown: Markup| match list(more).filter(|_| n > 0) {
        Some(href) => html! { a href=(href) { (shown) } },
        None => shown,
    };
    let plain = |n: i64, more: &[(&'static str, &str)]| linked(n, more, html! { (number(n)) });
    let share = |n: i64, all: i64, more: &[(&'static str, &str)]| {
        html! { (linked(n, more, html! { (percent(n, all)) })) " " small.quiet { (of(n, all)) } }
    };
    vec![
        plain(c.received, &[]),
        plain(c.answered, &[("answered", "yes")]),
        share(c.on_time, c.answered, &[("on_time", "yes")]),
        share(c.solved, c.solved + c.not_solved, &[("word", "solved")]),
        share(c.satisfied, c.rated, &[("satisfied", "yes")]),
        plain(c.ended, &[("standing", "ended")]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_belongs_to_the_one_right_below_what_is_shown() {
        assert_eq!(class_below("", "03.02.07").as_deref(), Some("03"));
        assert_eq!(class_below("03", "03.02.07").as_deref(), Some("03.02"));
        assert_eq!(class_below("03.02", "03.02.07").as_deref(), Some("03.02.07"));
        assert_eq!(class_below("03.02.07", "03.02.07").as_deref(), Some("03.02.07"));
        assert_eq!(class_below("03", "04.01.01"), None);
        assert_eq!(class_below("03.0", "03.02.07"), None);
        assert_eq!(class_below("", "").as_deref(), Some(""));
    }
}
