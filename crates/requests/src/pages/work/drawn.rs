//! `/lots/drawn`: the words behind the figures of call-backs by lot, of a unit's ledger and over months, one by one.

use super::lots::result;
use crate::ctx::Ctx;
use crate::export::{self, Asked, Book};
use crate::lots::{self, CameOut, Results, Wanted};
use crate::pages::eye::{self, Eye};
use crate::store::samples::Asked as Drawn;
use access::{Noun, SharedSite, Staff, Verb};
use axum::extract::{RawQuery, State};
use axum::response::IntoResponse;
use kernel::{Date, Error, Locale, Role, Say};
use maud::html;
use web::components::{Chip, Column, Row, Table, chips, empty_state, pager};
use web::page::Crumb;
use web::{Look, Page, PageResult, format};

/// Those who read the figures of a unit with all below it.
pub(super) const READERS: &[Role] = &[Role::Lead, Role::Triage, Role::Supervisor, Role::Auditor];

/// Rows of a page.
const ROWS: usize = 50;

/// `GET /lots/drawn?unit=901&from=2026-01&to=2026-11&result=solved`
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    RawQuery(query): RawQuery,
) -> PageResult {
    staff.need(READERS)?;
    let ctx = Ctx::new(&site, staff.scope.clone());
    let values = web::form::parse_form(query.unwrap_or_default().as_bytes());
    let asked = Asked::read(&values);
    asked.sound()?;
    let book = export::open(&ctx, Verb::List, asked.get("unit"))?;
    let Some(unit) = book.unit.filter(|_| book.has_branches()) else { return Err(Error::NotFound.into()) };
    let watches = access::may(&ctx.scope, Verb::View, Noun::Journal, ctx.path(unit));
    let result = match values.one("result") {
        "" if watches => CameOut::Any,
        "" => CameOut::Solved,
        key => CameOut::from_key(key).ok_or(Error::NotFound)?,
    };
    if !watches && !result.is_over() {
        return Err(Error::Forbidden(Say::new(
            "抽中了谁、还没问的是谁，问过以前只有督办和审计看得到。",
            "Who was drawn and is still to be asked is seen by supervision and audit alone until the call.",
        ))
        .into());
    }
    let day = |name: &str| asked.get(name).parse::<Date>().ok();
    let whole = ctx.dir.root().is_some_and(|r| r.id == unit);
    let wanted = Wanted {
        unit: (!whole).then_some(unit),
        from: day("from").unwrap_or(Date::constant(1970, 1, 1)),
        to: day("to").unwrap_or(ctx.today()),
        as_of: asked.past(&ctx),
        result,
    };
    let after = values.one("after").split_once('.');
    let after = after.and_then(|(lot, ord)| Some((lot.to_owned(), ord.parse::<i64>().ok()?)));
    let first = after.is_none();
    let what = wanted.clone();
    let (results, mut rows, names) = ctx
        .read(move |tx, _| {
            let after = after.as_ref().map(|(lot, ord)| (lot.as_str(), *ord));
            let rows = lots::drawn(tx, &what, after, ROWS as i64 + 1)?;
            let names = eye::names(tx, rows.iter().filter_map(|a| a.sample.account))?;
            Ok((lots::results(tx, what.unit, what.from, what.to, what.as_of)?, rows, names))
        })
        .await?;
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    let eye = Eye::new(&staff.look, &asked.then(&ctx)).with_names(names);
    let here = Here { asked: &asked, book: &book, wanted: &wanted, watches };
    let next = rows.last().filter(|_| more).map(|last| {
        let (lot, ord) = lots::place(last);
        format!("{}&after={lot}.{ord}", here.address(result))
    });
    let back = (!first).then(|| here.address(result));
    let page = page(&eye, &here, &results, &rows);
    Ok(page.main(pager(&staff.look, back.as_deref(), next.as_deref(), "")).into_response())
}

/// What the address asks for, and who may go further.
struct Here<'a> {
    asked: &'a Asked,
    book: &'a Book,
    wanted: &'a Wanted,
    watches: bool,
}

impl Here<'_> {
    /// The address of the same with another result, from its first page.
    fn address(&self, result: CameOut) -> String {
        let kept = ["from", "to", "as_of"];
        let of = kept.iter().fold(Asked::default().of_book(self.book), |a, n| a.with(n, self.asked.get(n)));
        format!("{}&result={}", of.under("/lots/drawn"), result.key())
    }

    /// The months in words, and as of which day where it is not now.
    fn span(&self, look: &Look) -> String {
        let day = |d: Date| format::day_year(look.locale, d);
        let (w, from) = (self.wanted, day(self.wanted.from));
        let mut out = match look.locale {
            _ if self.asked.get("from").is_empty() => say!(look, "到{to}", "up to {to}", to = day(w.to)),
            Locale::Zh => format!("{from} 至 {}", day(w.to)),
            Locale::En => format!("{from} to {}", day(w.to)),
        };
        if let Some(at) = self.asked.as_of().filter(|_| w.as_of.is_some()) {
            out.push_str(&say!(look, " · 截至{at}所知", " · as known on {at}", at = day(at)));
        }
        out
    }
}

fn name(look: &Look, result: CameOut) -> &'static str {
    match result {
        CameOut::Any => look.locale.t("抽中", "Drawn"),
        CameOut::Solved => look.locale.t("确实解决了", "Solved indeed"),
        CameOut::NotSolved => look.locale.t("说没解决", "Said not solved"),
        CameOut::NotReached => look.locale.t("没联系上", "Not reached"),
        CameOut::Satisfied => look.locale.t("满意", "Satisfied"),
        CameOut::Waiting => look.locale.t("还没问", "Not asked"),
    }
}

fn page(eye: &Eye, here: &Here<'_>, results: &Results, rows: &[Drawn]) -> Page {
    let look = &eye.look;
    let n = results.of(here.wanted.result);
    let count = say!(look, "{n} 件", "{n} in all", n = format::number(n));
    let choices: Vec<Chip> = CameOut::ALL
        .into_iter()
        .filter(|r| here.watches || r.is_over())
        .map(|r| Chip {
            label: format!("{} {}", name(look, r), format::number(results.of(r))),
            href: here.address(r),
            on: r == here.wanted.result,
            one_of: true,
        })
        .collect();
    let table = Table::new(look, eye.t("抽中的", "What was drawn"))
        .column(Column::new(eye.t("事项", "Matter")).primary())
        .column(Column::new(eye.t("承办单位", "Handled by")).bare())
        .column(Column::new(eye.t("哪一次抽的", "Drawn of")).bare())
        .column(Column::new(eye.t("原因", "Why")).bare())
        .column(Column::new(eye.t("结果", "Result")).bare())
        .column(Column::new(eye.t("编号", "Number")).bare())
        .rows(rows.iter().map(|a| row(eye, a)))
        .empty(empty_state(eye.t("没有。", "None."), None));
    let title =
        format!("{} · {}", eye.t("抽签回访", "Call-backs by lot"), here.book.name(&eye.ctx, eye.locale()));
    let crumb = Crumb {
        href: format!("/dashboard?unit={}", here.book.code),
        label: eye.t("看板", "Dashboard").to_owned(),
    };
    Page::new(look, title)
        .at("/dashboard")
        .crumbs(vec![crumb])
        .lede(html! { (count) " · " (here.span(look)) })
        .main(chips(look, &choices, html! {}))
        .main(html! { section.card { (table.render()) } })
}

fn row(eye: &Eye, a: &Drawn) -> Row {
    let s = &a.sample;
    let lot = s.lot.parse::<Date>().map_or_else(|_| s.lot.clone(), |d| format::day_year(eye.locale(), d));
    Row::new(vec![
        html! { (a.title) },
        html! { (eye.unit(a.unit)) },
        html! { span.nowrap { (say!(eye.look, "{lot}起", "from {lot}")) } },
        html! { (s.why.name().to(eye.locale())) },
        html! { (result(eye, a)) @if let Some(by) = s.account { " · " (eye.officer(Some(by))) } },
        html! { span.nowrap { (a.number) } },
    ])
    .href(format!("/requests/{}", a.number))
}
