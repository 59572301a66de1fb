//! Words of a visit, and what was promised there, that are kept from somebody, as is a request that came of it.
//!
//! ```text
//!  need of the visit ─▶ request ─▶ does a shield keep whoever reads out? ─ yes ─▶ answers to the question by which needs
//!                                                                                of its class are begun are left out;
//!                                                                                all of them where none of it was answered;
//!                                                                                promises made there, which name no class,
//!                                                                                and what was said there of earlier ones
//! ```
//!
//! Nothing stands in their place. A word that something is missing would tell whoever the request is about that this family
//! complained, which no page tells them; so the page says to everybody, at every visit, that it may not have all of it.

use super::{Promise, PromiseAnswer, photos, store, words};
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
    for need in shielded(tx, &visits.iter().map(|v| v.household).collect())? {
        if requests::shield::keeps_out(tx, ctx, need.request)? {
            kept.push(need);
        }
    }
    if kept.is_empty() {
        return Ok(visits);
    }
    visits.into_iter().map(|visit| without(tx, ctx, visit, &kept)).collect()
}

/// Promises as whoever asks may read them: without those made at a visit that also gave a need which is kept from them,
/// since nothing tells whether they are about it. What one promised oneself one knows, and has to answer.
///
/// Errors: those of the database.
pub(crate) fn promises(tx: &mut dyn Tx, ctx: &Ctx, mut all: Vec<Promise>) -> Result<Vec<Promise>> {
    let hidden = visits_hidden(tx, ctx, all.iter().map(|p| p.household).collect())?;
    let me = ctx.account();
    all.retain(|p| me == Some(p.account) || !hidden.contains(&p.record));
    Ok(all)
}

/// The same with what was said of each; without what was said at such a visit.
///
/// Errors: those of the database.
pub(crate) fn answered(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    mut all: Vec<(Promise, Vec<PromiseAnswer>)>,
) -> Result<Vec<(Promise, Vec<PromiseAnswer>)>> {
    let hidden = visits_hidden(tx, ctx, all.iter().map(|(p, _)| p.household).collect())?;
    let me = ctx.account();
    all.retain(|(p, _)| me == Some(p.account) || !hidden.contains(&p.record));
    for answer in all.iter_mut().flat_map(|(_, said)| said) {
        if hidden.contains(&answer.record) {
            answer.text.clear();
        }
    }
    Ok(all)
}

/// The visits to these households of which a need is kept from whoever asks, each with what it corrects and what corrects it.
///
/// Errors: those of the database.
pub(crate) fn visits_hidden(
    tx: &mut dyn Tx,
    ctx: &Ctx,
    homes: HashSet<HouseholdId>,
) -> Result<HashSet<RecordId>> {
    let mut out = HashSet::new();
    for need in shielded(tx, &homes)? {
        if out.contains(&need.record) || !requests::shield::keeps_out(tx, ctx, need.request)? {
            continue;
        }
        out.insert(need.record);
        if let Some(latest) = records::put_right(tx, need.record, None)? {
            out.extend(photos::chain(tx, &latest)?);
        }
    }
    Ok(out)
}

/// The needs under a shield of these households. They are few.
fn shielded(tx: &mut dyn Tx, homes: &HashSet<HouseholdId>) -> Result<Vec<Need>> {
    if homes.is_empty() {
        return Ok(Vec::new());
    }
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
