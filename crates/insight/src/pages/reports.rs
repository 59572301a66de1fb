//! `/reports`: reports that were issued, and issuing one; `/reports/{id}`: one as it was kept.

use super::reader::Reader;
use crate::period::Period;
use crate::reports::{self, CELLS, Cell, Checked, Content, Issue, Line, Report};
use access::{Noun, SharedSite, Staff, Verb};
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use kernel::{AccountId, Date, Error, Locale, Result, Role, Uuid};
use maud::{Markup, html};
use register::Directory;
use requests::Ctx;
use std::collections::HashMap;
use web::components::{
    Column, Flash, FlashKind, Row, Table, button_link, card, definitions, empty_state, flash,
};
use web::form::{self, Field};
use web::format::{day_year, moment_year, number};
use web::page::Crumb;
use web::{FormBody, FormState, Look, Page, PageResult, Values};

/// Reports of the page.
const ROWS: i64 = 200;
/// The longest reason of a correction.
const NOTE: usize = 300;

/// Those who may take figures out.
pub(super) const READERS: &[Role] = &[Role::Lead, Role::Supervisor, Role::Auditor];

type Names = HashMap<AccountId, String>;

/// `GET /reports?unit=CODE`
pub(super) async fn list(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(query): Query<Vec<(String, String)>>,
) -> PageResult {
    staff.need(READERS)?;
    let reader = Reader::new(&site, staff, &query)?;
    // The last whole month, as it was known yesterday.
    let today = site.today();
    let month = Period::last(2, today).from;
    let mut values = Values::default();
    values.set("from", crate::period::key(month));
    values.set("to", crate::period::key(month));
    values.set("as_of", today.yesterday().unwrap_or(today).to_string());
    page(&site, &reader, &FormState::new(values)).await
}

async fn page(site: &SharedSite, r: &Reader, state: &FormState) -> PageResult {
    let (all, names) =
        site.db.read(|tx| Ok((reports::list(tx, ROWS)?, access::accounts::all_names(tx)?))).await?;
    let names: Names = names.into_iter().collect();
    let look = &r.look;
    let mine = |report: &&Report| r.visitor.may(Verb::View, Noun::Dashboard, r.dir.path(report.unit));
    let rows = all.iter().filter(mine).map(|report| {
        Row::new(vec![
            html! { (r.name(report.unit)) },
            html! { (months(look, report)) },
            html! { (day_year(look.locale, report.as_of)) },
            html! { (version(look, report)) },
            html! { (names.get(&report.account).map_or("—", String::as_str)) },
            html! { (moment_year(look.locale, site.zone, report.issued_at)) },
        ])
        .href(format!("/reports/{}", report.id))
    });
    let table = Table::new(look, look.t("出过的报告", "Reports issued"))
        .column(Column::new(look.t("单位", "Unit")).primary())
        .column(Column::new(look.t("月份", "Months")).bare())
        .column(Column::new(look.t("截至", "As known on")))
        .column(Column::new(look.t("版次", "Version")).bare())
        .column(Column::new(look.t("出具人", "Issued by")))
        .column(Column::new(look.t("出具时间", "Issued")))
        .rows(rows)
        .empty(empty_state(look.t("还没有出过报告。", "No report has been issued yet."), None));
    let may = r.visitor.may(Verb::Export, Noun::Dashboard, &r.unit.path) && r.visitor.account.is_some();
    let page = Page::new(look, look.t("报告", "Reports"))
        .at("/dashboard")
        .lede(html! { (look.t(
            "出了的报告原样留着，带指纹，谁也改不了；什么时候都能按当时所知重算一遍对照。",
            "A report stays as it was issued, with its hash; at any time it can be computed again from what was known then.")) })
        .main(card(None, table.render()))
        .main(html! { @if may { (issuing(r, state)) } });
    Ok(page.into_response())
}

fn issuing(r: &Reader, state: &FormState) -> Markup {
    let look = &r.look;
    let body = html! {
        (form::error_summary(look, state))
        (form::hidden("unit", &r.unit.code))
        (form::text_field(look, state, Field::new("from", look.t("从哪个月", "From month")).kind("month").required()))
        (form::text_field(look, state, Field::new("to", look.t("到哪个月", "To month")).kind("month").required()))
        (form::date_field(look, state, Field::new("as_of", look.t("截至哪一天所知", "As known on")).required()
            .hint(look.t("最晚到昨天：当天还没过完。", "Yesterday at the latest: today is not over."))))
        div.actions { (form::submit(look.t("出具", "Issue"))) }
    };
    let title = match look.locale {
        Locale::Zh => format!("出一份：{}", r.unit.name(Locale::Zh)),
        Locale::En => format!("Issue one: {}", r.unit.name(Locale::En)),
    };
    card(Some(&title), form::form(look, "/reports", body))
}

/// `POST /reports`
pub(super) async fn issue(
    State(site): State<SharedSite>,
    staff: Staff,
    FormBody(values): FormBody,
) -> PageResult {
    staff.need(READERS)?;
    let query = vec![("unit".to_owned(), values.one("unit").to_owned())];
    let reader = Reader::new(&site, staff, &query)?;
    let ctx = Ctx::new(&site, reader.visitor.scope.clone());
    let replaces = match values.one("replaces") {
        "" => None,
        id => Some(id.parse::<Uuid>().map_err(|_| Error::NotFound)?),
    };
    let read = || -> Result<Issue> {
        let month = |name: &str| -> Result<Date> {
            let found = format!("{}-01", values.one(name)).parse();
            found.map_err(|_| {
                Error::field(name, "请写年和月，如 2026-10。", "Give year and month, such as 2026-10.")
            })
        };
        let today = site.today();
        let (from, to) = match replaces {
            None => (month("from")?, month("to")?),
            // A correction speaks of the same months.
            Some(_) => (today.first_of_month(), today.first_of_month()),
        };
        if from > to || from.year() + 10 < to.year() {
            return Err(Error::field(
                "to",
                "到的月份要在后面，最多十年。",
                "It ends after it begins, within ten years.",
            ));
        }
        let as_of = values.one("as_of").parse();
        let as_of = as_of.map_err(|_| Error::field("as_of", "请选日期。", "Please choose a day."))?;
        let note: String = values.one("note").chars().take(NOTE).collect();
        Ok(Issue { unit: reader.unit.id, period: Period { from, to }, as_of, replaces, note })
    };
    let id = kernel::RequestId::new(site.now(), &*site.chance).0;
    let done = match read() {
        Err(error) => Err(error),
        Ok(input) => ctx.write(move |tx, ctx| reports::issue(tx, ctx, id, &input)).await,
    };
    match done {
        Ok(id) => {
            let said = reader.look.t("已出具，原样留存。", "Issued and kept.");
            Ok(web::shell::redirect_with(&format!("/reports/{id}"), FlashKind::Ok, said))
        }
        Err(error) => {
            let mut again = page(&site, &reader, &FormState::refused(values, error)?).await?;
            *again.status_mut() = http::StatusCode::UNPROCESSABLE_ENTITY;
            Ok(again)
        }
    }
}

/// A report, and who looks at it.
pub(super) struct Kept {
    pub(super) reader: Reader,
    ctx: Ctx,
    pub(super) report: Report,
    pub(super) content: Content,
    next: Option<Uuid>,
    names: Names,
}

/// The report of this address, where this reader may see it.
pub(super) async fn find(site: &SharedSite, staff: Staff, id: &str) -> Result<Kept> {
    staff.need(READERS)?;
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    let (report, next, names) = site
        .db
        .read(move |tx| {
            let report = reports::store::one(tx, id)?.ok_or(Error::NotFound)?;
            Ok((report, reports::store::next(tx, id)?, access::accounts::all_names(tx)?))
        })
        .await?;
    let content = Content::parse(&report.content)?;
    // Whose figures this reader may not see is not there for them.
    let dir = register::directory(site);
    if !staff.may(Verb::View, Noun::Dashboard, dir.path(report.unit)) {
        return Err(Error::NotFound);
    }
    let ctx = Ctx::new(site, staff.scope.clone());
    let reader = Reader::new(site, staff, &[("unit".to_owned(), content.unit.clone())])?;
    Ok(Kept { reader, ctx, report, content, next, names: names.into_iter().collect() })
}

/// `GET /reports/{id}`
pub(super) async fn one(State(site): State<SharedSite>, staff: Staff, Path(id): Path<String>) -> PageResult {
    Ok(view(&find(&site, staff, &id).await?, None).into_response())
}

/// `GET /reports/{id}/check`: computed again, and compared.
pub(super) async fn check(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(id): Path<String>,
) -> PageResult {
    let kept = find(&site, staff, &id).await?;
    let report = kept.report.clone();
    let ctx = kept.ctx.clone();
    let checked = site.db.snapshot(move |tx| reports::check(tx, &ctx, &report)).await?;
    Ok(view(&kept, Some(&checked)).into_response())
}

fn months(look: &Look, report: &Report) -> String {
    report.period().map_or_else(|_| report.from.clone(), |p| p.say(look.locale))
}

fn version(look: &Look, report: &Report) -> String {
    match (look.locale, report.version) {
        (Locale::Zh, 1) => "第 1 版".to_owned(),
        (Locale::Zh, n) => format!("第 {n} 版，更正"),
        (Locale::En, 1) => "version 1".to_owned(),
        (Locale::En, n) => format!("version {n}, a correction"),
    }
}

fn view(k: &Kept, checked: Option<&Checked>) -> Page {
    let (look, report) = (&k.reader.look, &k.report);
    let here = format!("/reports/{}", report.id);
    let (unit, span) = (k.reader.unit.name(look.locale), months(look, report));
    let title = match look.locale {
        Locale::Zh => format!("{unit}诉求办理报告 · {span}"),
        Locale::En => format!("{unit}: report on requests · {span}"),
    };
    let who = k.names.get(&report.account).map_or("—", String::as_str);
    let mut facts = vec![
        (look.t("截至", "As known on"), html! { (day_year(look.locale, report.as_of)) }),
        (
            look.t("出具", "Issued"),
            html! { (who) " · " (moment_year(look.locale, k.ctx.site.zone, report.issued_at)) },
        ),
        (
            look.t("版次", "Version"),
            html! { (version(look, report)) @if !report.note.is_empty() { "：" (report.note) } },
        ),
        (look.t("指纹", "SHA-256"), html! { code.hash { (hex::encode(&report.hash)) } }),
    ];
    if let Some(before) = report.replaces {
        let label = look.t("看原来的一版", "the version before");
        facts.push((look.t("更正的是", "Corrects"), html! { a href={ "/reports/" (before) } { (label) } }));
    }
    let c = &k.content;
    let crumb = Crumb { href: "/reports".into(), label: look.t("报告", "Reports").into() };
    Page::new(look, title)
        .at("/dashboard")
        .crumbs(vec![crumb])
        .tools(html! {
            (button_link(look.t("重算对照", "Compute again"), &format!("{here}/check")))
            (button_link(look.t("导出 Excel", "Excel"), &format!("{here}/report.xlsx")))
            (button_link(look.t("导出 CSV", "CSV"), &format!("{here}/report.csv")))
        })
        .main(html! { @if let Some(checked) = checked { (told(k, checked)) } })
        .main(html! { @if let Some(next) = k.next {
            p { (flash(&Flash::new(FlashKind::Info, look.t("这一版后来更正过。", "This version was corrected later."))))
                a href={ "/reports/" (next) } { (look.t("看更正后的一版", "See the correction")) } }
        } })
        .main(card(None, definitions(&facts)))
        .main(table(k, look.t("合计", "In all"), "total", std::slice::from_ref(&Line { of: String::new(), figures: c.total })))
        .main(html! { p.hint { (look.t(
            "“在办”“逾期”是截至那天手上的全部，不论哪个月收到；其余各栏只算这几个月收到的，所以不能相加。",
            "\"Open\" and \"Overdue\" are everything at hand on that day, whenever it was received; the other columns \
             are what was received in these months. So they do not add up.")) } })
        .main(table(k, look.t("按单位", "By unit"), "unit", &c.units))
        .main(table(k, look.t("按分类", "By class"), "class", &c.classes))
        .main(html! { @if k.next.is_none() && k.reader.visitor.may(Verb::Export, Noun::Dashboard, &k.reader.unit.path) { (correcting(k)) } })
}

/// What computing it again showed.
fn told(k: &Kept, checked: &Checked) -> Markup {
    let look = &k.reader.look;
    if checked.good() {
        let said = look.t("按当时所知重算，一字不差；指纹和日志里记的一样。", "Computed again from what was known then: the same, byte for byte; the hash is the one in the journal.");
        return flash(&Flash::new(FlashKind::Ok, said));
    }
    html! {
        @if !checked.same_bytes { (flash(&Flash::new(FlashKind::Error, look.t("留存的内容和指纹对不上。", "What is kept does not have the hash that was kept.")))) }
        @if !checked.told { (flash(&Flash::new(FlashKind::Error, look.t("日志里没有这个指纹。", "The journal does not tell of this hash.")))) }
        @if !checked.equal { (flash(&Flash::new(FlashKind::Error, look.t("重算的结果不一样：", "Computed again it differs:")))) }
        ul.plain {
            @for d in &checked.differences {
                li { (name(k, &d.line.0, &d.line.1)) " · " (heading(look, d.cell)) "：" (number(d.kept)) " → " (number(d.now)) }
            }
        }
    }
}

fn heading<'a>(look: &Look, key: &'a str) -> &'a str {
    CELLS.iter().find(|c| c.key == key).map_or(key, |c| look.locale.t(c.zh, c.en))
}

/// What a line is called.
pub(super) fn name(k: &Kept, by: &str, of: &str) -> String {
    let look = &k.reader.look;
    let unit = |dir: &Directory, code: &str| {
        dir.by_code(code).map_or(code.to_owned(), |u| u.name(look.locale).to_owned())
    };
    match (by, of.strip_suffix('!')) {
        ("class", _) if of.is_empty() => look.t("待定分类", "Not classified yet").to_owned(),
        ("class", _) => {
            k.ctx.site.pack.class(of).map_or(of.to_owned(), |c| c.name.to(look.locale).to_owned())
        }
        ("unit", Some(code)) => match look.locale {
            Locale::Zh => format!("{}本级", unit(&k.ctx.dir, code)),
            Locale::En => format!("{} itself", unit(&k.ctx.dir, code)),
        },
        ("unit", None) => unit(&k.ctx.dir, of),
        _ => look.t("合计", "In all").to_owned(),
    }
}

fn table(k: &Kept, title: &str, by: &str, lines: &[Line]) -> Markup {
    let look = &k.reader.look;
    let may = k.reader.visitor.may(Verb::List, Noun::Ledger, &k.reader.unit.path);
    let mut table = Table::new(look, title).column(
        Column::new(match by {
            "class" => look.t("分类", "Class"),
            _ => look.t("单位", "Unit"),
        })
        .primary(),
    );
    for cell in CELLS {
        table = table.column(Column::new(look.locale.t(cell.zh, cell.en)).number());
    }
    let figure = |line: &Line, cell: &Cell| {
        let n = (cell.of)(&line.figures);
        match k.content.list(by, &line.of, cell).filter(|_| may && n > 0) {
            Some(href) => html! { a href=(href) { (number(n)) } },
            None => html! { (number(n)) },
        }
    };
    let table = table
        .rows(lines.iter().map(|line| {
            let label = if by == "total" { k.reader.name(k.report.unit) } else { name(k, by, &line.of) };
            let mut cells = vec![html! { (label) }];
            cells.extend(CELLS.iter().map(|cell| figure(line, cell)));
            Row::new(cells)
        }))
        .empty(empty_state(look.t("没有。", "None."), None))
        .render();
    card(Some(title), table)
}

fn correcting(k: &Kept) -> Markup {
    let look = &k.reader.look;
    let state = FormState::default();
    let body = html! {
        (form::hidden("unit", &k.content.unit))
        (form::hidden("replaces", &k.report.id.to_string()))
        (form::text_field(look, &state, Field::new("note", look.t("更正什么", "What is corrected")).required().max(NOTE)))
        (form::date_field(look, &state, Field::new("as_of", look.t("截至哪一天所知", "As known on")).required()))
        div.actions { (form::submit(look.t("出更正版", "Issue the correction"))) }
    };
    html! { div.screen { (web::components::disclosure(look.t("更正这份报告", "Correct this report"), form::form(look, "/reports", body))) } }
}
