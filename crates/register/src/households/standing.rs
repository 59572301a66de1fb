//! How a household stood on a day, and everything that was written down about it.

use super::find::get;
use super::model::{Fact, Household, Member};
use super::{tag, whole};
use crate::store::households as store;
use crate::units;
use access::identity;
use access::vault::Keyring;
use db::{Tx, params};
use kernel::{Date, HouseholdId, PersonId, Result, UnitId};

/// A household on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Where it belonged, who was its head, how many lived there.
    pub household: Household,
    /// Who lived there, each once; also those who were entered at a household that is linked to it.
    pub members: Vec<Member>,
    /// Its marks and those of its people, also those that were put on at a household that is linked to it.
    pub tags: Vec<Fact>,
}

/// How a household stood on `on`, by what is known today; none where it was not there.
///
/// Errors: those of the database.
pub fn standing(tx: &mut dyn Tx, id: HouseholdId, on: Date) -> Result<Option<Standing>> {
    let Some(household) = get(tx, id)?.filter(|h| h.is_open(on)) else { return Ok(None) };
    let household = on_day(tx, household, on)?;
    let there = whole::people(tx, id)?.into_iter().filter(|m| m.is_there(on)).collect();
    let (members, twins) = whole::once(id, there);
    let mut tags = tag::tags(tx, id, on)?;
    whole::as_shown(&mut tags, &twins);
    Ok(Some(Standing { household, members, tags }))
}

/// The row as of a day.
pub(crate) fn on_day(tx: &mut dyn Tx, mut household: Household, on: Date) -> Result<Household> {
    let facts = tx.query_map(&store::FACTS_ON, &params![household.id, on], Fact::from_row)?;
    for fact in &facts {
        let value = fact.value.as_deref();
        match fact.field.as_str() {
            "grid" => {
                let unit: Option<UnitId> = value.and_then(|v| v.parse().ok());
                if let Some(unit) = unit.map(|id| units::get(tx, id)).transpose()?.flatten() {
                    (household.unit, household.path) = (unit.id, unit.path);
                }
            }
            "persons" => household.persons = value.and_then(|v| v.parse().ok()).unwrap_or(household.persons),
            "head" => household.head = value.and_then(|v| v.parse::<PersonId>().ok()),
            "place" => {
                let place = value.and_then(|v| v.split_once(','));
                let place = place.and_then(|(e, n)| Some((e.parse().ok()?, n.parse().ok()?)));
                (household.lon_e6, household.lat_e6) = place.unzip();
            }
            _ => {}
        }
    }
    Ok(household)
}

/// Everybody who was ever entered at this very row, corrected entries included, earliest first.
///
/// Errors: those of the database.
pub fn members(tx: &mut dyn Tx, id: HouseholdId) -> Result<Vec<Member>> {
    tx.query_map(&store::MEMBERS_OF, &params![id], Member::from_row)
}

/// Every dated fact of this very row, corrected entries included, earliest first.
///
/// Errors: those of the database.
pub fn history(tx: &mut dyn Tx, id: HouseholdId) -> Result<Vec<Fact>> {
    tx.query_map(&store::FACTS_OF, &params![id], Fact::from_row)
}

/// What a list shows of the head's name: the surname only (张某). Nothing where there is no head or no name.
///
/// Errors: refused (`vault-key`) where the master key is missing; those of the database.
pub fn head_name(tx: &mut dyn Tx, keys: &Keyring, household: &Household) -> Result<Option<String>> {
    let Some(head) = household.head else { return Ok(None) };
    let name = identity::get(tx, keys, head)?.and_then(|p| p.name);
    Ok(name.map(|n| rules::mask::surname_only(&n)))
}
