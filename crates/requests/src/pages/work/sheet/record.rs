//! The record of a case, event by event, and whether its chain is whole: what an auditor checks without the
//! shell. It holds no words of anybody, only who did what when, and each event's fingerprint.

use super::line;
use crate::case::Case;
use crate::ctx::Ctx;
use crate::pages::eye::{Eye, names};
use access::{SharedSite, Staff};
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use db::Tx;
use journal::{Event, FaultKind, Link, verify_stream};
use kernel::{Actor, Locale, Result};
use maud::{Markup, html};
use web::components::{Column, Flash, FlashKind, Row, Table, Tone, card};
use web::page::Crumb;
use web::{Look, Page, PageResult, format};

/// How much of a fingerprint is shown, in bytes.
const SHOWN: usize = 8;

struct Record {
    eye: Eye,
    case: Case,
    events: Vec<Event>,
    fault: Option<(i64, FaultKind)>,
}

fn read(tx: &mut dyn Tx, ctx: &Ctx, look: &Look, number: &str) -> Result<Record> {
    let case = Case::find_number(tx, ctx, number)?;
    let row = &case.row;
    let fault = match Link::from_columns(row.seq, &row.head) {
        Some(end) => verify_stream(tx, row.id.0, &end)?,
        None => Some((row.seq, FaultKind::Changed)),
    };
    // A row that was tampered with need not even be readable; the fault says so already.
    let events = match journal::events(tx, row.id.0) {
        Err(_) if fault.is_some() => Vec::new(),
        events => events?,
    };
    let known = names(tx, events.iter().filter_map(|e| e.actor.account()).collect::<Vec<_>>())?;
    Ok(Record { eye: Eye::new(look, ctx).with_names(known), case, events, fault })
}

/// `GET /requests/{number}/record`.
pub(crate) async fn show(
    State(site): State<SharedSite>,
    staff: Staff,
    Path(number): Path<String>,
) -> PageResult {
    let ctx = Ctx::new(&site, staff.scope.clone());
    let look = staff.look.clone();
    let record = ctx.read(move |tx, ctx| read(tx, ctx, &look, &number)).await?;
    Ok(page(&record).into_response())
}

fn page(r: &Record) -> Page {
    let (eye, row) = (&r.eye, &r.case.row);
    Page::new(&eye.look, eye.t("逐条核对", "The record, event by event"))
        .at("/requests")
        .crumbs(vec![Crumb {
            href: format!("/requests/{}", row.number),
            label: format!("{} {}", row.number, row.title),
        }])
        .lede(html! { p { (eye.t(
            "每一条的指纹由它的内容和上一条的指纹算出。改、删、插任何一条，后面的就接不上。",
            "The fingerprint of each event is computed from its content and the fingerprint before it: whatever is changed, removed or put in, the next one does not fit any more.",
        )) } })
        .notice(verdict(r))
        .main(card(None, table(r)))
}

fn verdict(r: &Record) -> Flash {
    let n = r.events.len();
    match (r.fault, r.eye.locale()) {
        (None, Locale::Zh) => {
            Flash::ok(&format!("完整：{n} 条，条条接得上，最后一条就是这件上记着的那一条。"))
        }
        (None, Locale::En) => Flash::ok(&format!(
            "Whole: {n} events, each fits the one before, and the last is the one the case names."
        )),
        (Some((seq, kind)), Locale::Zh) => {
            let what = kind.say();
            Flash::new(FlashKind::Error, &format!("第 {seq} 条对不上：{}。请报告，并核对全部记录。", what.zh))
        }
        (Some((seq, kind)), Locale::En) => {
            let what = kind.say();
            Flash::new(
                FlashKind::Error,
                &format!("Event {seq} does not fit: {}. Report it, and check the whole record.", what.en),
            )
        }
    }
}

fn table(r: &Record) -> Markup {
    let eye = &r.eye;
    let zone = eye.ctx.site.zone;
    let rows = r.events.iter().map(|e| {
        let broken = r.fault.is_some_and(|(seq, _)| seq == e.seq);
        Row::new(vec![
            html! { (e.seq) },
            html! { (format::moment_year(eye.locale(), zone, e.at)) },
            html! { (who(eye, e)) },
            html! { (line::word(&e.kind, eye.locale())) },
            html! { code { (hex::encode(&e.hash[..SHOWN])) } },
        ])
        .tone(if broken { Tone::Late } else { Tone::Plain })
    });
    Table::new(&eye.look, eye.t("记录", "Events"))
        .column(Column::new("#").number())
        .column(Column::new(eye.t("时间", "When")).bare())
        .column(Column::new(eye.t("谁", "Who")).bare())
        .column(Column::new(eye.t("做了什么", "What")).primary())
        .column(Column::new(eye.t("指纹", "Fingerprint")))
        .rows(rows)
        .render()
}

fn who(eye: &Eye, e: &Event) -> String {
    match &e.actor {
        Actor::Staff { account, unit } => {
            let (name, unit) = (eye.officer(Some(*account)), eye.unit(*unit));
            match eye.locale() {
                Locale::Zh => format!("{name}（{unit}）"),
                Locale::En => format!("{name} ({unit})"),
            }
        }
        Actor::Resident => eye.t("诉求人", "The person").to_owned(),
        Actor::System => eye.t("系统", "The system").to_owned(),
        _ => eye.t("外部系统", "Another program").to_owned(),
    }
}
