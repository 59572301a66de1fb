//! `GET /api/v1/requests/{number}/deadline`: why that date, day by day.

use super::Answer;
use super::keyed::Keyed;
use crate::api::sight;
use crate::api::text::{Words, w3c};
use crate::case::ClockRow;
use crate::ctx::Ctx;
use crate::store::clocks;
use access::SharedSite;
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use kernel::{Error, Locale};
use rules::case::ClockKind;
use rules::deadline::{Basis, Certificate, explain};
use serde::Serialize;
use utoipa::ToSchema;

/// What the person was promised, and why.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Deadline {
    /// The case.
    number: String,
    /// The promises: the answer, then each rework.
    promises: Vec<Promise>,
}

/// One promise with its certificate.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Promise {
    /// `answer` or `rework`.
    #[schema(pattern = "^(answer|rework)$")]
    clock: &'static str,
    /// Which of them, from 1.
    run: i64,
    /// When it began.
    #[schema(format = DateTime)]
    started_at: String,
    /// The last instant that is in time.
    #[schema(format = DateTime)]
    due_at: String,
    /// When it was kept, or ended.
    #[schema(format = DateTime)]
    stopped_at: Option<String>,
    /// Since when it rests, waiting for the person.
    #[schema(format = DateTime)]
    paused_at: Option<String>,
    /// Whether it is in force, ended in time, or missed.
    late: bool,
    /// The certificate in force.
    certificate: CertificateView,
    /// The certificates that it replaced, first to last.
    replaced: Vec<CertificateView>,
}

/// Why that date.
#[derive(Serialize, ToSchema)]
#[schema(as = Certificate)]
pub(in crate::api) struct CertificateView {
    /// The rule.
    rule: String,
    /// Its version.
    rule_version: String,
    /// What it rests on.
    citation: Words,
    /// How long: `5wd`, `15d`, `24h`, `30m`, `4wh`.
    #[schema(pattern = "^[0-9]+(wd|d|h|m|wh)$")]
    limit: String,
    /// How long, in words.
    limit_words: Words,
    /// The calendar by which days were counted.
    calendar: String,
    /// Its version.
    calendar_version: String,
    /// Why this certificate was made: `original`, `paused`, `extended`.
    #[schema(pattern = "^(original|paused|extended)$")]
    basis: &'static str,
    /// The last instant that is in time.
    #[schema(format = DateTime)]
    due_at: String,
    /// Whether it rests on a year whose holidays have not been published.
    provisional: bool,
    /// The whole of it in one sentence.
    explanation: Words,
    /// Each day from the start to the due day.
    days: Vec<DayView>,
}

/// A day of a certificate.
#[derive(Serialize, ToSchema)]
#[schema(as = CountedDay)]
pub(in crate::api) struct DayView {
    /// The day.
    #[schema(format = Date)]
    date: String,
    /// Whether it is one of those the limit counts.
    counted: bool,
    /// Which of them, from 1.
    number: Option<u32>,
    /// The day and why, in words.
    words: Words,
}

/// `GET /api/v1/requests/{number}/deadline`
pub(super) async fn show(
    State(site): State<SharedSite>,
    Keyed(client): Keyed,
    number: Result<Path<String>, PathRejection>,
) -> Answer<Deadline> {
    let ctx = client.ctx(&site);
    let Path(number) = number.map_err(|_| Error::NotFound)?;
    let found = ctx.read(move |tx, ctx| {
        let seen = sight::one(tx, ctx, &number, Some(&client.name))?.ok_or(Error::NotFound)?;
        let row = seen.row();
        Ok((row.number.clone(), clocks::clocks(tx, row.id)?))
    });
    let (number, clocks) = found.await?;
    // The other clocks run inside the house; these are what the person was told.
    let promised = clocks.iter().filter(|c| matches!(c.kind, ClockKind::Answer | ClockKind::Rework));
    Ok(Json(Deadline { number, promises: promised.map(|c| promise(&ctx, c)).collect() }))
}

fn promise(ctx: &Ctx, clock: &ClockRow) -> Promise {
    let zone = ctx.site.zone;
    Promise {
        clock: clock.kind.key(),
        run: clock.run,
        started_at: w3c(zone, clock.started_at),
        due_at: w3c(zone, clock.due_at),
        stopped_at: clock.stopped_at.map(|at| w3c(zone, at)),
        paused_at: clock.paused_at.map(|at| w3c(zone, at)),
        late: clock.is_late(ctx.at),
        certificate: certificate(&clock.certificate),
        replaced: clock.earlier.iter().map(certificate).collect(),
    }
}

fn certificate(c: &Certificate) -> CertificateView {
    let (zh, en) = (explain(c, Locale::Zh), explain(c, Locale::En));
    let days = zh.lines.into_iter().zip(en.lines);
    CertificateView {
        rule: c.rule.clone(),
        rule_version: c.rule_version.clone(),
        citation: Words::from(&c.citation),
        limit: c.limit.to_string(),
        limit_words: c.limit.say().into(),
        calendar: c.calendar.clone(),
        calendar_version: c.calendar_version.clone(),
        basis: match c.basis() {
            Basis::Original => "original",
            Basis::Paused => "paused",
            Basis::Extended => "extended",
        },
        due_at: w3c(c.zone, c.due),
        provisional: c.provisional,
        explanation: Words { zh: zh.headline, en: en.headline },
        days: days
            .map(|(zh, en)| DayView {
                date: zh.day.date.to_string(),
                counted: zh.day.counted,
                number: zh.number,
                words: Words { zh: zh.text, en: en.text },
            })
            .collect(),
    }
}
