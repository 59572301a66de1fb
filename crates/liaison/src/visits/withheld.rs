//! Words of a visit that are kept from somebody, as is a request that came of it.
//!
//! ```text
//!  need of the visit ─▶ request ─▶ does a shield keep whoever reads out? ─ yes ─▶ answers to the question by which needs
//!                                                                                of its class are begun are left out;
//!                                                                                all of them where none of it was answered
//! ```
//!
//! Nothing stands in their place. A word that something is missing would tell whoever the request is about that this family
//! complained, which no page tells them; so the page says to everybody, at every visit, that it may not have all of it.

use super::{photos, store, words};
use db::{Tx, params};
use kernel::{HouseholdId, RecordId, RequestId, Result};
use records::Record;
use requests::Ctx;
use std::collections::HashSet;

/// A need whose request is kept from somebody.
struct Need {
    request: RequestId,
    /// The visit at which it was heard.
    record: RecordId,
    household: HouseholdId,
    /// Its class as it was heard; empty where nobody could say.
    class: String,
}

/// Visits as whoever asks may read them. A visit, what it corrects and what corrects it are one.
///
/// Errors: those of the database.
pub(crate) fn readable(tx: &mut dyn Tx, ctx: &Ctx, visits: Vec<Record>) -> Result<Vec<Record>> {
    let mut kept = Vec::new();
    for need in shielded(tx, &visits)? {
        if requests::shield::keeps_out(tx, ctx, need.request)? {
            kept.push(need);
        }
    }
    if kept.is_empty() {
        return Ok(visits);
    }
    visits.into_iter().map(|visit| without(tx, ctx, visit, &kept)).collect()
}

/// The needs under a shield of the households where these visits were. They are few.
fn shielded(tx: &mut dyn Tx, visits: &[Record]) -> Result<Vec<Need>> {
    if visits.is_empty() {
        return Ok(Vec::new());
    }
    let homes: HashSet<HouseholdId> = visits.iter().map(|v| v.household).collect();
    let mut all = tx.query_map(&store::NEEDS_SHIELDED, &params![], |r| {
        Ok(Need { request: r.get(0)?, record: r.get(1)?, household: r.get(2)?, class: r.get(3)? })
    })?;
    all.retain(|need| homes.contains(&need.household));
    Ok(all)
}

/// One visit without what is about these needs, as far as they came of it.
fn without(tx: &mut dyn Tx, ctx: &Ctx, visit: Record, kept: &[Need]) -> Result<Record> {
    if !kept.iter().any(|need| need.household == visit.household) {
        return Ok(visit);
    }
    let Some(latest) = records::put_right(tx, visit.id, None)? else { return Ok(visit) };
    let one = photos::chain(tx, &latest)?;
    let of_it = kept.iter().filter(|need| one.contains(&need.record));
    let classes: Vec<&str> = of_it.map(|need| need.class.as_str()).collect();
    Ok(if classes.is_empty() { visit } else { words::without(&ctx.site.pack.visit, visit, &classes) })
}
