//! `GET /api/v1/rules`: the limits in force with their sources, and how days are counted.

use super::Answer;
use super::keyed::Keyed;
use crate::api::text::Words;
use access::SharedSite;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// The rules in force.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Rules {
    /// The policy pack.
    pack: String,
    /// What people call it.
    name: Words,
    /// Its version, which certificates and notices name.
    version: String,
    /// From when it applies.
    #[schema(format = Date)]
    valid_from: String,
    /// How days are counted, as sentences.
    counting: Vec<Words>,
    /// Every limit with its source.
    limits: Vec<Limit>,
    /// Extension, waiting, call-back, evidence and publication, as sentences.
    further: Vec<Words>,
}

/// A limit.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Limit {
    /// Its key, named by certificates.
    rule: String,
    /// Its version, named by certificates.
    version: String,
    /// The clock it is for.
    clock: &'static str,
    /// What people call the clock.
    clock_name: Words,
    /// When it applies, in words.
    applies: Words,
    /// How long: `5wd`, `15d`, `24h`, `30m`, `4wh`.
    #[schema(pattern = "^[0-9]+(wd|d|h|m|wh)$")]
    limit: String,
    /// How long, in words.
    limit_words: Words,
    /// What it rests on.
    citation: Words,
    /// How far the source has been read: `seen`, `seen-3p`, `memory`, `inferred`; `local`: decided here.
    source: &'static str,
    /// From when it applies.
    #[schema(format = Date)]
    valid_from: String,
}

/// `GET /api/v1/rules`
pub(super) async fn show(State(site): State<SharedSite>, _: Keyed) -> Answer<Rules> {
    let pack = &site.pack;
    let page = pack::describe(pack);
    let limits = pack.limits.iter().zip(&page.limits);
    Ok(Json(Rules {
        pack: pack.id.clone(),
        name: Words::from(&pack.name),
        version: pack.version.clone(),
        valid_from: pack.valid_from.to_string(),
        counting: page.counting.iter().map(Words::from).collect(),
        limits: limits
            .map(|(rule, row)| Limit {
                rule: rule.id.clone(),
                version: rule.version.clone(),
                clock: rule.clock.key(),
                clock_name: rule.clock.name().into(),
                applies: Words::from(&row.applies),
                limit: rule.limit.to_string(),
                limit_words: rule.limit.say().into(),
                citation: Words::from(&rule.citation),
                source: rule.tag.key(),
                valid_from: rule.valid_from.to_string(),
            })
            .collect(),
        further: page.other.iter().map(Words::from).collect(),
    }))
}
