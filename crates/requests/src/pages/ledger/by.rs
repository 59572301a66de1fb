//! Tables of a ledger: by unit, officer, level, class, place, channel. Every number is the length of
//! the list it leads to.

use super::{by_open, by_tally, labels};
use crate::Ctx;
use crate::export::{self, Asked, Book, CONDITIONS, NAMES};
use crate::pages::eye::Eye;
use access::{SharedSite, Staff, Verb};
use axum::extract::{Path, RawQuery, State};
use axum::response::IntoResponse;
use kernel::{Date, Error, Say};
use maud::{Markup, html};
use web::components::{Chip, Tab, chips, tabs};
use web::page::Crumb;
use web::{Page, PageResult, format};

/// By what a table is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dimension {
    Unit,
    Officer,
    Level,
    Class,
    Place,
    Channel,
}

impl Dimension {
    const ALL: [Dimension; 6] = [
        Dimension::Unit,
        Dimension::Officer,
        Dimension::Level,
        Dimension::Class,
        Dimension::Place,
        Dimension::Channel,
    ];

    pub(super) fn key(self) -> &'static str {
        match self {
            Dimension::Unit => "unit",
            Dimension::Officer => "officer",
            Dimension::Level => "level",
            Dimension::Class => "class",
            Dimension::Place => "place",
            Dimension::Channel => "channel",
        }
    }

    pub(super) fn name(self) -> Say {
        match self {
            Dimension::Unit => Say::new("单位", "Unit"),
            Dimension::Officer => Say::new("责任人", "Officer"),
            Dimension::Level => Say::new("层级", "Level"),
            Dimension::Class => Say::new("类别", "Class"),
            Dimension::Place => Say::new("地点", "Place"),
            Dimension::Channel => Say::new("渠道", "Channel"),
        }
    }

    /// The address of the table.
    pub(super) fn path(self) -> String {
        format!("/requests/by/{}", self.key())
    }
}

/// Whole months, both included: the counters know no days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Months {
    pub(super) from: Date,
    pub(super) to: Date,
}

impl Months {
    /// As asked for; the last twelve where nothing is.
    pub(super) fn of(asked: &Asked, today: Date) -> Months {
        let day = |name: &str| asked.get(name).parse::<Date>().ok().map(|d| d.first_of_month());
        let to = day("to").unwrap_or_else(|| today.first_of_month());
        let from = day("from").unwrap_or_else(|| earlier(to, 11));
        Months { from: from.min(to), to }
    }

    /// As the counters name them.
    pub(super) fn keys(self) -> (String, String) {
        let key = |d: Date| format!("{:04}-{:02}", d.year(), d.month());
        (key(self.from), key(self.to))
    }

    /// As a condition of the ledger.
    pub(super) fn put(self, asked: &Asked) -> Asked {
        asked.with("from", &self.from.to_string()).with("to", &self.to.last_of_month().to_string())
    }
}

/// So many months earlier.
fn earlier(date: Date, months: i16) -> Date {
    let all = date.year() * 12 + i16::from(date.month()) - 1 - months;
    Date::new(all.div_euclid(12), (all.rem_euclid(12) + 1) as i8, 1).unwrap_or(date)
}

/// `GET /requests/by/{dimension}`
pub(super) async fn show(
    State(site): State<SharedSite>,
    Staff(visitor): Staff,
    Path(word): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let by = Dimension::ALL.into_iter().find(|d| d.key() == word).ok_or(Error::NotFound)?;
    let now = Ctx::new(&site, visitor.scope.clone());
    // What has ended is in the first table, what is open in the second.
    let asked = Asked::parse(&query.unwrap_or_default()).without("standing").without("cols").without("sort");
    let ctx = asked.then(&now);
    let book = export::open_for(&ctx, Verb::List, &asked)?;
    asked.sound()?;
    let months = Months::of(&asked, ctx.today());
    let (wanted, mine) = (asked.clone(), book.clone());
    let (tally, open, names) = ctx
        .read(move |tx, ctx| {
            let tally = match by_tally::applies(by, &mine, &wanted) {
                true => Some(by_tally::read(tx, ctx, by, &mine, &wanted, months)?),
                false => None,
            };
            let open = by_open::read(tx, ctx, by, &mine, &wanted)?;
            Ok((tally, open, access::accounts::all_names(tx)?))
        })
        .await?;
    let eye = Eye::new(&visitor.look, &ctx).with_names(names.into_iter().collect());
    let name = book.name(&ctx, eye.locale());
    let (zh, en) = (by.name().zh, by.name().en.to_lowercase());
    let title = eye.look.locale.t(&format!("按{zh}统计 · {name}"), &format!("By {en} · {name}")).to_owned();
    let mut page = Page::new(&visitor.look, title)
        .at("/requests")
        .crumbs(crumbs(&eye, by, &asked, &book))
        .main(dimensions(&eye, by, &asked))
        .main(chips(&visitor.look, &conditions(&eye, by, &asked, months, tally.is_some()), html! {}));
    if let Some(lines) = &tally {
        page = page.main(by_tally::view(&eye, by, &asked.of_book(&book), months, lines));
    }
    Ok(page.main(by_open::view(&eye, by, &asked.of_book(&book), &open)).into_response())
}

fn crumbs(eye: &Eye, by: Dimension, asked: &Asked, book: &Book) -> Vec<Crumb> {
    let crumb = |href: String, label: &str| Crumb { href, label: label.to_owned() };
    let mut out = vec![crumb(asked.href(), eye.t("台账", "Ledger"))];
    let above = book.unit.map(|u| eye.ctx.dir.ancestors(u)).unwrap_or_default();
    for unit in above {
        if export::open(&eye.ctx, Verb::List, &unit.code).is_ok() {
            out.push(crumb(asked.with("unit", &unit.code).under(&by.path()), unit.name(eye.locale())));
        }
    }
    out
}

fn dimensions(eye: &Eye, by: Dimension, asked: &Asked) -> Markup {
    let items: Vec<Tab> = Dimension::ALL
        .into_iter()
        .map(|d| Tab {
            label: match eye.locale() {
                kernel::Locale::Zh => format!("按{}", d.name().zh),
                kernel::Locale::En => format!("By {}", d.name().en.to_lowercase()),
            },
            href: asked.under(&d.path()),
            current: d == by,
            count: None,
        })
        .collect();
    tabs(eye.t("按什么统计", "By what"), &items)
}

/// The conditions that are set; the months, where counters are shown, always are.
fn conditions(eye: &Eye, by: Dimension, asked: &Asked, months: Months, counted: bool) -> Vec<Chip> {
    let mut out: Vec<Chip> = labels::labels(eye, asked)
        .into_iter()
        .map(|l| {
            let less =
                if l.name == "from" { asked.without("from").without("to") } else { asked.without(l.name) };
            Chip { label: l.text, href: less.under(&by.path()), on: true, ..Chip::default() }
        })
        .collect();
    if counted {
        let today = eye.ctx.today();
        let this = today.first_of_month();
        for (n, zh, en) in
            [(0, "本月", "This month"), (2, "近三个月", "3 months"), (11, "近十二个月", "12 months")]
        {
            let span = Months { from: earlier(this, n), to: this };
            if span != months {
                let href = span.put(asked).under(&by.path());
                out.push(Chip { label: eye.t(zh, en).to_owned(), href, ..Chip::default() });
            }
        }
    }
    out
}

/// The months in words.
pub(super) fn span(eye: &Eye, months: Months) -> String {
    let name = |d| format::month(eye.locale(), d);
    if months.from == months.to {
        return name(months.from);
    }
    match eye.locale() {
        kernel::Locale::Zh => format!("{}至{}", name(months.from), name(months.to)),
        kernel::Locale::En => format!("{} to {}", name(months.from), name(months.to)),
    }
}

/// Whether any condition besides these is set.
pub(super) fn has_more_than(asked: &Asked, names: &[&str]) -> bool {
    NAMES[CONDITIONS].iter().any(|n| !names.contains(n) && !asked.get(n).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_whole_and_cross_the_year() {
        let today = Date::constant(2026, 3, 17);
        let usual = Months::of(&Asked::default(), today);
        assert_eq!(usual.keys(), ("2025-04".to_owned(), "2026-03".to_owned()));
        let some = Months::of(&Asked::parse("from=2026-01-20&to=2026-02-10"), today);
        assert_eq!(some.put(&Asked::default()).query(), "from=2026-01-01&to=2026-02-28");
        let wrong = Months::of(&Asked::parse("from=2026-05-20&to=2026-02-10"), today);
        assert_eq!(wrong.from, wrong.to);
    }
}
