//! What a report says: figures in all, by class and by unit, and the list behind each.

use super::Difference;
use crate::period::Period;
use db::Tx;
use kernel::{Date, Error, Result, UnitId};
use requests::Ctx;
use requests::past::{Filter, Reach, Standing, each};
use requests::tally::counts;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The word that says how to read a content.
const FORMAT: &str = "lianxin report 1";

macro_rules! cells {
    ($($name:ident, $zh:literal, $en:literal, $ever:literal, [$(($key:literal, $value:literal)),*];)+) => {
        /// The figures of a line.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Figures {
            $(#[doc = $en] pub $name: i64,)+
        }

        /// What stands in the columns, in their order.
        pub const CELLS: &[Cell] = &[$(Cell {
            key: stringify!($name), zh: $zh, en: $en, ever: $ever, query: &[$(($key, $value)),*],
            of: |f| f.$name,
        },)+];
    };
}

/// A column of a report.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// Its word in the content.
    pub key: &'static str,
    /// The heading.
    pub zh: &'static str,
    /// The heading.
    pub en: &'static str,
    /// Counts whatever was received when, not what was received in the months.
    pub ever: bool,
    /// The conditions of the list behind it.
    pub query: &'static [(&'static str, &'static str)],
    /// The figure.
    pub of: fn(&Figures) -> i64,
}

cells! {
    received, "受理", "Received", false, [];
    open, "在办", "Open", true, [("standing", "live")];
    overdue, "逾期", "Overdue", true, [("standing", "overdue")];
    answered, "已答复", "Answered", false, [("answered", "yes")];
    on_time, "按时答复", "On time", false, [("on_time", "yes")];
    solved, "说解决了", "Said \"solved\"", false, [("word", "solved")];
    not_solved, "说没解决", "Said \"not solved\"", false, [("word", "not-solved")];
    satisfied, "满意", "Satisfied", false, [("satisfied", "yes")];
    dissatisfied, "不满意", "Not satisfied", false, [("satisfied", "no")];
    not_reached, "没联系上", "Not reached", false, [("word", "not-reached")];
    no_reply, "没有回音", "No reply", false, [("word", "no-reply")];
    reworked, "重办过", "Reworked", false, [("reworked", "yes")];
    unsolvable, "不能解决", "Cannot be solved", false, [("standing", "unsolvable")];
}

/// A line: a class or a unit with its figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The code of the class or unit, as the ledger's condition names it; `""` for what has no class yet.
    pub of: String,
    /// The figures.
    pub figures: Figures,
}

/// What a report says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    format: String,
    /// The code of the unit.
    pub unit: String,
    /// The first month, YYYY-MM.
    pub from: String,
    /// The last month.
    pub to: String,
    /// The day at whose end it was known.
    pub as_of: Date,
    /// In all.
    pub total: Figures,
    /// By class of the first level.
    pub classes: Vec<Line>,
    /// By accountable unit right below; `CODE!` for the unit itself.
    pub units: Vec<Line>,
}

impl Content {
    /// As it is kept: the same content is the same text.
    ///
    /// Errors: none that can happen.
    pub fn text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }

    /// Reads what [`Content::text`] wrote.
    ///
    /// Errors: internal where it is no report.
    pub fn parse(text: &str) -> Result<Content> {
        serde_json::from_str(text).map_err(Error::internal)
    }

    /// Every line by what it is called.
    fn lines(&self) -> BTreeMap<(String, String), Figures> {
        let of = |word: &str, lines: &[Line]| -> Vec<((String, String), Figures)> {
            lines.iter().map(|l| ((word.to_owned(), l.of.clone()), l.figures)).collect()
        };
        let total = ((String::from("total"), String::new()), self.total);
        std::iter::once(total).chain(of("class", &self.classes)).chain(of("unit", &self.units)).collect()
    }

    /// Where another one says something else.
    pub fn differences(&self, now: &Content) -> Vec<Difference> {
        let (kept, now) = (self.lines(), now.lines());
        let names: std::collections::BTreeSet<_> = kept.keys().chain(now.keys()).collect();
        let mut out = Vec::new();
        for line in names {
            let of = |lines: &BTreeMap<_, Figures>| lines.get(line).copied().unwrap_or_default();
            let (a, b) = (of(&kept), of(&now));
            for cell in CELLS.iter().filter(|c| (c.of)(&a) != (c.of)(&b)) {
                out.push(Difference {
                    line: line.clone(),
                    cell: cell.key,
                    kept: (cell.of)(&a),
                    now: (cell.of)(&b),
                });
            }
        }
        out
    }

    /// The address of the list behind a figure: of all, of a class (`class`) or of a unit (`unit`); none where
    /// the months are not to be read.
    pub fn list(&self, by: &str, of: &str, cell: &Cell) -> Option<String> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("unit", &self.unit).append_pair("as_of", &self.as_of.to_string());
        query.append_pair("first", if by == "unit" { of } else { &self.unit });
        match (by, of) {
            ("class", "") => drop(query.append_pair("class", "none")),
            ("class", of) => drop(query.append_pair("class", of)),
            _ => {}
        }
        if !cell.ever {
            let last = format!("{}-01", self.to).parse::<Date>().ok()?.last_of_month();
            query.append_pair("from", &format!("{}-01", self.from)).append_pair("to", &last.to_string());
        }
        query.extend_pairs(cell.query);
        Some(format!("/requests?{}", query.finish()))
    }
}

/// Computes what a report says, from what was known at the end of its day, without what was shielded after so many
/// changes of shields.
pub(super) fn compute(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    unit: UnitId,
    period: &Period,
    as_of: Date,
    shields: i64,
) -> Result<Content> {
    let base = ctx.dir.get(unit).ok_or(Error::NotFound)?.clone();
    let zone = ctx.site.zone;
    let after = |day: Date| Ok::<_, Error>(zone.start_of(day.tomorrow().map_err(Error::internal)?));
    let at = after(as_of)?.plus(-1);
    let mut then = ctx.clone();
    then.at = at;
    let ctx = &then;
    let accountable = Some(ctx.dir.subtree(&base.path).map(|u| u.id).collect());
    let ever = Filter { accountable, as_of: Some(at), shields: Some(shields), ..Filter::default() };
    let months =
        Filter { from: Some(zone.start_of(period.from)), to: Some(after(period.end())?), ..ever.clone() };
    let live = Filter { standing: Standing::Live, ..ever };

    let mut total = Figures::default();
    let mut classes: BTreeMap<String, Figures> = BTreeMap::new();
    let mut units: BTreeMap<String, Figures> = BTreeMap::new();
    let mut line = |class: &str, first: UnitId, add: &dyn Fn(&mut Figures)| {
        add(&mut total);
        add(classes.entry(class.split('.').next().unwrap_or("").to_owned()).or_default());
        add(units.entry(part(ctx, &base, first)).or_default());
    };
    each(tx, ctx, Reach::Site, &months, &mut |mut r| {
        // The filter leaves out what was shielded then; what is shielded since counts as it did.
        r.shielded = false;
        let c = counts(&r);
        line(&r.class, r.first_unit, &|f| {
            f.received += c.received;
            f.answered += c.answered;
            f.on_time += c.on_time;
            f.solved += c.solved;
            f.not_solved += c.not_solved;
            f.satisfied += c.satisfied;
            f.dissatisfied += c.rated - c.satisfied;
            f.not_reached += c.not_reached;
            f.no_reply += c.no_reply;
            f.reworked += c.reworked;
            f.unsolvable += c.unsolvable;
        });
        Ok(())
    })?;
    each(tx, ctx, Reach::Site, &live, &mut |r| {
        line(&r.class, r.first_unit, &|f| {
            f.open += 1;
            f.overdue += i64::from(r.is_overdue(at));
        });
        Ok(())
    })?;
    let (from, to) = period.keys();
    let lines = |all: BTreeMap<String, Figures>| {
        all.into_iter().map(|(of, figures)| Line { of, figures }).collect::<Vec<_>>()
    };
    let (classes, units) = (lines(classes), lines(units));
    Ok(Content { format: FORMAT.to_owned(), unit: base.code, from, to, as_of, total, classes, units })
}

/// The unit right below `base` to which `id` belongs, as the ledger names it; `base` alone otherwise.
fn part(ctx: &Ctx, base: &register::Unit, id: UnitId) -> String {
    let path = ctx.dir.path(id);
    let below = path.strip_prefix(base.path.as_str()).and_then(|rest| rest.find('/'));
    let found = below.and_then(|at| ctx.dir.by_path(&path[..base.path.len() + at + 1]));
    found.map_or_else(|| format!("{}!", base.code), |u| u.code.clone())
}
