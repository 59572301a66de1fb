//! Households that may have been written down twice: a row for each pair, kept by whatever changes who lives where, so
//! that a list of them is one range of an index, however large the place.

use super::model::Household;
use crate::store::alike as store;
use access::Site;
use db::{Row, Tx, params};
use kernel::{Date, HouseholdId, Result, Uuid, path_end};

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

    fn of_rank(rank: i64) -> Alike {
        Alike::ALL.iter().copied().find(|a| a.rank() == rank).unwrap_or(Alike::HeadName)
    }
}

/// Two households that may be one, the one that was written down first in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The one that would be kept.
    pub kept: HouseholdId,
    /// The one that would be linked to it.
    pub other: HouseholdId,
    /// Why.
    pub why: Alike,
}

/// Pairs of households at or below `path` that may be one, the surest reason first, each pair once: those behind
/// `after`, at most `most`. What was linked once and undone, or found to be two, is not among them.
///
/// Errors: those of the database.
pub fn proposals(
    tx: &mut dyn Tx,
    path: &str,
    after: Option<&Proposal>,
    most: usize,
) -> Result<Vec<Proposal>> {
    let start = (-1, HouseholdId(Uuid::nil()), HouseholdId(Uuid::nil()));
    let (why, kept, other) = after.map_or(start, |p| (p.why.rank(), p.kept, p.other));
    let values = params![path, path_end(path), why, kept, other, most as i64];
    tx.query_map(&store::ALIKE_IN, &values, |r| {
        Ok(Proposal { kept: r.get(0)?, other: r.get(1)?, why: Alike::of_rank(r.get(2)?) })
    })
}

/// How many there are at or below `path`, up to [`ALIKE_COUNTED`] and one.
///
/// Errors: those of the database.
pub fn proposed(tx: &mut dyn Tx, path: &str) -> Result<i64> {
    tx.scalar(&store::ALIKE_COUNT, &params![path, path_end(path), ALIKE_COUNTED + 1])
}

/// Looks again what this household may be one with: after whatever changed who lives there, its head, its grid, its end
/// or its links.
pub(crate) fn renew(tx: &mut dyn Tx, site: &Site, household: &Household) -> Result<()> {
    forget(tx, household.id)?;
    let found = tx.query_map(&store::ALIKE_TO, &params![household.id, site.today()], pair)?;
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
fn put_all(tx: &mut dyn Tx, mut found: Vec<Pair>) -> Result<usize> {
    // Of several reasons the surest is written first and stays.
    found.sort_by_key(|(kept, other, why, _)| (*kept, *other, *why));
    found.dedup_by_key(|(kept, other, ..)| (*kept, *other));
    for (kept, other, why, path) in &found {
        tx.put(&store::ALIKE_PUT, &params![*kept, *other, *why, path.as_str()])?;
    }
    Ok(found.len())
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
