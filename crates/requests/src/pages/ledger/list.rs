//! The ledger 台账 of a unit: search, filters, columns, page by page.

use super::search::case_page;
use super::{filters, known, labels, search, tail, views};
use crate::Ctx;
use crate::export::{self, Asked, Book, Column, Cursor, Sort};
use crate::model::Request;
use crate::pages::eye::{self, Eye};
use crate::pages::turn::Leaf;
use crate::store::own::Named;
use crate::store::{ledger, own};
use access::{SharedSite, Staff, Verb, Visitor};
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect};
use kernel::{AccountId, Locale, Result};
use maud::{Markup, html};
use web::components::{
    Column as Head, FlashKind, Order, Row, Table, Tone, button_link, chips, disclosure, empty_state, pill,
};
use web::form::{self, Field};
use web::{FormState, Page, PageResult, format};

/// Rows on a page.
const SIZE: usize = 50;
/// How far rows are counted unasked: beyond it the page says "more than", and counts them all where somebody asks.
/// At a million rows a count to ten thousand took as long as all else of the page.
const COUNTED: i64 = 2_000;

/// What one page of the ledger shows.
struct Shown {
    leaf: Leaf<Request>,
    tail: Vec<Request>,
    count: i64,
    /// Up to where it was counted.
    cap: i64,
    views: Vec<Named>,
}

/// `GET /requests`
pub(super) async fn show(
    State(site): State<SharedSite>,
    Staff(visitor): Staff,
    RawQuery(query): RawQuery,
) -> PageResult {
    let ctx = Ctx::new(&site, visitor.scope.clone());
    let values = web::form::parse_form(query.unwrap_or_default().as_bytes());
    if values.has("filter") {
        // What the form sent, in the short form that can be kept and passed on.
        let asked = filters::read(&ctx, visitor.locale(), &values).await?;
        return Ok(Redirect::to(&asked.href()).into_response());
    }
    let asked = Asked::read(&values);
    let book = export::open_for(&ctx, Verb::List, &asked)?;
    if let Some(number) = search::exact(&ctx, asked.get("q")).await? {
        return Ok(Redirect::to(&case_page(&number)).into_response());
    }
    if !asked.faults().is_empty() {
        let eye = Eye::new(&visitor.look, &ctx);
        return Ok(faulty(&eye, &asked, &book).into_response());
    }
    let cursor = Cursor::asked(values.one("after"), values.one("before"));
    let cap = if values.one("count") == "all" { i64::MAX - 1 } else { COUNTED };
    let (wanted, mine) = (asked.clone(), book.clone());
    let (shown, names) = ctx
        .read(move |tx, ctx| {
            let shown = read(tx, &wanted.then(ctx), &wanted, &mine, (cursor, cap))?;
            let officers = shown.leaf.rows.iter().filter_map(|r| r.officer);
            let names = eye::names(tx, officers.chain(wanted.get("officer").parse::<AccountId>().ok()))?;
            Ok((shown, names))
        })
        .await?;
    let eye = Eye::new(&visitor.look, &asked.then(&ctx)).with_names(names);
    Ok(view(&eye, &visitor, &asked, &book, &shown).into_response())
}

fn read(
    tx: &mut dyn db::Tx,
    ctx: &Ctx,
    asked: &Asked,
    book: &Book,
    (cursor, cap): (Option<Cursor>, i64),
) -> Result<Shown> {
    let (filter, sort) = (asked.filter(ctx), asked.sort());
    let rows = ledger::page(tx, book.reach, &filter, sort, cursor, ctx.at, SIZE as i64 + 1)?;
    let leaf = Leaf::cut(rows, SIZE, cursor.map(|c| c.back));
    let known = match (cursor, leaf.next) {
        (None, false) => Some(leaf.rows.len() as i64),
        _ => known::count(tx, ctx, asked, book)?,
    };
    // What is known has no cap.
    let (count, cap) = match known {
        Some(n) => (n, n),
        None => (ledger::count(tx, book.reach, &filter, ctx.at, cap)?, cap),
    };
    let views = match ctx.account() {
        Some(account) => own::views(tx, account)?,
        None => Vec::new(),
    };
    let tail = tail::find(tx, ctx, book, asked.get("q"))?;
    Ok(Shown { leaf, tail, count, cap, views })
}

/// `1,284 件`, `more than 1,000 requests`.
fn counted(locale: Locale, n: i64, cap: i64) -> String {
    let more = n > cap;
    let number = format::number(n.min(cap));
    match (locale, more) {
        (Locale::Zh, false) => format!("{number} 件"),
        (Locale::Zh, true) => format!("{number} 件以上"),
        (Locale::En, false) if n == 1 => "1 request".to_owned(),
        (Locale::En, false) => format!("{number} requests"),
        (Locale::En, true) => format!("More than {number} requests"),
    }
}

/// The same list, all of it counted.
fn all(asked: &Asked) -> String {
    let here = asked.href();
    let join = if here.contains('?') { '&' } else { '?' };
    format!("{here}{join}count=all")
}

fn view(eye: &Eye, visitor: &Visitor, asked: &Asked, book: &Book, shown: &Shown) -> Page {
    let look = &visitor.look;
    let title = format!("{} · {}", eye.t("台账", "Ledger"), book.name(&eye.ctx, eye.locale()));
    let lede = html! {
        (counted(eye.locale(), shown.count, shown.cap))
        @if shown.count > shown.cap {
            span.screen { " · " a href=(all(asked)) { (eye.t("数清总数", "count them all")) } " " }
        }
        (eye.t("，", ", ")) (labels::order(eye, asked.sort()))
        (other_books(eye, asked, book))
    };
    let set = filters::chip_list(eye, asked);
    Page::new(look, title)
        .at("/requests")
        .lede(lede)
        .tools(tools(eye, asked, book))
        .main(on_paper(eye, visitor, asked, &shown.leaf))
        .main(html! { (views::tabs(eye, asked, &shown.views)) (views::about(eye, asked)) })
        .main(html! { div { (chips(look, &set, html! {})) (filters::fold(eye, asked, book)) } })
        .main(tail::view(eye, &shown.tail))
        .main(body(eye, asked, shown))
        .main(shown.leaf.pager(look, &asked.href(), |r| Cursor::at(r, asked.sort(), false).to_string()))
        .main(keep(eye, asked))
}

/// A day that is asked for is none: what to correct, and no rows, for none fit it.
fn faulty(eye: &Eye, asked: &Asked, book: &Book) -> Page {
    let title = format!("{} · {}", eye.t("台账", "Ledger"), book.name(&eye.ctx, eye.locale()));
    Page::new(&eye.look, title)
        .at("/requests")
        .main(filters::fold(eye, asked, book))
        .status(axum::http::StatusCode::UNPROCESSABLE_ENTITY)
}

/// The other ledgers that the reader's posts open, under the same conditions.
fn other_books(eye: &Eye, asked: &Asked, book: &Book) -> Markup {
    let all = export::shelf(&eye.ctx, Verb::List);
    let others: Vec<&Book> = all.iter().filter(|b| b.reach != book.reach).collect();
    html! {
        @if !others.is_empty() {
            span.screen {
                " · " (eye.t("换到", "Switch to"))
                @for b in others { " " a href=(asked.of_book(b).href()) { (b.name(&eye.ctx, eye.locale())) } }
            }
        }
    }
}

/// Files and tables of the same cases.
fn tools(eye: &Eye, asked: &Asked, book: &Book) -> Markup {
    let may_take = export::open(&eye.ctx, Verb::Export, &book.code).is_ok_and(|b| b.reach == book.reach);
    let here = asked.of_book(book);
    html! {
        (button_link(eye.t("统计", "Tables"), &here.under("/requests/by/unit")))
        @if may_take {
            (button_link(eye.t("导出 Excel", "Excel"), &here.under("/requests/export.xlsx")))
            (button_link(eye.t("导出 CSV", "CSV"), &here.under("/requests/export.csv")))
        }
    }
}

/// What a printed page has to say of itself.
fn on_paper(eye: &Eye, visitor: &Visitor, asked: &Asked, leaf: &Leaf<Request>) -> Markup {
    let set: Vec<String> = labels::labels(eye, asked).into_iter().map(|l| l.text).collect();
    let who = visitor.account.as_ref().map_or("", |a| a.name.as_str());
    let now = format::moment_year(eye.locale(), eye.ctx.site.zone, eye.ctx.site.now());
    html! {
        p.paper {
            (eye.t("条件：", "Conditions: "))
            @if set.is_empty() { (eye.t("无", "none")) } @else { (set.join(eye.t("；", "; "))) }
            " · " (eye.t("打印：", "Printed: ")) (now) " " (who)
            @if leaf.prev || leaf.next {
                " · " (eye.t("只是其中一页，全部请导出。", "One page of several: the files have them all."))
            }
        }
    }
}

fn body(eye: &Eye, asked: &Asked, shown: &Shown) -> Markup {
    if shown.leaf.rows.is_empty() {
        return nothing(eye, asked, shown);
    }
    html! { section.card { (table(eye, asked, shown)) } }
}

fn table(eye: &Eye, asked: &Asked, shown: &Shown) -> Markup {
    let columns = asked.columns();
    // The row's link stands in the matter, or in the number where that is not shown.
    let primary =
        [Column::Matter, Column::Number].into_iter().find(|c| columns.contains(c)).unwrap_or(columns[0]);
    let mut table = Table::new(&eye.look, eye.t("台账", "Ledger"));
    for c in &columns {
        table = table.column(head(eye, asked, *c, *c == primary));
    }
    table
        .rows(shown.leaf.rows.iter().map(|r| {
            let cells = columns.iter().map(|c| cell(eye, *c, r)).collect();
            Row::new(cells).href(case_page(&r.number)).tone(tone(eye, r))
        }))
        .render()
}

fn head(eye: &Eye, asked: &Asked, column: Column, primary: bool) -> Head {
    let mut head = Head::new(column.name().to(eye.locale()));
    if column.is_number() {
        head = head.number();
    }
    if primary {
        head = head.primary();
    }
    if matches!(column, Column::Number | Column::Place | Column::Class | Column::State | Column::Unit) {
        head = head.bare();
    }
    match column {
        Column::Due => {
            head.sort(asked.with("sort", "due").href(), (asked.sort() == Sort::Due).then_some(Order::Up))
        }
        Column::Received => {
            head.sort(asked.without("sort").href(), (asked.sort() == Sort::Received).then_some(Order::Down))
        }
        _ => head,
    }
}

fn tone(eye: &Eye, r: &Request) -> Tone {
    let today = eye.ctx.today();
    // As the date in the row is shown.
    match r.owed_by() {
        Some(due) if due < eye.ctx.at => Tone::Late,
        Some(due) if eye.ctx.site.zone.date(due) == today => Tone::Soon,
        _ => Tone::Plain,
    }
}

fn cell(eye: &Eye, column: Column, r: &Request) -> Markup {
    let zone = eye.ctx.site.zone;
    let moment = |at: Option<kernel::Timestamp>| match at {
        Some(at) => html! { time datetime=(format::iso(zone, at)) { (eye.day(at)) } },
        None => html! { span.quiet.none { "—" } },
    };
    match column {
        Column::Due => eye.due(r),
        Column::State => eye.state(r),
        Column::Received => moment(Some(r.received_at)),
        Column::Answered => moment(r.answered_at),
        Column::Ended => moment(r.ended_at),
        Column::Number => html! { span.nowrap { (r.number) } },
        Column::Took => html! { (export::days_used(eye, r)) },
        Column::Returns => html! { (r.returns) },
        Column::Reworks => html! { (r.reworks) },
        Column::Extensions => html! { (r.extensions) },
        Column::Supervised if r.supervised > 0 => pill(Tone::Soon, &export::supervision(eye, r.supervised)),
        _ => match column.words(eye, r) {
            words if words.is_empty() => html! { span.quiet.none { "—" } },
            words => html! { (words) },
        },
    }
}

fn nothing(eye: &Eye, asked: &Asked, shown: &Shown) -> Markup {
    if shown.leaf.prev {
        let text = eye.t("这一页没有了。", "Nothing on this page any more.");
        return empty_state(text, Some((eye.t("回到第一页", "To the first page"), &asked.href())));
    }
    if asked.is_bare() {
        let text = eye.t(
            "这本台账里还没有诉求。有人来反映，登记以后就在这里。",
            "There is nothing in this ledger yet. What is taken in will stand here.",
        );
        return empty_state(text, None);
    }
    let text = eye.t(
        "没有符合这些条件的诉求。少一个条件再看看。",
        "No request fits all of this. Try with fewer conditions.",
    );
    empty_state(text, Some((eye.t("取消全部条件", "Take all conditions away"), &asked.bare().href())))
}

/// Keeps the present view under a name.
fn keep(eye: &Eye, asked: &Asked) -> Markup {
    let look = &eye.look;
    let label = eye.t("名称", "Name");
    let body = html! {
        (form::form_with(look, form::FormOptions { action: "/requests/views", class: "inline", ..Default::default() }, html! {
            (form::hidden("query", &asked.query()))
            (form::text_field(look, &FormState::default(), Field::new("name", label).required().max(views::NAME_MAX)))
            (form::button(eye.t("保存", "Keep"), "", ""))
        }))
        p.hint { (eye.t("保存条件、顺序和列，以后在上面一点就到。", "Keeps conditions, order and columns; it then stands above.")) }
    };
    disclosure(eye.t("把现在的样子存为视图", "Keep this as a view"), body)
}

/// A message that goes along to the next page.
pub(super) fn done(eye_href: &str, text: &str) -> axum::response::Response {
    web::shell::redirect_with(eye_href, FlashKind::Ok, text)
}
