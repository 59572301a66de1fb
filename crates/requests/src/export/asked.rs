//! What an address asks of a ledger: which cases, in what order, in which columns. The same text is
//! kept in saved views and behind numbers of other pages.
//!
//! | name | means |
//! | --- | --- |
//! | `unit` | whose ledger: a unit's code, or `mine` |
//! | `view` | a ledger that the pack names, by its key: its states, channel and whether overdue |
//! | `q` | words that must all be there |
//! | `standing` | `live`, `ended`, `overdue`, `today`, `week`, or a state |
//! | `as_of` | as it was known at the end of this day: what came later is not told, nor what was only known later |
//! | `from`, `to` | received from and to these days, both included |
//! | `class` | a class or everything below one |
//! | `place` | a place with everything below it, by code; `code!` means that place alone |
//! | `handling` | the handling unit, in the same way |
//! | `level` | the level of the handling unit |
//! | `first` | the accountable unit, in the same way |
//! | `officer` | the officer's account |
//! | `channel`, `kind`, `urgency`, `word` | as the pack and the rules name them |
//! | `class`, `place`, `officer`, `word` | `none`: those that have none; with `word`, of the answered ones |
//! | `answered`, `on_time`, `satisfied` | `yes`, `no` |
//! | `supervised`, `reworked`, `unmoderated` | `yes` |
//! | `sort` | `due`; otherwise latest received first |
//! | `cols` | columns, `due.number.matter` |

use super::{Book, Column, days};
use crate::ctx::Ctx;
use crate::store::ledger::{Filter, Sort, Standing, Without};
use kernel::{DAY, Date, Timestamp, UnitId};
use rules::case::{Kind, State, Urgency, Word};
use std::collections::BTreeMap;
use web::Values;

/// The names of an address, in the order in which it is written.
pub const NAMES: [&str; 25] = [
    "unit",
    "view",
    "q",
    "standing",
    "as_of",
    "from",
    "to",
    "class",
    "place",
    "handling",
    "level",
    "first",
    "officer",
    "channel",
    "kind",
    "urgency",
    "word",
    "answered",
    "on_time",
    "satisfied",
    "supervised",
    "reworked",
    "unmoderated",
    "sort",
    "cols",
];

/// The names that say which cases: each is a condition that can be taken away.
pub const CONDITIONS: std::ops::Range<usize> = 1..23;

/// After a unit's code: that unit alone, without those below it.
pub const ALONE: char = '!';

/// The value that asks for what has none.
pub const NONE: &str = "none";

/// What may be asked for with [`NONE`].
const MISSING: [(&str, Without); 4] = [
    ("class", Without::Class),
    ("place", Without::Place),
    ("officer", Without::Officer),
    ("word", Without::Word),
];

/// The longest value that is read.
const LONGEST: usize = 200;

/// What an address asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked(BTreeMap<&'static str, String>);

impl Asked {
    /// From what came in; names that mean nothing here are left out, and so are empty values.
    pub fn read(values: &Values) -> Asked {
        let mut out = BTreeMap::new();
        for name in NAMES {
            let mut value: String =
                values.one(name).chars().filter(|c| !c.is_control()).take(LONGEST).collect();
            if days::is_day(name) {
                value = days::plain(value.trim());
            }
            let said = !(value.is_empty() || name == "standing" && value == "any");
            if said {
                out.insert(name, value);
            }
        }
        // A box or a number elsewhere may say 1.
        for name in ["answered", "on_time", "satisfied", "supervised", "reworked", "unmoderated"] {
            match out.get(name).map(String::as_str) {
                Some("1") => drop(out.insert(name, "yes".to_owned())),
                Some("yes" | "no") | None => {}
                Some(_) => drop(out.remove(name)),
            }
        }
        // Pages with hundreds of links say a month for its first or last day.
        for (name, last) in [("from", false), ("to", true)] {
            let month = out.get(name).and_then(|v| format!("{v}-01").parse::<Date>().ok());
            if let Some(month) = month {
                let day = if last { month.last_of_month() } else { month };
                out.insert(name, day.to_string());
            }
        }
        Asked(out)
    }

    /// From the text after the `?` of an address.
    pub fn parse(query: &str) -> Asked {
        Asked::read(&web::form::parse_form(query.as_bytes()))
    }

    /// The value of a name; empty where it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The same with one value put in, or taken out where it is empty.
    pub fn with(&self, name: &'static str, value: &str) -> Asked {
        let mut out = self.clone();
        match value {
            "" => drop(out.0.remove(name)),
            value => drop(out.0.insert(name, value.to_owned())),
        }
        out
    }

    /// The same without one name.
    pub fn without(&self, name: &'static str) -> Asked {
        self.with(name, "")
    }

    /// The same without any condition: whose ledger, order and columns stay.
    pub fn bare(&self) -> Asked {
        NAMES[CONDITIONS].iter().fold(self.clone(), |asked, name| asked.without(name))
    }

    /// Whether any condition is set.
    pub fn is_bare(&self) -> bool {
        NAMES[CONDITIONS].iter().all(|name| self.get(name).is_empty())
    }

    /// As it stands in an address, in one fixed order, without the `?`.
    pub fn query(&self) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        for name in NAMES {
            if let Some(value) = self.0.get(name) {
                out.append_pair(name, value);
            }
        }
        out.finish()
    }

    /// The address of the ledger that it asks for.
    pub fn href(&self) -> String {
        self.under("/requests")
    }

    /// Another address with the same query.
    pub fn under(&self, path: &str) -> String {
        match self.query() {
            query if query.is_empty() => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }

    /// The columns to show.
    pub fn columns(&self) -> Vec<Column> {
        Column::list(self.get("cols"))
    }

    /// In which order.
    pub fn sort(&self) -> Sort {
        if self.get("sort") == "due" { Sort::Due } else { Sort::Received }
    }

    /// Which cases of a ledger. A value that means nothing (any more) fits no case, so that a list is
    /// never longer than what was asked for.
    pub fn filter(&self, ctx: &Ctx) -> Filter {
        let zone = ctx.site.zone;
        let day = |name: &str| self.get(name).parse::<Date>().ok();
        let yes = |name: &str| match self.get(name) {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        let missing = |name: &str| self.get(name) == NONE && MISSING.iter().any(|(m, _)| *m == name);
        let given =
            |name: &str| Some(self.get(name)).filter(|v| !v.is_empty() && !missing(name)).map(str::to_owned);
        let mut handlers = given("handling").map(|code| branch(ctx, &code));
        if let Some(level) = given("level") {
            let of = |u: &register::Unit| u.level == level;
            let at_level: Vec<UnitId> = ctx.dir.iter().filter(|u| of(u)).map(|u| u.id).collect();
            handlers = Some(match handlers {
                Some(some) => some.into_iter().filter(|id| at_level.contains(id)).collect(),
                None => at_level,
            });
        }
        let officer = given("officer");
        let account = officer.as_deref().and_then(|o| o.parse().ok());
        if officer.is_some() && account.is_none() {
            handlers = Some(Vec::new());
        }
        let named = given("view");
        let view = named.as_deref().and_then(|id| ctx.site.pack.views.iter().find(|v| v.id == id));
        if named.is_some() && view.is_none() {
            handlers = Some(Vec::new());
        }
        if !self.faults().is_empty() {
            handlers = Some(Vec::new());
        }
        let standing = match (standing(self.get("standing"), ctx), view) {
            (Standing::Any, Some(v)) if v.overdue => Standing::Overdue,
            // Said once more in the words of an index.
            (Standing::Any, Some(v)) if !v.states.is_empty() && v.states.iter().all(|s| !s.is_end()) => {
                Standing::Live
            }
            (asked, _) => asked,
        };
        Filter {
            words: self.get("q").to_owned(),
            standing,
            states: view.map(|v| v.states.clone()).unwrap_or_default(),
            class: given("class"),
            places: given("place").map(|code| branch(ctx, &code)),
            handlers,
            accountable: given("first").map(|code| branch(ctx, &code)),
            officer: account,
            channel: given("channel").or_else(|| view.and_then(|v| v.channel.clone())),
            kind: Kind::from_key(self.get("kind")),
            urgency: Urgency::from_key(self.get("urgency")),
            from: day("from").map(|d| zone.start_of(d)),
            to: day("to").and_then(|d| d.tomorrow().ok()).map(|d| zone.start_of(d)),
            word: Word::from_key(self.get("word")),
            satisfied: yes("satisfied"),
            answered: yes("answered"),
            on_time: yes("on_time"),
            supervised: yes("supervised") == Some(true),
            reworked: yes("reworked") == Some(true),
            unmoderated: yes("unmoderated") == Some(true),
            without: MISSING.iter().filter(|(name, _)| missing(name)).map(|(_, w)| *w).collect(),
            as_of: self.past(ctx),
            ..Filter::default()
        }
    }

    /// The day as of which it is asked; none for how things stand.
    pub fn as_of(&self) -> Option<Date> {
        self.get("as_of").parse().ok()
    }

    /// The last instant of the day as of which it is asked; none for how things stand, and for a day that is
    /// not over.
    pub fn past(&self, ctx: &Ctx) -> Option<Timestamp> {
        let end = ctx.site.zone.start_of(self.as_of()?.tomorrow().ok()?);
        (end <= ctx.site.now()).then(|| end.plus(-1))
    }

    /// The same reader at the instant as of which it is asked, so that "overdue" and "days used" are those of
    /// then. To be read with, never to act with.
    pub fn then(&self, ctx: &Ctx) -> Ctx {
        let mut then = ctx.clone();
        then.at = self.past(ctx).unwrap_or(ctx.at);
        then
    }

    /// What only this book needs: the query says whose ledger in the book's own word.
    pub fn of_book(&self, book: &Book) -> Asked {
        self.with("unit", &book.code)
    }
}

/// The first instant of tomorrow: what is due before it is due today.
pub(crate) fn evening(ctx: &Ctx) -> Timestamp {
    let today = ctx.today();
    ctx.site.zone.start_of(today.tomorrow().unwrap_or(today))
}

fn standing(word: &str, ctx: &Ctx) -> Standing {
    match word {
        "live" => Standing::Live,
        "ended" => Standing::Ended,
        "overdue" => Standing::Overdue,
        "today" => Standing::DueWithin(ctx.at, evening(ctx)),
        "week" => Standing::DueWithin(ctx.at, evening(ctx).plus(6 * DAY)),
        _ => State::from_key(word).map_or(Standing::Any, Standing::In),
    }
}

/// A unit and everything below it, or the unit alone; nothing for a code that is not there.
fn branch(ctx: &Ctx, code: &str) -> Vec<UnitId> {
    let alone = code.strip_suffix(ALONE);
    match (ctx.dir.by_code(alone.unwrap_or(code)), alone) {
        (Some(unit), Some(_)) => vec![unit.id],
        (Some(unit), None) => ctx.dir.subtree(&unit.path).map(|u| u.id).collect(),
        (None, _) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_in_one_order_and_read_back() {
        let asked = Asked::parse(
            "word=solved&q=%E8%B7%AF%E7%81%AF&unit=901&lang=en&nonsense=1&on_time=1&satisfied=maybe&standing=any",
        );
        assert_eq!(asked.query(), "unit=901&q=%E8%B7%AF%E7%81%AF&word=solved&on_time=yes");
        assert_eq!(Asked::parse(&asked.query()), asked);
        assert_eq!(
            asked.without("q").with("class", "06").href(),
            "/requests?unit=901&class=06&word=solved&on_time=yes"
        );
        assert_eq!(asked.bare().query(), "unit=901");
        assert!(asked.bare().is_bare() && !asked.is_bare());
        assert_eq!(Asked::default().href(), "/requests");
    }

    #[test]
    fn a_month_stands_for_its_first_or_last_day() {
        let asked = Asked::parse("first=901&from=2026-01&to=2026-02");
        assert_eq!(asked.query(), "from=2026-01-01&to=2026-02-28&first=901");
        let same = Asked::parse("unit=9&first=901&from=2026-01-05&to=2026-13");
        assert_eq!(same.query(), "unit=9&from=2026-01-05&to=2026-13&first=901");
    }

    #[test]
    fn a_long_or_broken_value_is_cut_and_cleaned() {
        let asked = Asked::parse(&format!("q=a%00b{}", "x".repeat(500)));
        assert_eq!(asked.get("q").chars().count(), LONGEST);
        assert!(asked.get("q").starts_with("abx"));
    }

    #[test]
    fn the_conditions_are_what_says_which_cases() {
        assert_eq!(NAMES[CONDITIONS].first(), Some(&"view"));
        assert_eq!(NAMES[CONDITIONS].last(), Some(&"unmoderated"));
    }
}
