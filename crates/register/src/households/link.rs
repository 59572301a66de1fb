//! Two rows that are one household: proposed, linked with a basis, and unlinked again. Nothing is moved: the linked one
//! keeps its people, marks and history, and stands in no list; whoever reads the one that is kept reads both
//! ([`super::whole`]).

use super::alike::{self, Alike};
use super::model::{Household, Member};
use super::standing::members;
use super::{acting, basis_fault, demanded, find, tell};
use crate::store::households as store;
use access::accounts::Act;
use access::{SharedSite, Site, Verb};
use db::{Row, Tx, params};
use kernel::{AccountId, Date, Error, HouseholdId, PersonId, Result, Scope, Timestamp, path_end};

/// Up to how many links are listed at a time.
pub const LINKS: i64 = 100;

/// A link, in force or undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The household that is linked.
    pub household: HouseholdId,
    /// The one that stands for both.
    pub kept: HouseholdId,
    /// On what it rests.
    pub basis: String,
    /// When.
    pub at: Timestamp,
    /// By whom, where a person did it.
    pub by: Option<AccountId>,
    /// When it was undone.
    pub undone_at: Option<Timestamp>,
}

fn link_of(r: &Row) -> Result<Link> {
    Ok(Link {
        household: r.get(0)?,
        kept: r.get(1)?,
        basis: r.get(2)?,
        at: r.get(3)?,
        by: r.get(4)?,
        undone_at: r.get(5)?,
    })
}

/// Every link of a household, from it and to it, also undone ones, earliest first.
///
/// Errors: those of the database.
pub fn links(tx: &mut dyn Tx, household: HouseholdId) -> Result<Vec<Link>> {
    tx.query_map(&store::LINKS_OF, &params![household], link_of)
}

/// The links in force of households at or below `path`, the latest first, [`LINKS`] at most.
///
/// Errors: those of the database.
pub fn linked_in(tx: &mut dyn Tx, path: &str) -> Result<Vec<Link>> {
    tx.query_map(&store::LINKED_IN, &params![path, path_end(path), LINKS], link_of)
}

/// The household that stands for this one: itself, or the one it is linked to.
///
/// Errors: those of the database.
pub fn kept(tx: &mut dyn Tx, household: Household) -> Result<Household> {
    match household.kept.map(|id| find::get(tx, id)).transpose()?.flatten() {
        Some(kept) => Ok(kept),
        None => Ok(household),
    }
}

/// This household and every one that is linked to it: what was written down at any of them belongs to it.
///
/// Errors: those of the database.
pub fn same(tx: &mut dyn Tx, household: HouseholdId) -> Result<Vec<HouseholdId>> {
    let mut all = vec![household];
    all.extend(tx.query_map(&store::LINKED, &params![household], |r| r.get::<HouseholdId>(0))?);
    Ok(all)
}

/// Two people of two households who may be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Double {
    /// The one of the first household.
    pub one: PersonId,
    /// The one of the second.
    pub other: PersonId,
    /// Why; [`Alike::HeadName`] for the same name, whoever of the two households bears it.
    pub why: Alike,
}

/// Who of two households may be one person today, by the surest reason each.
///
/// Errors: those of the database.
pub fn doubles(tx: &mut dyn Tx, one: HouseholdId, other: HouseholdId, on: Date) -> Result<Vec<Double>> {
    let there = |all: Vec<Member>| all.into_iter().filter(|m| m.is_there(on)).collect::<Vec<_>>();
    let (mine, theirs) = (there(members(tx, one)?), there(members(tx, other)?));
    let same = |a: &Option<Vec<u8>>, b: &Option<Vec<u8>>| a.is_some() && a == b;
    let mut out = Vec::new();
    for a in &mine {
        let why = |b: &Member| {
            let name = same(&a.keys.name, &b.keys.name);
            if same(&a.keys.idno, &b.keys.idno) {
                Some(Alike::Idno)
            } else if name && same(&a.keys.phone, &b.keys.phone) {
                Some(Alike::NamePhone)
            } else {
                name.then_some(Alike::HeadName)
            }
        };
        let found = theirs.iter().filter_map(|b| Some((b, why(b)?)));
        if let Some((b, why)) = found.min_by_key(|(_, why)| why.rank()) {
            out.push(Double { one: a.person, other: b.person, why });
        }
    }
    Ok(out)
}

/// Links `household` to `kept`.
///
/// Errors: not found; refused: `link` where one of them is linked already, or another one to it; `link-ended` where one
/// has ended; what the table refuses at both.
pub async fn link(
    site: &SharedSite,
    scope: &Scope,
    household: HouseholdId,
    kept: HouseholdId,
    basis: String,
) -> Result<()> {
    let (at, scope) = (site.clone(), scope.clone());
    site.db
        .write(move |tx| {
            let other = demanded(tx, &scope, Verb::Merge, household)?;
            let known = demanded(tx, &scope, Verb::Merge, kept)?;
            link_in(tx, &at, &other, &known, &basis, &acting(&at, &scope, Verb::Merge, &other.path)?)
        })
        .await
}

/// The same inside a transaction.
///
/// Errors: as [`link`], but for the table.
pub fn link_in(
    tx: &mut dyn Tx,
    site: &Site,
    other: &Household,
    kept: &Household,
    basis: &str,
    act: &Act,
) -> Result<()> {
    if let Some(wrong) = basis_fault(basis) {
        return Err(Error::Invalid(vec![wrong]));
    }
    let stands_for = tx.exists(&store::LINKED_TO, &params![other.id])?;
    if other.id == kept.id || other.kept.is_some() || kept.kept.is_some() || stands_for {
        return Err(Error::refused(
            "link",
            "其中一户已经与别的户并为一户，请先解除再并。",
            "One of them is linked with another household already: undo that first.",
        ));
    }
    let today = site.zone.date(act.at);
    if !(other.is_open(today) && kept.is_open(today)) {
        return Err(Error::refused(
            "link-ended",
            "其中一户已经注销，不能并为一户。",
            "One of them has ended: it cannot be linked.",
        ));
    }
    let id = PersonId::new(act.at, &*site.chance).0;
    let by = act.actor.account();
    tx.execute(&store::LINK_INSERT, &params![id, other.id, kept.id, basis.trim(), act.at, by])?;
    tx.execute(&store::HOUSEHOLD_KEPT, &params![other.id, kept.id])?;
    // What may be one with either may be one with the one that stands for both.
    alike::forget(tx, other.id)?;
    alike::renew_of(tx, site, kept.id)?;
    let payload = serde_json::json!({ "with": kept.id, "basis": basis.trim() });
    tell(tx, act, other.id, "household-linked", payload)?;
    let payload = serde_json::json!({ "with": other.id, "basis": basis.trim() });
    tell(tx, act, kept.id, "household-stands-for", payload)
}

/// Undoes the link of `household`: it stands in the lists again as it was.
///
/// Errors: not found; refused (`not-linked`); what the table refuses at both.
pub async fn unlink(site: &SharedSite, scope: &Scope, household: HouseholdId, basis: String) -> Result<()> {
    let (at, scope) = (site.clone(), scope.clone());
    site.db
        .write(move |tx| {
            let other = demanded(tx, &scope, Verb::Merge, household)?;
            if let Some(kept) = other.kept {
                demanded(tx, &scope, Verb::Merge, kept)?;
            }
            unlink_in(tx, &at, &other, &basis, &acting(&at, &scope, Verb::Merge, &other.path)?)
        })
        .await
}

/// The same inside a transaction.
///
/// Errors: as [`unlink`], but for the table.
pub fn unlink_in(tx: &mut dyn Tx, site: &Site, other: &Household, basis: &str, act: &Act) -> Result<()> {
    if let Some(wrong) = basis_fault(basis) {
        return Err(Error::Invalid(vec![wrong]));
    }
    let values = params![other.id, act.at, act.actor.account(), basis.trim()];
    let (Some(kept), true) = (other.kept, tx.exists(&store::LINK_UNDO, &values)?) else {
        return Err(Error::refused(
            "not-linked",
            "这一户没有并到别的户。",
            "The household is linked to no other.",
        ));
    };
    tx.execute(&store::HOUSEHOLD_KEPT, &params![other.id, Option::<HouseholdId>::None])?;
    alike::renew_of(tx, site, other.id)?;
    alike::renew_of(tx, site, kept)?;
    let payload = serde_json::json!({ "with": kept, "basis": basis.trim() });
    tell(tx, act, other.id, "household-unlinked", payload)?;
    let payload = serde_json::json!({ "with": other.id, "basis": basis.trim() });
    tell(tx, act, kept, "household-unlinked", payload)
}

/// Two households that were proposed as one are two: they are not proposed again.
///
/// Errors: invalid basis.
pub fn apart_in(
    tx: &mut dyn Tx,
    site: &Site,
    other: &Household,
    kept: &Household,
    basis: &str,
    act: &Act,
) -> Result<()> {
    if let Some(wrong) = basis_fault(basis) {
        return Err(Error::Invalid(vec![wrong]));
    }
    let id = PersonId::new(act.at, &*site.chance).0;
    let by = act.actor.account();
    tx.execute(&store::LINK_APART, &params![id, other.id, kept.id, basis.trim(), act.at, by])?;
    alike::renew(tx, site, other)?;
    for (one, with) in [(other, kept), (kept, other)] {
        let payload = serde_json::json!({ "with": with.id, "basis": basis.trim() });
        tell(tx, act, one.id, "household-apart", payload)?;
    }
    Ok(())
}
