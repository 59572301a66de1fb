//! Who may look after households: by post, unit and level, as the kind of pairing says.

use crate::store::pairings as store;
use db::{Row, Tx, params};
use kernel::{AccountId, Date, Result, Role, UnitId, path_end};
use pack::{Pack, PairingKind};
use register::{Directory, Unit};
use std::collections::BTreeSet;

/// Somebody who may take on pairings of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub account: AccountId,
    /// Their name.
    pub name: String,
    /// The unit of the post that allows it.
    pub unit: UnitId,
}

fn candidate(r: &Row, kind: &PairingKind, dir: &Directory) -> Result<Option<Candidate>> {
    let role: String = r.get(3)?;
    let unit: UnitId = r.get(2)?;
    let fits = Role::from_key(&role).is_some_and(|role| kind.roles.contains(&role))
        && dir.get(unit).is_some_and(|u| kind.levels.is_empty() || kind.levels.contains(&u.level));
    Ok(if fits { Some(Candidate { account: r.get(0)?, name: r.get(1)?, unit }) } else { None })
}

/// The unit whose border counts for something at `path`; none where the kind goes across all of them.
pub fn border<'d>(dir: &'d Directory, kind: &PairingKind, unit: &Unit) -> Option<&'d Unit> {
    dir.at_level(unit.id, kind.within.as_deref()?)
}

/// Everybody who may take on pairings of `kind` with households at and below `path` on a day, in the order of their
/// units and names; each once.
///
/// Errors: those of the database.
pub fn candidates(
    tx: &mut dyn Tx,
    dir: &Directory,
    kind: &PairingKind,
    path: &str,
    on: Date,
) -> Result<Vec<Candidate>> {
    let asked = dir.by_path(path);
    // Inside one border all who have a post there; across borders all there are.
    let top = match (&kind.within, asked.and_then(|u| border(dir, kind, u))) {
        (None, _) => dir.root().map_or("/", |u| u.path.as_str()),
        (Some(_), Some(unit)) => unit.path.as_str(),
        (Some(_), None) => path,
    };
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for r in tx.query(&store::POSTED_BELOW, &params![top, path_end(top), on])? {
        if let Some(one) = candidate(&r, kind, dir)?
            && seen.insert(one.account)
        {
            found.push(one);
        }
    }
    Ok(found)
}

/// The post by which `account` may look after a household at `path`; none where there is no such post.
///
/// Errors: those of the database.
pub fn post_for(
    tx: &mut dyn Tx,
    dir: &Directory,
    kind: &PairingKind,
    account: AccountId,
    path: &str,
    on: Date,
) -> Result<Option<Candidate>> {
    let home = dir.by_path(path);
    for r in tx.query(&store::POSTS_OF, &params![account, on])? {
        let Some(one) = candidate(&r, kind, dir)? else { continue };
        let same = match &kind.within {
            None => true,
            Some(_) => {
                let theirs = dir.get(one.unit).and_then(|u| border(dir, kind, u)).map(|u| u.id);
                theirs.is_some() && theirs == home.and_then(|u| border(dir, kind, u)).map(|u| u.id)
            }
        };
        if same {
            return Ok(Some(one));
        }
    }
    Ok(None)
}

/// Kinds of pairing that somebody with this post may take on.
pub fn kinds_for<'p>(pack: &'p Pack, role: Role, level: &str) -> Vec<&'p PairingKind> {
    let fits = |k: &&PairingKind| {
        k.roles.contains(&role) && (k.levels.is_empty() || k.levels.iter().any(|l| l == level))
    };
    pack.pairings.iter().filter(fits).collect()
}
