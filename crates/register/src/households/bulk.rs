//! Many households of one grid at once, for the demonstration: no look at what is there, no questions. What a form or
//! an import brings goes through [`super::add_in`].

use super::model::{Household, Keys, NewHousehold, NewMember, Relation};
use super::{members, tag, tell_first};
use crate::model::{Unit, millionths};
use crate::store::households as store;
use access::Site;
use access::accounts::Act;
use access::identity::{self, NewPerson, SealedPeople};
use db::{Tx, params};
use kernel::{Chance, HouseholdId, PersonId, Result};
use rules::number::QueryCode;

/// Households of one grid, their people sealed, ready to be written.
pub struct Ready {
    grid: Unit,
    all: Vec<NewHousehold>,
    people: SealedPeople,
    /// Of the people of all of them, in their order.
    keys: Vec<Keys>,
}

/// Seals the people of new households of `grid`, outside of any transaction: fields are taken as they come. The people
/// have their ids.
///
/// Errors: internal where a person has no id; refused (`vault-key`) where the master key is missing.
pub fn ready(site: &Site, grid: &Unit, all: Vec<NewHousehold>, act: &Act) -> Result<Ready> {
    let people: Vec<NewPerson> =
        all.iter().flat_map(|h| &h.people).map(|m| members::tidied(m.who.clone(), act)).collect();
    let keys = people.iter().map(|p| members::keys(site, p)).collect();
    Ok(Ready { grid: grid.clone(), people: identity::seal_many(site, &people)?, keys, all })
}

/// Writes households that nobody has looked at before; their codes are counted on.
///
/// Errors: those of the database.
pub fn add_many(tx: &mut dyn Tx, site: &Site, chance: &dyn Chance, ready: &Ready, act: &Act) -> Result<()> {
    let Ready { grid, all, people, keys } = ready;
    let n = all.len() as i64;
    let last: i64 = tx.scalar(&store::SERIES_NEXT, &params![grid.id, n])?;
    identity::put_many(tx, site, people)?;
    let mut keys = keys.iter();
    for (i, new) in all.iter().enumerate() {
        let code = format!("{}-{:03}", grid.code, last - n + 1 + i as i64);
        let household = write(tx, chance, grid, new, code, act)?;
        for (member, keys) in new.people.iter().zip(&mut keys) {
            let person = member.who.id.ok_or_else(|| kernel::Error::internal("a person without an id"))?;
            let id = PersonId::new(act.at, chance).0;
            members::enter(tx, id, &household, person, member, keys.clone(), act)?;
        }
        for t in &new.tags {
            tag::put(tx, site, PersonId::new(act.at, chance).0, &household, t, act)?;
        }
    }
    Ok(())
}

/// The row of a new household and its first event.
pub(super) fn write(
    tx: &mut dyn Tx,
    chance: &dyn Chance,
    grid: &Unit,
    new: &NewHousehold,
    code: String,
    act: &Act,
) -> Result<Household> {
    let is_head = |m: &&NewMember| m.relation == Relation::Head;
    let known = Household {
        id: new.id.unwrap_or_else(|| HouseholdId::new(act.at, chance)),
        unit: grid.id,
        path: grid.path.clone(),
        code,
        card: format!("{}{}", QueryCode::draw(chance).as_str(), QueryCode::draw(chance).as_str()),
        head: new.people.iter().find(is_head).and_then(|m| m.who.id),
        persons: new.persons.unwrap_or(new.people.len() as i64),
        lon_e6: new.place.map(|(lon, _)| millionths(lon)),
        lat_e6: new.place.map(|(_, lat)| millionths(lat)),
        from: new.from,
        to: None,
        basis: new.basis.trim().to_owned(),
        recorded_at: act.at,
        kept: None,
    };
    tx.put(
        &store::HOUSEHOLD_INSERT,
        &params![
            known.id,
            known.unit,
            known.path.as_str(),
            known.code.as_str(),
            known.card.as_str(),
            known.head,
            known.persons,
            known.lon_e6,
            known.lat_e6,
            known.from,
            known.basis.as_str(),
            act.at
        ],
    )?;
    let tags: Vec<&str> = new.tags.iter().map(|t| t.tag.as_str()).collect();
    let payload = serde_json::json!({
        "code": known.code, "path": known.path, "from": known.from, "people": new.people.len(), "tags": tags
    });
    tell_first(tx, act, known.id, "household-added", payload)?;
    Ok(known)
}
