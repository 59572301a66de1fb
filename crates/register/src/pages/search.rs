//! What a combobox asks while somebody types: JSON `[{value, label, hint}]`.

use access::{Noun, SharedSite, Staff, Verb};
use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use kernel::Locale;
use serde::{Deserialize, Serialize};
use web::{Look, PageResult};

/// What was typed.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
}

#[derive(Serialize)]
struct Hit {
    /// The unit's id.
    value: String,
    label: String,
    /// Where it stands.
    hint: String,
}

/// `GET /units/search?q=`: any unit, for staff.
pub async fn units(State(site): State<SharedSite>, staff: Staff, Query(asked): Query<Asked>) -> PageResult {
    staff.demand(Verb::List, Noun::Unit, "")?;
    Ok(hits(&site, &asked.q, staff.locale(), |_| true))
}

/// `GET /places/search?q=`: places to choose, for everybody.
pub async fn places(State(site): State<SharedSite>, look: Look, Query(asked): Query<Asked>) -> PageResult {
    let levels: Vec<&str> = site.pack.levels.iter().filter(|l| l.place).map(|l| l.id.as_str()).collect();
    let offices: Vec<&str> =
        site.pack.unit_kinds.iter().filter(|k| k.office).map(|k| k.id.as_str()).collect();
    Ok(hits(&site, &asked.q, look.locale, |u| {
        levels.contains(&u.level.as_str()) && !offices.contains(&u.kind.as_str())
    }))
}

/// `GET /subjects/search?q=`: units that a complaint can be about, for everybody.
pub async fn subjects(State(site): State<SharedSite>, look: Look, Query(asked): Query<Asked>) -> PageResult {
    Ok(hits(&site, &asked.q, look.locale, |u| u.parent.is_some()))
}

fn hits(site: &SharedSite, q: &str, locale: Locale, keep: impl Fn(&crate::Unit) -> bool) -> Response {
    let directory = crate::directory(site);
    let q: String = q.chars().take(100).collect();
    let found: Vec<Hit> = directory
        .search(&q, site.today(), usize::MAX)
        .into_iter()
        .filter(|u| keep(u))
        .take(12)
        .map(|u| Hit {
            value: u.id.to_string(),
            label: u.name(locale).to_owned(),
            hint: above(&directory, u, locale),
        })
        .collect();
    Json(found).into_response()
}

/// The names above a unit, which tell namesakes apart.
fn above(directory: &crate::Directory, unit: &crate::Unit, locale: Locale) -> String {
    unit.parent.map(|p| directory.full_name(p, locale)).unwrap_or_default()
}
