//! Households that may have been written down twice: a row for each pair, kept by whatever changes who lives where, so
//! that a list of them is one range of an index, however large the place.

use super::model::Household;
use crate::store::alike as store;
use access::Site;
use db::{Row, Tx, params};
use kernel::{Date, HouseholdId, Result, Uuid, path_end};
use std::collections::BTreeMap;

/// Up to how many pairs are counted; behind that there are "more".
pub const ALIKE_COUNTED: i64 = 10_000;

rules::vocabulary! {
    /// Why two households may be one, the surest first.
    Alike {
        /// Somebody with the same identity number lives in both.
        Idno = "idno", "身份证号相同", "Same identity number";
        /// Somebody with the same name and telephone lives in both.
        NamePhone = "name-phone", "姓名和电话相同", "Same name and telephone";
        /// In one grid both heads have the same name.
        HeadName = "head-name", "姓名相同", "Same name";
    }
}

impl Alike {
    /// How sure it is: 0 is the surest.
    pub fn rank(self) -> i64 {
        match self {
            Alike::Idno => 0,
            Alike::NamePhone => 1,
            Alike::HeadName => 2,
        }
    }
}

/// Two households that may be one, the one that was written down first in front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The one that would be kept.
    pub kept: HouseholdId,
    /// The one that would be linked to it.
    pub other: HouseholdId,
    /// Why.
    pub why: Alike,
    /// The path of the lowest unit that holds both.
    pub path: String,
}

/// Pairs of households at or below `path` that may be one, the surest reason first and then by where they are, each pair
/// once: those behind `after`, at most `most`, and no more than that is read. What was linked once and undone, or found
/// to be two, is not among them.
///
/// Errors: those of the database.
pub fn proposals(
    tx: &mut dyn Tx,
    path: &str,
    after: Option<&Proposal>,
    most: usize,
) -> Result<Vec<Proposal>> {
    let none = HouseholdId(Uuid::nil());
    let mut out: Vec<Proposal> = Vec::new();
    for why in Alike::ALL.iter().copied().filter(|w| after.is_none_or(|p| w.rank() >= p.why.rank())) {
        let behind = after.filter(|p| p.why == why && p.path.as_str() >= path);
        let (at, kept, other) = behind.map_or((path, none, none), |p| (p.path.as_str(), p.kept, p.other));
        let rest = (most - out.len()) as i64;
        let values = params![why.rank(), path_end(path), at, kept, other, rest];
        let found = tx.query_map(&store::ALIKE_IN, &values, |r| {
            Ok(Proposal { kept: r.get(0)?, other: r.get(1)?, why, path: r.get(2)? })
        })?;
        out.extend(found);
        if out.len() >= most {
            break;
        }
    }
    Ok(out)
}

/// How many there are at or below `path`, up to [`ALIKE_COUNTED`] and one.
///
/// Errors: those of the database.
pub fn proposed(tx: &mut dyn Tx, path: &str) -> Result<i64> {
    tx.scalar(&store::ALIKE_COUNT, &params![path, path_end(path), ALIKE_COUNTED + 1])
}

/// Looks again what this household may be one with, or the one that stands for it: after whatever changed who lives
/// there, its head, its grid or its end.
pub(crate) fn renew(tx: &mut dyn Tx, site: &Site, household: &Household) -> Result<()> {
    renew_of(tx, site, household.kept.unwrap_or(household.id))
}

/// The same of one that stands for itself, after its links changed.
pub(crate) fn renew_of(tx: &mut dyn Tx, site: &Site, household: HouseholdId) -> Result<()> {
    forget(tx, household)?;
    let found = tx.query_map(&store::ALIKE_TO, &params![household, site.today()], pair)?;
    put_all(tx, found).map(drop)
}

/// It is one with nobody any more, or for the time being.
pub(crate) fn forget(tx: &mut dyn Tx, household: HouseholdId) -> Result<()> {
    tx.execute(&store::ALIKE_DROP, &params![household])?;
    tx.execute(&store::ALIKE_DROP_OTHER, &params![household]).map(drop)
}

/// Finds all pairs of the site anew; tells how many there are. For what is written without asking, as the demonstration is.
///
/// Errors: those of the database.
pub fn find_alike(tx: &mut dyn Tx, on: Date) -> Result<usize> {
    tx.execute(&store::ALIKE_CLEAR, &[])?;
    let found = tx.query_map(&store::ALIKE_ALL, &params![on], pair)?;
    put_all(tx, found)
}

/// A pair as it is kept, with how sure it is and the path of the lowest unit that holds both.
type Pair = (HouseholdId, HouseholdId, i64, String);

fn pair(r: &Row) -> Result<Pair> {
    let (x, y): (HouseholdId, HouseholdId) = (r.get(0)?, r.get(2)?);
    let (at, there): (String, String) = (r.get(1)?, r.get(3)?);
    Ok((x.min(y), x.max(y), r.get(4)?, above_both(&at, &there).to_owned()))
}

/// Gives how many pairs they are.
fn put_all(tx: &mut dyn Tx, found: Vec<Pair>) -> Result<usize> {
    let found = each_once(found);
    for (kept, other, why, path) in &found {
        tx.put(&store::ALIKE_PUT, &params![*kept, *other, *why, path.as_str()])?;
    }
    Ok(found.len())
}

/// Each pair once, by the surest of several reasons.
fn each_once(mut found: Vec<Pair>) -> Vec<Pair> {
    found.sort();
    found.dedup_by_key(|(kept, other, ..)| (*kept, *other));
    found
}

/// A pair that is not kept as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlikeDrift {
    /// The one that was written down first.
    pub kept: HouseholdId,
    /// The other.
    pub other: HouseholdId,
    /// Whether it is not there and should be; otherwise it is there, and should not be or not so.
    pub missing: bool,
}

/// Finds all pairs of the site anew and tells where what is kept differs.
///
/// Errors: those of the database.
pub fn alike_drift(tx: &mut dyn Tx, on: Date) -> Result<Vec<AlikeDrift>> {
    let should = each_once(tx.query_map(&store::ALIKE_ALL, &params![on], pair)?);
    let kept: Vec<Pair> =
        tx.query_map(&store::ALIKE_KEPT, &[], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))?;
    let by_pair = |all: Vec<Pair>| -> BTreeMap<(HouseholdId, HouseholdId), (i64, String)> {
        all.into_iter().map(|(kept, other, why, path)| ((kept, other), (why, path))).collect()
    };
    let (should, kept) = (by_pair(should), by_pair(kept));
    let drift = |missing| {
        move |(kept, other): &(HouseholdId, HouseholdId)| AlikeDrift { kept: *kept, other: *other, missing }
    };
    let missing = should.keys().filter(|pair| !kept.contains_key(pair)).map(drift(true));
    let wrong = kept
        .iter()
        .filter(|(pair, how)| should.get(pair) != Some(how))
        .map(|(pair, _)| pair)
        .map(drift(false));
    Ok(missing.chain(wrong).collect())
}

/// The path of the lowest unit at or above both.
fn above_both<'p>(one: &'p str, other: &str) -> &'p str {
    let same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let end = one.as_bytes()[..same].iter().rposition(|b| *b == b'/').map_or(0, |at| at + 1);
    &one[..end]
}

#[cfg(test)]
mod tests {
    use super::above_both;

    #[test]
    fn a_pair_stands_with_the_lowest_unit_that_holds_both() {
        for (one, other, both) in [
            ("/9/901/90101/", "/9/901/90101/", "/9/901/90101/"),
            ("/9/901/90101/", "/9/901/90102/", "/9/901/"),
            ("/9/901/", "/9/901/90102/", "/9/901/"),
            ("/9/901/", "/9/902/", "/9/"),
            ("/9/90/", "/9/901/", "/9/"),
            ("/8/", "/9/", "/"),
        ] {
            assert_eq!((above_both(one, other), above_both(other, one)), (both, both));
        }
    }
}
