//! The books that are kept today, as views over records: visit diary 民情日记, ledger of needs 民情台账, promises, and
//! needs by class. Of oneself, or of a unit with all below it; as of any day; as a file. Nothing is typed for them.

use super::export::Sheet;
use crate::visits::{self, KIND, NeedsOf, needs_by_class};
use access::{Noun, SharedSite, Staff, Target, Verb, accounts};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use db::Tx;
use kernel::{AccountId, Date, Error, HouseholdId, Locale, Result, Text, Timestamp};
use maud::{Markup, html};
use records::{Cursor, Listing, Whose};
use requests::Ctx;
use std::collections::HashMap;
use web::components::{Chip, button_link, chips, empty_state, pager};
use web::form::{Field, date_field, hidden};
use web::{FormState, Look, Page, PageResult, Values, format};

/// Rows of a page.
const PAGE: usize = 50;
/// The most rows of a file.
const FILE: usize = 20_000;

/// What the address asks for.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub(super) struct Asked {
    /// A unit's code; empty: what I heard myself.
    #[serde(default)]
    unit: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    as_of: String,
    #[serde(default)]
    after: String,
    /// `again`: only what came up again; `open`: only what has not ended.
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

/// One book for one reader.
#[derive(Clone)]
struct Desk {
    look: Look,
    ctx: Ctx,
    me: AccountId,
    asked: Asked,
    /// The path of the unit; none where it is about oneself.
    unit: Option<String>,
    from: Date,
    to: Date,
    known: Timestamp,
    most: usize,
}

impl Desk {
    fn open(site: &SharedSite, staff: &Staff, asked: Asked) -> Result<Desk> {
        let ctx = Ctx::new(site, staff.scope.clone());
        let verb = if asked.format.is_empty() { Verb::View } else { Verb::Export };
        let me = staff.account()?.id;
        let unit = match asked.unit.as_str() {
            "" => {
                let own = Target { officer: Some(me), ..Target::default() };
                access::demand(&ctx.scope, verb, Noun::Visit, own)?;
                None
            }
            code => {
                let unit = ctx.dir.by_code(code).ok_or(Error::NotFound)?;
                access::demand(&ctx.scope, verb, Noun::Visit, unit.path.as_str())?;
                Some(unit.path.clone())
            }
        };
        let today = ctx.today();
        let as_of = Asked::day(&asked.as_of).filter(|d| *d < today);
        let last = as_of.unwrap_or(today);
        let from = Asked::day(&asked.from).unwrap_or_else(|| months_before(last, 3));
        let to = Asked::day(&asked.to).unwrap_or(last);
        let known = as_of.map_or(Timestamp(i64::MAX), |d| records::as_of(ctx.site.zone, d));
        let most = if asked.format.is_empty() { PAGE } else { FILE };
        Ok(Desk { look: staff.look.clone(), ctx, me, asked, unit, from, to, known, most })
    }

    fn needs_of(&self) -> NeedsOf {
        match &self.unit {
            Some(path) => NeedsOf::Unit(path.clone(), self.from, self.to),
            None => NeedsOf::Account(self.me),
        }
    }

    /// The page around a book, or the book as a file.
    fn answer(
        &self,
        path: &'static str,
        sheet: &Sheet,
        next: Option<String>,
        filters: &[Chip],
    ) -> Result<Response> {
        if !self.asked.format.is_empty() {
            return sheet.file(&self.asked.format, self.look.locale);
        }
        let (look, asked) = (&self.look, &self.asked);
        let whose = match &self.unit {
            Some(_) => self
                .ctx
                .dir
                .by_code(&asked.unit)
                .map(|u| u.name.to(look.locale).to_owned())
                .unwrap_or_default(),
            None => look.t("我自己的", "My own").to_owned(),
        };
        let book = |href: &str, zh: &str, en: &str| Chip {
            label: look.t(zh, en).to_owned(),
            href: asked.href(href, &[("only", "")]),
            on: href == path,
            one_of: true,
        };
        let visit = &self.ctx.site.pack.visit;
        let books = [
            book("/visits/diary", &visit.diary.zh, &visit.diary.en),
            book("/visits/needs", &visit.ledger.zh, &visit.ledger.en),
            book("/visits/promises", "答应的事", "Promises"),
            book("/visits/classes", "按类别", "By class"),
        ];
        let files = html! {
            a href=(asked.href(path, &[("format", "xlsx")])) { "XLSX" } " "
            a href=(asked.href(path, &[("format", "csv")])) { "CSV" }
        };
        let page = Page::new(look, format!("{} · {whose}", sheet.title.to(look.locale)))
            .at("/visits")
            .lede(html! { p { (self.span()) } })
            .main(chips(look, &books, html! {}))
            .main(self.form(path))
            .main(chips(look, filters, files))
            .main(html! {
                @if sheet.rows.is_empty() { (empty_state(look.t("这段时间没有。", "Nothing in this time."), None)) }
                @else { (sheet.table(look).render()) }
                (pager(look, None, next.as_deref(), ""))
            });
        Ok(page.into_response())
    }

    fn span(&self) -> String {
        let l = self.look.locale;
        let days = format!("{} – {}", format::day_year(l, self.from), format::day_year(l, self.to));
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

    /// Days and the unit: a plain form.
    fn form(&self, path: &str) -> Markup {
        let look = &self.look;
        let mut values = Values::default();
        for (name, day) in
            [("from", Some(self.from)), ("to", Some(self.to)), ("as_of", Asked::day(&self.asked.as_of))]
        {
            values.set(name, day.map(|d| d.to_string()).unwrap_or_default());
        }
        let state = FormState::new(values);
        html! {
            details.card {
                summary { (look.t("换时间、换范围", "Other days, another reach")) }
                form.stack method="get" action=(path) {
                    @if !self.asked.unit.is_empty() { (hidden("unit", &self.asked.unit)) }
                    (date_field(look, &state, Field::new("from", look.t("从", "From"))))
                    (date_field(look, &state, Field::new("to", look.t("到", "To"))))
                    (date_field(look, &state, Field::new("as_of", look.t("截至哪天已知的", "As known on"))))
                    div.actions { button.btn type="submit" { (look.t("看", "Show")) } }
                }
                div.actions {
                    @if self.unit.is_some() { (button_link(look.t("我自己的", "My own"), path)) }
                    @for unit in self.reach() {
                        (button_link(unit.0.as_str(), &self.asked.href(path, &[("unit", &unit.1)])))
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

/// Names of staff and codes of households, each looked up once.
#[derive(Default)]
struct Names {
    staff: HashMap<AccountId, String>,
    homes: HashMap<HouseholdId, String>,
}

impl Names {
    fn staff(&mut self, tx: &mut dyn Tx, id: AccountId) -> Result<String> {
        if let Some(known) = self.staff.get(&id) {
            return Ok(known.clone());
        }
        let name = accounts::by_id(tx, id)?.map(|a| a.name).unwrap_or_default();
        self.staff.insert(id, name.clone());
        Ok(name)
    }

    fn home(&mut self, tx: &mut dyn Tx, id: HouseholdId) -> Result<String> {
        if let Some(known) = self.homes.get(&id) {
            return Ok(known.clone());
        }
        let code = register::households::get(tx, id)?.map(|h| h.code).unwrap_or_default();
        self.homes.insert(id, code.clone());
        Ok(code)
    }
}

/// `GET /visits/diary`
pub(super) async fn diary(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> PageResult {
    let desk = Desk::open(&site, &staff, asked)?;
    let own = desk.clone();
    let (sheet, next) = desk.ctx.read(move |tx, _| diary_of(tx, &own)).await?;
    let next = next.map(|at| desk.asked.href("/visits/diary", &[("after", &at)]));
    Ok(desk.answer("/visits/diary", &sheet, next, &[])?)
}

fn diary_of(tx: &mut dyn Tx, desk: &Desk) -> Result<(Sheet, Option<String>)> {
    let whose = match &desk.unit {
        Some(path) => Whose::Unit(path.clone()),
        None => Whose::Account(desk.me),
    };
    let after = desk
        .asked
        .after
        .split_once('.')
        .and_then(|(day, ord)| Some(Cursor { on: day.parse().ok()?, ord: ord.parse().ok()? }));
    let known = Some(desk.known).filter(|k| k.0 != i64::MAX);
    let listing = Listing {
        from: Some(desk.from),
        to: Some(desk.to),
        known,
        after,
        ..Listing::new(whose, KIND, desk.most)
    };
    let all = records::list(tx, &listing)?;
    let next = all.last().filter(|_| all.len() == desk.most).map(|r| format!("{}.{}", r.on, r.id.ord()));
    let mut names = Names::default();
    let (l, zone) = (desk.look.locale, desk.ctx.site.zone);
    let mut sheet = Sheet::new(
        desk.ctx.site.pack.visit.diary.clone(),
        &[
            ("走访时间", "Day", false),
            ("户编号", "Household", false),
            ("地点", "Place", false),
            ("走访人", "Visitor", false),
            ("单位", "Unit", true),
            ("情况", "What was learnt", false),
            ("登记诉求", "Needs", true),
            ("答应的事", "Promises", true),
            ("手机上记的时间", "Noted on the phone", true),
            ("收到时间", "Received", true),
            ("更正", "Correction", true),
        ],
    );
    for r in all {
        let count = |name: &str| match r.data.get(name) {
            Some(serde_json::Value::Array(all)) => all.len().to_string(),
            Some(n) => n.to_string(),
            None => "0".to_owned(),
        };
        let wrong = if r.clock_was_wrong() {
            desk.look.t("（手机钟不准）", " (clock of the phone was off)")
        } else {
            ""
        };
        let phone =
            r.device_at.map(|at| format!("{}{wrong}", format::moment_year(l, zone, at))).unwrap_or_default();
        let text = if r.text.is_empty() {
            desk.look.t("没有新情况", "Nothing new").to_owned()
        } else {
            said(&desk.ctx, &r.data, &r.text, l)
        };
        sheet.rows.push((
            vec![
                format::day_year(l, r.on),
                names.home(tx, r.household)?,
                desk.place(&r.path),
                names.staff(tx, r.account)?,
                desk.unit_name(r.unit),
                text,
                count("needs"),
                count("promised"),
                phone,
                format::moment_year(l, zone, r.received_at),
                if r.corrects.is_some() {
                    desk.look.t("更正过", "Corrected").to_owned()
                } else {
                    String::new()
                },
            ],
            Some(format!("/visits/households/{}", names.home(tx, r.household)?)),
        ));
    }
    Ok((sheet, next))
}

/// What was learnt in the reader's language: the words of the pack from the particulars, the family's as they are.
pub(super) fn said(ctx: &Ctx, data: &serde_json::Value, text: &str, locale: Locale) -> String {
    if locale == Locale::Zh {
        return text.to_owned();
    }
    let rule = &ctx.site.pack.visit;
    let answers = data.get("answers").and_then(|a| a.as_array()).cloned().unwrap_or_default();
    let lines: Vec<String> = answers
        .iter()
        .filter_map(|a| {
            let question = rule.question(a.get("question")?.as_str()?)?;
            let chosen = a.get("choices")?.as_array()?.iter().filter_map(|c| question.choice(c.as_str()?));
            let mut parts: Vec<String> = chosen.map(|c| c.name.to(locale).to_owned()).collect();
            parts.extend(a.get("text").and_then(|t| t.as_str()).filter(|t| !t.is_empty()).map(str::to_owned));
            Some(format!("{}: {}", question.name.to(locale), parts.join(", ")))
        })
        .collect();
    lines.join("; ")
}

/// `GET /visits/needs`
pub(super) async fn needs(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> PageResult {
    let desk = Desk::open(&site, &staff, asked)?;
    let own = desk.clone();
    let sheet = desk.ctx.read(move |tx, _| needs_of(tx, &own)).await?;
    let chip = |value: &str, zh: &str, en: &str| {
        let on = desk.asked.only == value;
        let href = desk.asked.href("/visits/needs", &[("only", if on { "" } else { value })]);
        Chip { label: desk.look.t(zh, en).to_owned(), href, on, one_of: false }
    };
    let filters = [
        chip("open", "还没了结", "Not ended"),
        chip("again", "又提起的", "Came up again"),
        chip("tell", "该告诉家里人的", "Family to be told"),
    ];
    Ok(desk.answer("/visits/needs", &sheet, None, &filters)?)
}

fn needs_of(tx: &mut dyn Tx, desk: &Desk) -> Result<Sheet> {
    let mut all = visits::needs(tx, &desk.needs_of(), desk.known, FILE.min(desk.most * 4))?;
    all.retain(|n| (desk.from..=desk.to).contains(&n.on));
    all.retain(|n| match desk.asked.only.as_str() {
        "again" => n.again,
        "open" => n.ended_at.is_none(),
        "tell" => n.to_tell(),
        _ => true,
    });
    all.truncate(desk.most * 2);
    let mut names = Names::default();
    let (l, zone, look) = (desk.look.locale, desk.ctx.site.zone, &desk.look);
    let mut sheet = Sheet::new(
        desk.ctx.site.pack.visit.ledger.clone(),
        &[
            ("编号", "Number", false),
            ("接件时间", "Heard on", false),
            ("渠道", "Channel", true),
            ("户编号", "Household", false),
            ("事由", "About", false),
            ("类别", "Class", true),
            ("接待人", "Heard by", false),
            ("受理部门", "Held by", false),
            ("责任人", "Officer", true),
            ("处理进度", "Stands", false),
            ("答复期限", "Answer due", true),
            ("结果", "Result", false),
            ("又提起", "Again", true),
            ("告诉家里人", "Family told", true),
        ],
    );
    let channel =
        desk.ctx.site.pack.channel(&desk.ctx.site.pack.visit.channel).map(|c| c.name.to(l).to_owned());
    for n in all {
        let class = desk
            .ctx
            .site
            .pack
            .class(&n.class)
            .map(|c| c.name.to(l))
            .unwrap_or(look.t("待定分类", "Not classified yet"));
        let officer = match n.officer {
            Some(id) => names.staff(tx, id)?,
            None => String::new(),
        };
        let stands = if n.settled {
            look.t("当场办好", "Settled on the spot").to_owned()
        } else {
            n.state.name().to(l).to_owned()
        };
        let href = desk.unit.as_ref().map(|_| format!("/requests/{}", n.number));
        sheet.rows.push((
            vec![
                n.number.clone(),
                format::day_year(l, n.on),
                channel.clone().unwrap_or_default(),
                names.home(tx, n.household)?,
                n.title.clone(),
                class.to_owned(),
                names.staff(tx, n.account)?,
                desk.unit_name(n.unit),
                officer,
                stands,
                n.due.map(|at| format::day_year(l, zone.date(at))).unwrap_or_default(),
                n.answer.clone().unwrap_or_default(),
                if n.again { look.t("是", "yes").to_owned() } else { String::new() },
                n.told_on.map(|d| format::day_year(l, d)).unwrap_or_default(),
            ],
            href,
        ));
    }
    Ok(sheet)
}

/// `GET /visits/promises`: what was promised and stands open.
pub(super) async fn promises(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> PageResult {
    let desk = Desk::open(&site, &staff, asked)?;
    let own = desk.clone();
    let sheet = desk.ctx.read(move |tx, _| promises_of(tx, &own)).await?;
    Ok(desk.answer("/visits/promises", &sheet, None, &[])?)
}

fn promises_of(tx: &mut dyn Tx, desk: &Desk) -> Result<Sheet> {
    let all = match &desk.unit {
        Some(path) => visits::unmet(tx, path, desk.known, desk.most)?,
        None => visits::promises_by(tx, desk.me)?,
    };
    let mut names = Names::default();
    let (l, look) = (desk.look.locale, &desk.look);
    let mut sheet = Sheet::new(
        Text::new("答应了还没做到的", "Promises not met yet"),
        &[
            ("答应的事", "Promised", false),
            ("户编号", "Household", false),
            ("地点", "Place", false),
            ("谁答应的", "By whom", false),
            ("哪天答应的", "On", true),
            ("原定日期", "First day", true),
            ("哪天以前", "By", false),
            ("过期", "Overdue", false),
        ],
    );
    let last = if desk.known.0 == i64::MAX {
        desk.ctx.today()
    } else {
        desk.ctx.site.zone.date(desk.known.plus(-1))
    };
    for p in all {
        let late = if p.due < last { look.t("过了", "Overdue").to_owned() } else { String::new() };
        sheet.rows.push((
            vec![
                p.text.clone(),
                names.home(tx, p.household)?,
                desk.place(&p.path),
                names.staff(tx, p.account)?,
                format::day_year(l, p.made_on),
                format::day_year(l, p.first_due),
                format::day_year(l, p.due),
                late,
            ],
            None,
        ));
    }
    Ok(sheet)
}

/// `GET /visits/classes`: how often which class of need was heard.
pub(super) async fn classes(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> PageResult {
    let desk = Desk::open(&site, &staff, asked)?;
    let own = desk.clone();
    let sheet = desk.ctx.read(move |tx, _| classes_of(tx, &own)).await?;
    Ok(desk.answer("/visits/classes", &sheet, None, &[])?)
}

fn classes_of(tx: &mut dyn Tx, desk: &Desk) -> Result<Sheet> {
    let rows = match &desk.unit {
        Some(path) => needs_by_class(tx, path, desk.from, desk.to, desk.known)?,
        None => {
            let mut counts: Vec<(String, i64, i64, i64)> = Vec::new();
            for n in visits::needs(tx, &desk.needs_of(), desk.known, FILE)? {
                if !(desk.from..=desk.to).contains(&n.on) {
                    continue;
                }
                let (settled, again) = (i64::from(n.settled), i64::from(n.again));
                match counts.iter_mut().find(|c| c.0 == n.class) {
                    Some(c) => (c.1, c.2, c.3) = (c.1 + 1, c.2 + settled, c.3 + again),
                    None => counts.push((n.class, 1, settled, again)),
                }
            }
            counts.sort_by_key(|c| (-c.1, c.0.clone()));
            counts
        }
    };
    let mut sheet = Sheet::new(
        Text::new("走访听到的诉求，按类别", "Needs heard at visits, by class"),
        &[
            ("类别", "Class", false),
            ("件数", "Needs", false),
            ("当场办好", "On the spot", false),
            ("又提起", "Again", false),
        ],
    );
    for (class, all, settled, again) in rows {
        let names = desk.ctx.site.pack.class_path(&class);
        let name = match names.is_empty() {
            true => desk.look.t("待定分类", "Not classified yet").to_owned(),
            false => names.iter().map(|t| t.to(desk.look.locale)).collect::<Vec<_>>().join(" › "),
        };
        sheet.rows.push((vec![name, all.to_string(), settled.to_string(), again.to_string()], None));
    }
    Ok(sheet)
}
