//! `GET /api/v1/journal/…`: signed heads, and the proofs that anybody may ask for. No key is needed: what is
//! here names nobody and no case.

use super::Answer;
use super::problem::Problem;
use super::query::Query;
use crate::api::text::w3c;
use access::SharedSite;
use axum::Json;
use axum::extract::State;
use journal::tree::{self, receipt};
use kernel::{Error, Result};
use serde::Serialize;
use utoipa::ToSchema;

/// Heads in one answer, unless said otherwise, and at most.
pub(in crate::api) const HEADS: i64 = 50;
pub(in crate::api) const HEADS_MAX: i64 = 500;
/// Leaves in one answer, unless said otherwise, and at most.
pub(in crate::api) const LEAVES: i64 = 1000;
pub(in crate::api) const LEAVES_MAX: i64 = 10_000;

/// A key that heads are signed with.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct SealKey {
    /// The key, as signed notes write it: name, four bytes of its hash, and base64.
    key: String,
    /// Since when.
    #[schema(format = DateTime)]
    since: String,
}

/// A signed head.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct SealHead {
    /// Its number.
    #[schema(minimum = 1)]
    number: i64,
    /// How many leaves it covers.
    #[schema(minimum = 1)]
    size: u64,
    /// When it was signed.
    #[schema(format = DateTime)]
    at: String,
    /// The day that it closes; none for those between.
    #[schema(format = Date)]
    day: Option<String>,
    /// The root over the leaves, in hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    root: String,
    /// The signed note, as it was signed.
    note: String,
}

/// Heads, newest first.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct SealHeads {
    /// Every key that heads were signed with.
    keys: Vec<SealKey>,
    /// The heads.
    heads: Vec<SealHead>,
    /// To be given as `before` for the next page; none at the end.
    next: Option<String>,
}

/// That a leaf stands in the tree of a head.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Inclusion {
    /// The leaf's hash, in hexadecimal.
    leaf: String,
    /// Its place, from 0.
    index: u64,
    /// How many leaves the head covers.
    size: u64,
    /// The audit path of RFC 6962, from the leaf up, in base64.
    path: Vec<String>,
    /// The signed head.
    head: String,
    /// The key that it is signed with.
    key: String,
}

/// That the tree of one head is the beginning of another's.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct HeadsConsistency {
    /// `lianxin-consistency-1`
    format: String,
    /// The older head.
    from: String,
    /// The newer one.
    to: String,
    /// The path of RFC 6962, in base64.
    path: Vec<String>,
    /// The key that both are signed with.
    key: String,
}

/// Hashes of leaves, in their order.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Leaves {
    /// The place of the first.
    from: u64,
    /// In hexadecimal.
    leaves: Vec<String>,
    /// To be given as `from` for the next page; none at the end.
    next: Option<String>,
}

/// `GET /api/v1/journal/heads`
pub(super) async fn heads(State(site): State<SharedSite>, query: Query) -> Answer<SealHeads> {
    let before = query.number("before", 1, i64::MAX)?;
    let limit = query.number("limit", 1, HEADS_MAX)?.unwrap_or(HEADS);
    let daily = query.word("daily", &["true", "false"])? == Some("true");
    let (mut heads, keys) = site
        .db
        .read(move |tx| Ok((tree::heads(tx, before, limit as usize + 1, daily)?, tree::keys(tx)?)))
        .await?;
    let more = heads.len() > limit as usize;
    heads.truncate(limit as usize);
    let iso = |at| w3c(site.zone, at);
    let next = heads.last().filter(|_| more).map(|h| h.n.to_string());
    let heads = heads.into_iter().map(|h| {
        Ok(SealHead {
            number: h.n,
            size: h.size,
            at: iso(h.at),
            day: h.day.map(|d| d.to_string()),
            root: hex::encode(h.checkpoint()?.root),
            note: h.note,
        })
    });
    Ok(Json(SealHeads {
        heads: heads.collect::<Result<_>>()?,
        keys: keys
            .into_iter()
            .map(|(key, since)| SealKey { key: key.to_string(), since: iso(since) })
            .collect(),
        next,
    }))
}

/// `GET /api/v1/journal/inclusion?leaf=…`
pub(super) async fn inclusion(State(site): State<SharedSite>, query: Query) -> Answer<Inclusion> {
    let bad = || Problem::bad("leaf 应为 64 位十六进制。", "leaf has to be 64 hexadecimal digits.");
    let text = query.text("leaf")?.ok_or_else(bad)?;
    let hash: journal::Hash = hex::decode(text).ok().and_then(|h| h.try_into().ok()).ok_or_else(bad)?;
    let (leaf, sealed) = site
        .db
        .snapshot(move |tx| {
            let leaf = tree::find_leaf(tx, &hash)?.ok_or(Error::NotFound)?;
            let sealed = receipt::sealed(tx, &leaf)?.ok_or(Error::NotFound)?;
            Ok((leaf, sealed))
        })
        .await?;
    let size = tree::note::Checkpoint::parse(&sealed.head)?.size;
    Ok(Json(Inclusion {
        leaf: hex::encode(leaf.hash),
        index: sealed.index,
        size,
        path: sealed.path,
        head: sealed.head,
        key: sealed.key,
    }))
}

/// `GET /api/v1/journal/consistency?from=…&to=…`
pub(super) async fn consistency(State(site): State<SharedSite>, query: Query) -> Answer<HeadsConsistency> {
    let missing = |field: &str| Problem::bad(format!("缺少 {field}。"), format!("{field} is missing."));
    let from = query.number("from", 1, i64::MAX)?.ok_or_else(|| missing("from"))?;
    let to = query.number("to", 1, i64::MAX)?.ok_or_else(|| missing("to"))?;
    if from > to {
        return Err(Problem::bad("from 不能比 to 新。", "from is not to be newer than to."));
    }
    let proof = site
        .db
        .snapshot(move |tx| {
            let (from, to) = (tree::head(tx, from)?, tree::head(tx, to)?);
            let (from, to) = (from.ok_or(Error::NotFound)?, to.ok_or(Error::NotFound)?);
            receipt::consistency(tx, &from, &to)?.ok_or(Error::NotFound)
        })
        .await?;
    let receipt::Consistency { format, from, to, path, key } = proof;
    Ok(Json(HeadsConsistency { format, from, to, path, key }))
}

/// `GET /api/v1/journal/leaves?from=…`
pub(super) async fn leaves(State(site): State<SharedSite>, query: Query) -> Answer<Leaves> {
    let from = query.number("from", 0, i64::MAX - LEAVES_MAX)?.unwrap_or(0) as u64;
    let limit = query.number("limit", 1, LEAVES_MAX)?.unwrap_or(LEAVES) as u64;
    let mut hashes = site.db.read(move |tx| tree::hashes(tx, from, limit + 1)).await?;
    let more = hashes.len() as u64 > limit;
    hashes.truncate(limit as usize);
    let next = more.then(|| (from + limit).to_string());
    Ok(Json(Leaves { from, leaves: hashes.iter().map(hex::encode).collect(), next }))
}
