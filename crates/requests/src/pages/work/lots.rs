//! `/lots`: the draws of call-backs as supervision sees them, what was drawn, why, and what came of it.

use crate::ctx::Ctx;
use crate::lots::{self, Asked, Lot, Results};
use crate::pages::eye::{self, Eye};
use crate::pages::public::lots::{days, latest, outcome, standing};
use access::{SharedSite, Staff};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use kernel::{Date, Error, Role};
use maud::{Markup, html};
use rules::lot::Why;
use web::components::{Column, Row, Table, Tone, button_link, card, empty_state, pager, pill};
use web::page::Crumb;
use web::{Page, PageResult, format};

/// What the address asks for.
#[derive(Debug, Default, serde::Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    from: String,
    #[serde(default)]
    before: String,
}

/// `GET /lots?from=2026-11-16`
pub(super) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Query(asked): Query<Which>,
) -> PageResult {
    staff.need(&[Role::Supervisor, Role::Auditor])?;
    let ctx = Ctx::new(&site, staff.scope.clone());
    match asked.from.as_str() {
        "" => list(&ctx, &staff, &asked.before).await,
        from => one(&ctx, &staff, from).await,
    }
}

async fn list(ctx: &Ctx, staff: &Staff, before: &str) -> PageResult {
    let found = latest(ctx, "/lots", before).await?;
    let eye = Eye::new(&staff.look, ctx);
    let number = |zh, en| Column::new(eye.t(zh, en)).number();
    let table = Table::new(&eye.look, eye.t("各次抽签", "The draws"))
        .column(Column::new(eye.t("销号的日子", "Closed on")).primary())
        .column(Column::new(eye.t("进展", "How far")).bare())
        .column(number("可抽", "Could be drawn"))
        .column(number("抽中", "Drawn"))
        .column(number("解决", "Solved"))
        .column(number("没解决", "Not solved"))
        .column(number("没联系上", "Not reached"))
        .column(number("还没问", "Not asked"))
        .rows(found.rows.iter().map(|(r, lot)| row(&eye, lot, r)))
        .empty(empty_state(
            eye.t(
                "还没有抽签。封存过一次以后就会定下一次。",
                "No draw yet: after the first seal the next one is bound.",
            ),
            None,
        ));
    let page = Page::new(&eye.look, eye.t("抽签回访", "Call-backs by lot"))
        .at("/dashboard")
        .lede(html! { (eye.t(
            "每个单位都抽，办得特别快的和零差评单位的多抽。种子事先定下，谁也选不了。",
            "Every unit is drawn from, the very fast and those without a complaint more. The seed is bound before: nobody chooses.")) })
        .tools(html! { (button_link(eye.t("公众怎么核对", "How the public checks it"), "/proof/lots")) })
        .main(table.render())
        .main(pager(&eye.look, found.newer, found.older.as_deref(), ""));
    Ok(page.into_response())
}

fn row(eye: &Eye, lot: &Lot, r: &Results) -> Row {
    let n = |n: i64| html! { @if lot.drawn_at.is_some() { (format::number(n)) } @else { span.none { "—" } } };
    Row::new(vec![
        html! { span.nowrap { (days(eye, lot)) } },
        standing(eye, lot),
        n(lot.cases),
        n(lot.drawn),
        n(r.solved),
        n(r.not_solved),
        n(r.not_reached),
        n(r.waiting()),
    ])
    .href(format!("/lots?from={}", lot.from))
}

async fn one(ctx: &Ctx, staff: &Staff, from: &str) -> PageResult {
    let from: Date = from.parse().map_err(|_| Error::NotFound)?;
    let (lot, results, asked, names) = ctx
        .read(move |tx, ctx| {
            let lot = lots::one(tx, from)?.ok_or(Error::NotFound)?;
            // Only what this reader may see: their own work among it is not told before it was asked about.
            let mut asked = lots::asked(tx, &lot)?;
            asked.retain(|a| {
                access::may(&ctx.scope, access::Verb::View, access::Noun::Request, ctx.path(a.unit))
            });
            let names = eye::names(tx, asked.iter().filter_map(|a| a.sample.account))?;
            let results = lots::results(tx, None, from, from, None)?;
            Ok((lot, results, asked, names))
        })
        .await?;
    let eye = Eye::new(&staff.look, ctx).with_names(names);
    let mut why = Vec::new();
    for (reason, n) in Why::ALL.iter().zip(results.why).filter(|(_, n)| *n > 0) {
        why.push(format!("{} {}", reason.name().to(eye.locale()), format::number(n)));
    }
    let table = Table::new(&eye.look, eye.t("抽中的", "What was drawn"))
        .column(Column::new(eye.t("事项", "Matter")).primary())
        .column(Column::new(eye.t("承办单位", "Handled by")).bare())
        .column(Column::new(eye.t("原因", "Why")).bare())
        .column(Column::new(eye.t("结果", "Result")).bare())
        .column(Column::new(eye.t("谁问的", "Asked by")).bare())
        .column(Column::new(eye.t("编号", "Number")).bare())
        .rows(asked.iter().map(|a| drawn(&eye, a)))
        .empty(empty_state(eye.t("这次没有抽中的。", "Nothing was drawn."), None));
    let label = eye.t("抽签回访", "Call-backs by lot").to_owned();
    let page = Page::new(&eye.look, days(&eye, &lot))
        .at("/dashboard")
        .crumbs(vec![Crumb { href: "/lots".into(), label }])
        .lede(html! { (standing(&eye, &lot)) @if !why.is_empty() { " · " (why.join(" · ")) } })
        .tools(html! { (button_link(eye.t("公开的一页", "The public page"), &format!("/proof/lots/{}", lot.from))) })
        .main(html! { @if lot.drawn_at.is_some() { (card(Some(eye.t("结果", "Results")), outcome(&eye, &results))) (table.render()) } });
    Ok(page.into_response())
}

fn drawn(eye: &Eye, a: &Asked) -> Row {
    let s = &a.sample;
    Row::new(vec![
        html! { (a.title) },
        html! { (eye.unit(a.unit)) },
        html! { (s.why.name().to(eye.locale())) },
        result(eye, a),
        html! { @match s.unit { Some(unit) => { (eye.unit(unit)) " " (eye.officer(s.account)) }, None => span.none { "—" } } },
        html! { span.nowrap { (a.number) } },
    ])
    .href(format!("/requests/{}", a.number))
}

pub(super) fn result(eye: &Eye, a: &Asked) -> Markup {
    let s = &a.sample;
    let grade = s.satisfaction.map(|g| g.name().to(eye.locale()).to_owned());
    html! {
        @match s.outcome.as_str() {
            "same" => (eye.t("确实解决了", "solved indeed")),
            "other" => (pill(Tone::Late, eye.t("说没解决，已重启", "not solved; opened again"))),
            "not-reached" => (eye.t("没联系上", "not reached")),
            _ if s.days > 0 => (eye.t("打过，还没接通", "called, not reached yet")),
            _ => span.quiet { (eye.t("还没问", "not asked yet")) },
        }
        @if let Some(grade) = grade { " · " (grade) }
    }
}
