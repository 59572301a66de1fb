//! A family that was written down twice, read as one. Nothing is copied: what stands at a household that is linked is
//! read together with what stands at the one that is kept, and is its own again once the link is undone.

use super::model::{Fact, Member, same_person};
use crate::store::households as store;
use db::{Tx, params};
use kernel::{Date, HouseholdId, PersonId, Result};

/// Everybody who was ever entered at the household or at one that is linked to it, corrected entries included, earliest
/// first; whoever was entered at both twice.
///
/// Errors: those of the database.
pub fn people(tx: &mut dyn Tx, id: HouseholdId) -> Result<Vec<Member>> {
    tx.query_map(&store::PEOPLE_OF, &params![id], Member::from_row)
}

/// Who lives there on a day, each once: those of the household itself first, then those who were entered only at one
/// that is linked to it. [`Member::household`] says where.
///
/// Errors: those of the database.
pub fn living(tx: &mut dyn Tx, id: HouseholdId, on: Date) -> Result<Vec<Member>> {
    let there = people(tx, id)?.into_iter().filter(|m| m.is_there(on)).collect();
    Ok(once(id, there).0)
}

/// Somebody who was left out, and as whom they are shown.
pub(crate) type Twin = (PersonId, PersonId);

/// Each person once, those entered at `id` first.
pub(crate) fn once(id: HouseholdId, all: Vec<Member>) -> (Vec<Member>, Vec<Twin>) {
    let (mut shown, others): (Vec<Member>, Vec<Member>) = all.into_iter().partition(|m| m.household == id);
    let mut twins = Vec::new();
    for m in others {
        match shown.iter().find(|s| s.household != m.household && same_person(s, &m)) {
            Some(known) => twins.push((m.person, known.person)),
            None => shown.push(m),
        }
    }
    (shown, twins)
}

/// A mark of somebody who was entered at both is theirs, whichever entry is shown.
pub(crate) fn as_shown(tags: &mut [Fact], twins: &[Twin]) {
    for tag in tags {
        if let Some((_, shown)) = twins.iter().find(|(twin, _)| Some(*twin) == tag.person) {
            tag.person = Some(*shown);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::{Keys, Relation};
    use super::*;
    use kernel::{Timestamp, Uuid};

    const KEPT: HouseholdId = HouseholdId(Uuid::from_u128(1));
    const LINKED: HouseholdId = HouseholdId(Uuid::from_u128(2));

    /// Somebody with the keys that are not 0: name, telephone, identity number.
    fn one(person: u128, household: HouseholdId, [name, phone, idno]: [u8; 3]) -> Member {
        let key = |k: u8| (k > 0).then(|| vec![k; 16]);
        Member {
            id: Uuid::from_u128(person + 100),
            household,
            person: PersonId(Uuid::from_u128(person)),
            relation: Relation::Relative,
            from: Date::constant(2021, 3, 1),
            to: None,
            basis: String::new(),
            recorded_at: Timestamp(0),
            recorded_by: None,
            superseded_at: None,
            keys: Keys { name: key(name), phone: key(phone), idno: key(idno) },
        }
    }

    #[test]
    fn whoever_was_entered_at_both_is_shown_once_and_nobody_else_is_left_out() {
        // Keys at the one that is kept, at the one that is linked, and whether they are one person.
        for (here, there, same) in [
            ([1, 0, 1], [1, 0, 1], true),
            ([1, 0, 1], [2, 0, 1], true),
            ([1, 1, 1], [1, 1, 2], false),
            ([1, 1, 0], [1, 1, 2], true),
            ([1, 1, 0], [1, 1, 0], true),
            ([1, 0, 0], [1, 0, 0], false),
            ([1, 1, 0], [2, 1, 0], false),
            ([0, 0, 0], [0, 0, 0], false),
        ] {
            // Whichever was written down first.
            for swap in [false, true] {
                let mut all = vec![one(1, KEPT, here), one(2, LINKED, there), one(3, LINKED, [9, 9, 9])];
                if swap {
                    all.reverse();
                }
                let (shown, twins) = once(KEPT, all);
                let who: Vec<u128> = shown.iter().map(|m| m.person.0.as_u128()).collect();
                assert_eq!(who.first(), Some(&1), "those of the kept one come first");
                assert_eq!((who.contains(&2), who.contains(&3)), (!same, true), "{here:?} {there:?}");
                assert_eq!(twins.len(), usize::from(same));
            }
        }
    }

    #[test]
    fn two_of_one_household_are_two_whatever_they_share() {
        let all = vec![one(1, KEPT, [1, 1, 0]), one(2, KEPT, [1, 1, 0])];
        assert_eq!(once(KEPT, all).0.len(), 2);
    }
}
