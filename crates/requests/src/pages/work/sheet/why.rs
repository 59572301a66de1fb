//! Why this date: the certificate of a clock day by day, with those it replaced.

use crate::case::{Case, ClockRow};
use crate::ctx::Ctx;
use crate::pages::eye::Eye;
use access::{SharedSite, Staff};
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use kernel::{Error, Locale};
use maud::{Markup, html};
use rules::case::ClockKind;
use rules::deadline::{Basis, Certificate, explain};
use web::components::{Definition, Pair, Tone, card, definitions, disclosure, pill};
use web::page::Crumb;
use web::{Page, PageResult};

/// `GET /requests/{number}/why/{clock}`.
pub(crate) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Path((number, clock)): Path<(String, String)>,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let kind = ClockKind::from_key(&clock).ok_or(Error::NotFound)?;
    let case = ctx.read(move |tx, ctx| Case::find_number(tx, ctx, &number)).await?;
    let runs: Vec<&ClockRow> = case.clocks.iter().rev().filter(|c| c.kind == kind).collect();
    if runs.is_empty() {
        return Err(Error::NotFound.into());
    }
    let eye = Eye::new(&staff.look, &ctx);
    let title = match eye.locale() {
        Locale::Zh => format!("为什么是这一天：{}", kind.name().zh),
        Locale::En => format!("Why this day: {}", kind.name().en.to_lowercase()),
    };
    let row = &case.row;
    let page = Page::new(&staff.look, title)
        .at("/requests")
        .narrow()
        .crumbs(vec![Crumb {
            href: format!("/requests/{}", row.number),
            label: format!("{} {}", row.number, row.title),
        }])
        .main(html! { @for run in &runs { (clock_card(&eye, run, runs.len() > 1)) } });
    Ok(page.into_response())
}

fn clock_card(eye: &Eye, clock: &ClockRow, several: bool) -> Markup {
    let title = match eye.locale() {
        Locale::Zh => format!("第 {} 次", clock.run),
        Locale::En => format!("Run {}", clock.run),
    };
    card(
        several.then_some(title.as_str()),
        html! {
            (certificate(eye, &clock.certificate))
            @if !clock.earlier.is_empty() {
                @for earlier in clock.earlier.iter().rev() {
                    (disclosure(&replaced(eye, earlier), certificate(eye, earlier)))
                }
            }
        },
    )
}

fn replaced(eye: &Eye, c: &Certificate) -> String {
    match eye.locale() {
        Locale::Zh => format!("先前的凭证：{} 到期（{}）", eye.moment(c.due), basis(eye, c)),
        Locale::En => format!("Earlier certificate: due {} ({})", eye.moment(c.due), basis(eye, c)),
    }
}

fn basis<'a>(eye: &'a Eye, c: &Certificate) -> &'a str {
    match c.basis() {
        Basis::Original => eye.t("开始时", "at the start"),
        Basis::Paused => eye.t("停走之后", "after a pause"),
        Basis::Extended => eye.t("延期之后", "after an extension"),
    }
}

/// One certificate: the sentence, the days, and what it rests on.
pub(crate) fn certificate(eye: &Eye, c: &Certificate) -> Markup {
    let locale = eye.locale();
    let said = explain(c, locale);
    let facts: Vec<Definition> = vec![
        Pair::text(eye.t("期限", "Limit"), c.limit.say().to(locale)),
        Pair::text(eye.t("规则", "Rule"), &format!("{} · {}", c.rule, c.rule_version)),
        Pair::text(eye.t("依据", "Rests on"), c.citation.to(locale)),
        Pair::text(eye.t("日历", "Calendar"), &format!("{} · {}", c.calendar, c.calendar_version)),
        Pair::text(eye.t("这份凭证", "This certificate"), basis(eye, c)),
    ];
    html! {
        p.lines { b { (said.headline) } }
        @if let Some(note) = &said.provisional { p { (pill(Tone::Soon, eye.t("暂定", "provisional"))) " " (note) } }
        ol.daylist {
            @for line in &said.lines {
                li class=[(!line.day.counted).then_some("quiet")] {
                    @if let Some(n) = line.number { b { (n) } " " }
                    (line.text)
                }
            }
        }
        (definitions(&facts))
        p.hint { (eye.t("凭证不会被改写；换了日期就另出一份，先前的都在。任何人拿着规则和日历都能重算。", "A certificate is never changed: another date makes another one, and the former stay. Anyone with the rule and the calendar can count again.")) }
    }
}
