//! The books that are kept today, as views over records: visit diary 民情日记, ledger of needs 民情台账, promises, and
//! needs by class. Of oneself, of somebody of a unit where one may read what is in it, or of a unit with all below it; as of
//! any day; as a file, which is written part by part and has all of it. Nothing is typed for them.

mod diary;
mod names;
mod needs;

pub(super) use diary::diary;
pub(in crate::pages) use diary::{brought, forgotten, learnt, or_gone, partly, said};
pub(super) use needs::{classes, needs, promises};

use super::export::{Sheet, cells};
use crate::visits::NeedsOf;
use access::{Noun, SharedSite, Staff, Target, Verb};
use axum::response::{IntoResponse, Response};
use db::Tx;
use kernel::{AccountId, Date, Error, Result, Timestamp};
use maud::{Markup, html};
use names::{Names, colleague};
use requests::Ctx;
use web::components::{Chip, button_link, chips, empty_state, pager};
use web::form::{Field, date_field, hidden};
use web::{FormState, Look, Page, PageResult, Values, format};

/// Where the diary is.
const DIARY: &str = "/visits/diary";
/// Rows of a page.
const PAGE: usize = 50;
/// Where promises that stand open are.
const PROMISES: &str = "/visits/promises";
/// Rows of a file read at a time: between two of these others have their turn.
const BATCH: usize = 500;

/// What the address asks for.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub(super) struct Asked {
    /// A unit's code; empty: what I heard myself.
    #[serde(default)]
    unit: String,
    /// Somebody's account: what they heard.
    #[serde(default)]
    person: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    as_of: String,
    #[serde(default)]
    after: String,
    /// `again`: only what came up again; `open`: only what has not ended; `rated`, or a grade: only what the family rated.
    #[serde(default)]
    only: String,
    /// `csv` or `xlsx`: as a file.
    #[serde(default)]
    format: String,
}

impl Asked {
    fn day(text: &str) -> Option<Date> {
        text.trim().parse().ok()
    }

    /// The same with other values.
    fn href(&self, path: &str, other: &[(&str, &str)]) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        let own = [
            ("unit", &self.unit),
            ("person", &self.person),
            ("from", &self.from),
            ("to", &self.to),
            ("as_of", &self.as_of),
            ("only", &self.only),
        ];
        for (name, value) in own {
            let value = other.iter().find(|(n, _)| *n == name).map_or(value.as_str(), |(_, v)| v);
            if !value.is_empty() {
                out.append_pair(name, value);
            }
        }
        for (name, value) in other.iter().filter(|(n, _)| matches!(*n, "format" | "after")) {
            out.append_pair(name, value);
        }
        let query = out.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

/// A part of a book: its rows, and behind what it goes on.
struct Part {
    sheet: Sheet,
    next: Option<String>,
    /// How many rows the book has, where that is counted.
    all: Option<i64>,
    filters: Vec<Chip>,
}

impl Part {
    /// The last part of a book.
    fn whole(sheet: Sheet) -> Part {
        Part { sheet, next: None, all: None, filters: Vec::new() }
    }
}

/// Reads a part of a book.
type ReadPart = fn(&mut dyn Tx, &Desk) -> Result<Part>;

/// One book for one reader.
#[derive(Clone)]
struct Desk {
    look: Look,
    ctx: Ctx,
    asked: Asked,
    /// Whose book it is where it is of no unit.
    of: AccountId,
    /// Their name, where they are not who reads.
    name: Option<String>,
    /// The path of the unit; none where it is about somebody.
    unit: Option<String>,
    from: Date,
    to: Date,
    known: Timestamp,
    most: usize,
}

impl Desk {
    async fn open(site: &SharedSite, staff: &Staff, asked: Asked) -> Result<Desk> {
        let ctx = Ctx::new(site, staff.scope.clone());
        let verb = if asked.format.is_empty() { Verb::View } else { Verb::Export };
        let me = staff.account()?.id;
        let (mut of, mut name, mut unit) = (me, None, None);
        match (asked.person.as_str(), asked.unit.as_str()) {
            ("", "") => {
                let own = Target { officer: Some(me), ..Target::default() };
                access::demand(&ctx.scope, verb, Noun::Visit, own)?;
            }
            ("", code) => {
                let found = ctx.dir.by_code(code).ok_or(Error::NotFound)?;
                access::demand(&ctx.scope, verb, Noun::Visit, found.path.as_str())?;
                unit = Some(found.path.clone());
            }
            (person, _) => {
                of = person.parse().map_err(|_| Error::NotFound)?;
                name = ctx.read(move |tx, ctx| colleague(tx, ctx, verb, of)).await?;
                if name.is_none() {
                    return Err(Error::NotFound);
                }
            }
        }
        let today = ctx.today();
        let as_of = Asked::day(&asked.as_of).filter(|d| *d < today);
        let last = as_of.unwrap_or(today);
        let given = Asked::day(&asked.to).filter(|_| asked.from.trim().is_empty());
        let from = Asked::day(&asked.from)
            .unwrap_or_else(|| months_before(given.map_or(last, |to| to.min(last)), 3));
        let to = Asked::day(&asked.to).unwrap_or(last);
        let known = as_of.map_or(Timestamp(i64::MAX), |d| records::as_of(ctx.site.zone, d));
        let most = if asked.format.is_empty() { PAGE } else { BATCH };
        Ok(Desk { look: staff.look.clone(), ctx, asked, of, name, unit, from, to, known, most })
    }

    fn needs_of(&self) -> NeedsOf {
        match &self.unit {
            Some(path) => NeedsOf::Unit(path.clone()),
            None => NeedsOf::Account(self.of, self.last()),
        }
    }

    /// Whether it is a page and no file.
    fn is_page(&self) -> bool {
        self.asked.format.is_empty()
    }

    /// The book as a page, or as a file.
    async fn serve(self, path: &'static str, read: ReadPart) -> PageResult {
        if !self.is_page() {
            return Ok(self.file(read).await?);
        }
        let own = self.clone();
        let part = self.ctx.read(move |tx, _| read(tx, &own)).await?;
        Ok(self.page(path, &part))
    }

    /// All of the book, part by part, from its beginning.
    async fn file(mut self, read: ReadPart) -> Result<Response> {
        self.asked.after.clear();
        let mut out = None;
        loop {
            let own = self.clone();
            let part = self.ctx.read(move |tx, _| read(tx, &own)).await?;
            let (file, _) = match &mut out {
                Some(begun) => begun,
                None => out.insert((
                    part.sheet.begin(&self.asked.format, self.look.locale)?,
                    part.sheet.file_name(&self.asked.format),
                )),
            };
            for (row, _) in &part.sheet.rows {
                file.row(&cells(row))?;
            }
            match part.next {
                Some(next) => self.asked.after = next,
                None => break,
            }
        }
        let (file, name) = out.ok_or_else(|| Error::internal("a book has at least one part"))?;
        file.send(&name, &name)
    }

    /// The last day that is known of.
    fn last(&self) -> Date {
        match self.known.0 {
            i64::MAX => self.ctx.today(),
            _ => self.ctx.site.zone.date(self.known.plus(-1)),
        }
    }

    /// The page around a book.
    fn page(&self, path: &'static str, part: &Part) -> Response {
        let (look, asked, sheet) = (&self.look, &self.asked, &part.sheet);
        let whose = match (&self.unit, &self.name) {
            (Some(_), _) => self
                .ctx
                .dir
                .by_code(&asked.unit)
                .map(|u| u.name.to(look.locale).to_owned())
                .unwrap_or_default(),
            (None, Some(name)) => name.clone(),
            (None, None) => look.t("我自己的", "My own").to_owned(),
        };
        let next = part.next.as_ref().map(|at| asked.href(path, &[("after", at)]));
        let first = (!asked.after.is_empty()).then(|| asked.href(path, &[]));
        let note = part.all.map(|n| {
            let n = format::number(n);
            look.t(&format!("共 {n} 件"), &format!("{n} in all")).to_owned()
        });
        let book = |href: &str, zh: &str, en: &str| Chip {
            label: look.t(zh, en).to_owned(),
            href: asked.href(href, &[("only", "")]),
            on: href == path,
            one_of: true,
        };
        let visit = &self.ctx.site.pack.visit;
        let books = [
            book(DIARY, &visit.diary.zh, &visit.diary.en),
            book("/visits/needs", &visit.ledger.zh, &visit.ledger.en),
            book(PROMISES, "答应的事", "Promises"),
            book("/visits/classes", "按类别", "By class"),
        ];
        let files = html! {
            a href=(asked.href(path, &[("format", "xlsx")])) { "XLSX" } " "
            a href=(asked.href(path, &[("format", "csv")])) { "CSV" }
        };
        let page = Page::new(look, format!("{} · {whose}", sheet.title.to(look.locale)))
            .at("/visits")
            .lede(html! { p { (self.span(path)) } @if path == DIARY { p.hint { (partly(look.locale)) } } })
            .main(chips(look, &books, html! {}))
            .main(self.form(path))
            .main(chips(look, &part.filters, files))
            .main(html! {
                @if sheet.rows.is_empty() { (empty_state(look.t("这段时间没有。", "Nothing in this time."), None)) }
                @else { (sheet.table(look).render()) }
                (pager(look, first.as_deref(), next.as_deref(), note.as_deref().unwrap_or("")))
            });
        page.into_response()
    }

    fn span(&self, path: &str) -> String {
        let l = self.look.locale;
        let days = match self.spans(path) {
            true => format!("{} – {}", format::day_year(l, self.from), format::day_year(l, self.to)),
            false => self.look.t("不论哪天答应的", "On whichever day it was promised").to_owned(),
        };
        match Asked::day(&self.asked.as_of) {
            Some(day) => {
                let day = format::day_year(l, day);
                self.look
                    .t(&format!("{days}，截至 {day} 已知的"), &format!("{days}, as known on {day}"))
                    .to_owned()
            }
            None => days,
        }
    }

    /// Whether the book is of some days: what was promised and stands open is shown whenever it was promised, unless days
    /// are asked for.
    fn spans(&self, path: &str) -> bool {
        let asked = |day: &str| Asked::day(day).is_some();
        path != PROMISES || asked(&self.asked.from) || asked(&self.asked.to)
    }

    /// Days and the unit: a plain form.
    fn form(&self, path: &str) -> Markup {
        let look = &self.look;
        let mut values = Values::default();
        for (name, day) in [
            ("from", Some(self.from).filter(|_| self.spans(path))),
            ("to", Some(self.to).filter(|_| self.spans(path))),
            ("as_of", Asked::day(&self.asked.as_of)),
        ] {
            values.set(name, day.map(|d| d.to_string()).unwrap_or_default());
        }
        let state = FormState::new(values);
        html! {
            details.card {
                summary { (look.t("换时间、换范围", "Other days, another reach")) }
                form.stack method="get" action=(path) {
                    @if !self.asked.unit.is_empty() { (hidden("unit", &self.asked.unit)) }
                    @if !self.asked.person.is_empty() { (hidden("person", &self.asked.person)) }
                    (date_field(look, &state, Field::new("from", look.t("从", "From"))))
                    (date_field(look, &state, Field::new("to", look.t("到", "To"))))
                    (date_field(look, &state, Field::new("as_of", look.t("截至哪天已知的", "As known on"))))
                    div.actions { button.btn type="submit" { (look.t("看", "Show")) } }
                }
                div.actions {
                    @if self.unit.is_some() || self.name.is_some() { (button_link(look.t("我自己的", "My own"), path)) }
                    @for unit in self.reach() {
                        (button_link(unit.0.as_str(), &self.asked.href(path, &[("unit", &unit.1), ("person", "")])))
                    }
                }
            }
        }
    }

    /// Units that whoever reads may choose: those of their posts, and right below the one that is shown.
    fn reach(&self) -> Vec<(String, String)> {
        let may = |path: &str| access::may(&self.ctx.scope, Verb::View, Noun::Visit, path);
        let here = self.ctx.dir.by_code(&self.asked.unit);
        let near: Vec<_> = match here {
            Some(unit) => {
                self.ctx.dir.parent(unit.id).into_iter().chain(self.ctx.dir.children(unit.id)).collect()
            }
            None => {
                let posts = self.ctx.scope.grants.iter().filter_map(|g| self.ctx.dir.get(g.unit));
                let root = self.ctx.dir.root();
                posts.chain(root).collect()
            }
        };
        let mut out: Vec<(String, String)> = near
            .into_iter()
            .filter(|u| may(&u.path) && !self.ctx.site.pack.unit_kind(&u.kind).is_some_and(|k| k.office))
            .map(|u| (u.name.to(self.look.locale).to_owned(), u.code.clone()))
            .take(40)
            .collect();
        out.dedup();
        out
    }

    fn unit_name(&self, id: kernel::UnitId) -> String {
        self.ctx.dir.name(id, self.look.locale).to_owned()
    }

    fn place(&self, path: &str) -> String {
        let code = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        self.ctx.dir.by_code(code).map(|u| self.ctx.dir.full_name(u.id, self.look.locale)).unwrap_or_default()
    }
}

/// The same day of the month so many months before.
fn months_before(day: Date, months: i32) -> Date {
    let (mut year, mut month) = (i32::from(day.year()), i32::from(day.month()) - months);
    while month < 1 {
        (year, month) = (year - 1, month + 12);
    }
    Date::new(year as i16, month as i8, 1).unwrap_or(day)
}
