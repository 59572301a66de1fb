//! What the work costs those who do it, by role and week.

use crate::burden::store::{self, Line};
use crate::burden::{Figures, Form, Meter, all, by_route};
use access::{SharedSite, Staff, Visitor};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::header;
use kernel::{Date, Error, Locale, Result, Role, Say};
use maud::{Markup, html};
use rules::calendar::monday_of;
use sheets::{CsvOut, Kind, Value};
use web::components::{Column, Row, Table, button_link, card, empty_state};
use web::format::number;
use web::{Look, Page, PageResult};

/// So many weeks can be looked back on.
const WEEKS: i64 = 26;

/// A week as it is looked at.
struct Week {
    monday: Date,
    lines: Vec<Line>,
    all: Vec<(Date, Figures)>,
}

async fn read(site: &SharedSite, visitor: &Visitor, query: &[(String, String)]) -> Result<Week> {
    if !super::BURDENED.iter().any(|role| visitor.scope.has(*role)) {
        return Err(Error::Forbidden(Say::new(
            "这一页给单位负责人、督办、审计和管理人员看。",
            "This page is for leads, supervision, auditors and administrators.",
        )));
    }
    // What came in to this process within the last minute as well.
    site.kept.get::<Meter>().write(site).await?;
    let asked = query.iter().find(|(k, _)| k == "week").and_then(|(_, v)| v.parse::<Date>().ok());
    let this = monday_of(site.today());
    let monday = monday_of(asked.unwrap_or(this)).min(this);
    let after = site.zone.date(site.now().plus(-WEEKS * 7 * kernel::DAY));
    site.db
        .snapshot(move |tx| {
            Ok(Week { monday, lines: store::week(tx, monday)?, all: store::weeks(tx, after)? })
        })
        .await
}

/// `GET /burden?week=2026-11-16`
pub(super) async fn show(
    State(site): State<SharedSite>,
    Staff(visitor): Staff,
    Query(query): Query<Vec<(String, String)>>,
) -> PageResult {
    let week = read(&site, &visitor, &query).await?;
    let look = &visitor.look;
    let title =
        format!("{} · {}", look.t("填报用了多少工夫", "What our forms cost"), span(look, week.monday));
    let mut page = Page::new(look, title).at("/dashboard").lede(html! {
        (look.t("每种岗位一周填了多少表、答了多少问、打了多少字、估计用了多少分钟。只按岗位和周计，不计个人；分钟数是按表的长短估的。",
            "How many forms each role filled in during a week, how many questions and characters, and about how many minutes. By role and week, never by person; minutes are estimated from the forms."))
    });
    page = page.tools(html! {
        (button_link(look.t("导出 CSV", "CSV"), &format!("/burden.csv?week={}", week.monday)))
        @if !week.lines.is_empty() {
            (button_link(look.t("每种表问多少", "What each form asks"), &format!("/burden?week={}&forms=all", week.monday)))
        }
        (button_link(look.t("回看板", "Dashboard"), "/dashboard"))
    });
    let others = html! {
        ul.plain {
            @for (monday, f) in &week.all {
                li {
                    a href={ "/burden?week=" (monday) } aria-current=[(*monday == week.monday).then_some("true")] { (span(look, *monday)) }
                    span.quiet { " · " (look.t("表 ", "forms ")) (number(f.sent)) " · " (minutes(look, f.seconds())) }
                }
            }
        }
    };
    let lengths = week.lines.is_empty() || query.iter().any(|(k, _)| k == "forms");
    if week.lines.is_empty() {
        let text = look.t("这一周还没有人填表。", "Nobody has filled in a form in this week.");
        page = page.main(empty_state(text, None));
    } else {
        page = page
            .main(card(Some(look.t("各岗位", "By role")), roles(look, &week.lines)))
            .main(card(Some(look.t("各种表", "By form")), forms(look, &week.lines)));
    }
    if lengths {
        let head = look.t("每种表问多少", "What each form asks");
        page = page.main(card(Some(head), every_form(look)));
    }
    if !week.all.is_empty() {
        page = page.main(card(Some(look.t("近半年各周", "Weeks of the last half-year")), others));
    }
    Ok(page.into_response())
}

/// The week as people say it.
fn span(look: &Look, monday: Date) -> String {
    let day = |d: Date| format!("{}-{:02}", d.month(), d.day());
    let end = std::iter::successors(Some(monday), |d| d.tomorrow().ok()).nth(6).unwrap_or(monday);
    match look.locale {
        Locale::Zh => format!(
            "{}年{}月{}日至{}月{}日",
            monday.year(),
            monday.month(),
            monday.day(),
            end.month(),
            end.day()
        ),
        Locale::En => format!("{} to {}", monday, day(end)),
    }
}

/// A role of the meter; residents have none of ours.
fn role(key: &str) -> Say {
    Role::ALL.iter().find(|r| r.key() == key).map_or_else(|| Say::new("群众", "Residents"), |r| r.name())
}

/// Minutes, in halves; hours where there are many.
fn minutes(look: &Look, seconds: i64) -> String {
    let minutes = seconds as f64 / 60.0;
    match look.locale {
        Locale::Zh if minutes >= 600.0 => format!("约 {:.0} 小时", minutes / 60.0),
        Locale::Zh => format!("约 {minutes:.1} 分钟"),
        Locale::En if minutes >= 600.0 => format!("about {:.0} h", minutes / 60.0),
        Locale::En => format!("about {minutes:.1} min"),
    }
}

fn heads(look: &Look, mut table: Table) -> Table {
    for (zh, en) in [
        ("表", "Forms"),
        ("问题", "Questions"),
        ("手填", "Typed"),
        ("打字", "Characters"),
        ("估计用时", "Time, estimated"),
        ("每表", "Each form"),
        ("明知还问", "Known, asked all the same"),
    ] {
        table = table.column(Column::new(look.t(zh, en)).number());
    }
    table
}

fn cells(look: &Look, f: Figures) -> Vec<Markup> {
    let each = f.seconds() / f.sent.max(1);
    vec![
        html! { (number(f.sent)) },
        html! { (number(f.questions)) },
        html! { (number(f.typed)) },
        html! { (number(f.signs)) },
        html! { (minutes(look, f.seconds())) },
        html! { (each) (look.t(" 秒", " s")) },
        html! { (number(f.known)) },
    ]
}

fn roles(look: &Look, lines: &[Line]) -> Markup {
    let mut sums: Vec<(&str, Figures)> = Vec::new();
    for line in lines {
        match sums.last_mut() {
            Some((role, sum)) if *role == line.role => *sum = sum.and(line.figures),
            _ => sums.push((&line.role, line.figures)),
        }
    }
    sums.sort_by_key(|(_, f)| std::cmp::Reverse(f.seconds()));
    let table = Table::new(look, look.t("各岗位填了多少", "What each role filled in"))
        .column(Column::new(look.t("岗位", "Role")).primary());
    heads(look, table)
        .rows(sums.into_iter().map(|(key, f)| {
            let mut row = vec![html! { (role(key).to(look.locale)) }];
            row.extend(cells(look, f));
            Row::new(row)
        }))
        .render()
}

fn forms(look: &Look, lines: &[Line]) -> Markup {
    let table = Table::new(look, look.t("各种表填了多少", "What each form asked"))
        .column(Column::new(look.t("表", "Form")).primary())
        .column(Column::new(look.t("岗位", "Role")));
    heads(look, table)
        .rows(lines.iter().map(|line| {
            let mut row = vec![
                html! { (title(look.locale, &line.route)) },
                html! { (role(&line.role).to(look.locale)) },
            ];
            row.extend(cells(look, line.figures));
            Row::new(row)
        }))
        .render()
}

/// Every form there is by its own length, the longest first: what it asks at most, without the time of typing.
fn every_form(look: &Look) -> Markup {
    let mut every: Vec<(&Form, Figures)> = all().map(|form| (form, Figures::asked(form))).collect();
    every.sort_by_key(|(_, asked)| std::cmp::Reverse(asked.seconds()));
    html! {
        p.quiet {
            (look.t("按表的长短估，每问都答时的用时，不算打字；不用答的可以不答。",
                "By the length of the form: the time where every question is answered, without typing. Most may be left out."))
        }
        ul.plain {
            @for (form, asked) in every {
                li {
                    (named_in(look.locale, form))
                    span.quiet {
                        " · " (number(asked.questions)) (look.t(" 问", " questions"))
                        " · " (look.t("手填 ", "typed ")) (number(asked.typed))
                        " · " (asked.seconds()) (look.t(" 秒", " s"))
                        @if asked.known > 0 {
                            " · " (look.t("明知还问 ", "known, asked all the same ")) (number(asked.known))
                        }
                    }
                }
            }
        }
    }
}

fn named_in(locale: Locale, form: &Form) -> &str {
    if locale == Locale::Zh { &form.title.0 } else { &form.title.1 }
}

/// What the form of a route is called; the route where this version has no such form any more.
fn title(locale: Locale, route: &str) -> String {
    by_route(route).map_or_else(|| route.to_owned(), |form| named_in(locale, form).to_owned())
}

/// `GET /burden.csv?week=2026-11-16`
pub(super) async fn csv(
    State(site): State<SharedSite>,
    Staff(visitor): Staff,
    Query(query): Query<Vec<(String, String)>>,
) -> PageResult {
    let week = read(&site, &visitor, &query).await?;
    let locale = visitor.look.locale;
    let number = |zh, en| sheets::Column::new(zh, en, 0, Kind::Number);
    let heads = [
        sheets::Column::new("周一", "Monday", 12, Kind::Text),
        sheets::Column::new("岗位", "Role", 14, Kind::Text),
        sheets::Column::new("表", "Form", 26, Kind::Text),
        number("份数", "Forms"),
        number("问题", "Questions"),
        number("手填", "Typed"),
        number("打字", "Characters"),
        number("估计秒数", "Seconds, estimated"),
        number("明知还问", "Known, asked all the same"),
    ];
    let mut out = CsvOut::new(Vec::new(), &heads, locale)?;
    for line in &week.lines {
        let f = line.figures;
        let mut row = vec![
            Value::from(week.monday.to_string()),
            Value::from(role(&line.role).to(locale).to_owned()),
            Value::from(title(locale, &line.route)),
        ];
        row.extend([f.sent, f.questions, f.typed, f.signs, f.seconds(), f.known].map(Value::Int));
        out.row(&row)?;
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"burden-{}.csv\"", week.monday)),
    ];
    let file: Response = (headers, out.finish()?).into_response();
    Ok(file)
}
