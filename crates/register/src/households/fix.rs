//! An entry of somebody in a household was wrong: it is written anew, and what stood there is kept.

use super::members::{entry_of, faults, filled, insert, keys, stand, tidied};
use super::model::{Household, Member, NewMember, Relation};
use super::{alike, basis_fault, fault, tell, twins};
use crate::store::households as store;
use access::Site;
use access::accounts::Act;
use access::identity::{self, NewPerson};
use db::{Tx, params};
use kernel::{Date, Error, FieldError, PersonId, Result, Uuid};

/// What was written wrong about somebody's place in a household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberFix {
    /// What they are to the head.
    pub relation: Relation,
    /// From this day on.
    pub from: Date,
    /// Until, not including, this day.
    pub to: Option<Date>,
    /// On what the correction rests.
    pub basis: String,
    /// They never belonged to it: the entry is struck and none takes its place.
    pub strike: bool,
}

impl MemberFix {
    /// Nothing changes yet.
    pub(super) fn as_is(member: &Member) -> MemberFix {
        let Member { relation, from, to, .. } = *member;
        MemberFix { relation, from, to, basis: String::new(), strike: false }
    }
}

/// Corrects an entry: another one supersedes it, and the first one is kept with its dates. What the entry of the same
/// person at another row of the family says of the last day, and whether they were ever there, is corrected likewise;
/// what they are to that row's head, and since when, is its own.
///
/// Errors: not found; invalid fields.
pub fn fix_member_in(
    tx: &mut dyn Tx,
    site: &Site,
    household: &Household,
    entry: Uuid,
    fix: &MemberFix,
    act: &Act,
) -> Result<()> {
    let member = entry_of(tx, household, entry)?;
    let twins = twins::of(tx, household, &member)?;
    fix_all(tx, site, household, &member, &twins, fix, act)
}

/// The same of an entry that is known, with those of the same person.
pub(super) fn fix_all(
    tx: &mut dyn Tx,
    site: &Site,
    household: &Household,
    member: &Member,
    twins: &[(Household, Member)],
    fix: &MemberFix,
    act: &Act,
) -> Result<()> {
    let mut wrong: Vec<FieldError> = basis_fault(&fix.basis).into_iter().collect();
    let today = site.zone.date(act.at);
    if fix.from > today {
        wrong.push(fault("from", "日期不能晚于今天。", "The date cannot lie in the future."));
    }
    if fix.from < household.from {
        wrong.push(fault("from", "不能早于这一户的开始日期。", "Not before the household itself begins."));
    }
    if fix.to.is_some_and(|to| to <= fix.from || to > today) {
        wrong.push(fault(
            "to",
            "要晚于开始的日期，也不能晚于今天。",
            "It has to come after the first day, and not after today.",
        ));
    }
    let is_head = |m: &Member| household.head == Some(m.person);
    if fix.relation == Relation::Head && household.head.is_some() && !is_head(member) {
        wrong.push(fault(
            "relation",
            "这一户已有户主；要换户主，请用“变更”。",
            "The household has a head; to put another in place, change it.",
        ));
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    rewrite(tx, site, household, member, fix, act)?;
    for (row, twin) in twins {
        let with_it = if fix.strike { twin.overlaps(member) } else { twin.to == member.to };
        if !with_it || (!fix.strike && fix.to == member.to) {
            continue;
        }
        // From a later day on than the last: that never was.
        let strike = fix.strike || fix.to.is_some_and(|to| to <= twin.from);
        let fix = MemberFix { to: fix.to, basis: fix.basis.clone(), strike, ..MemberFix::as_is(twin) };
        rewrite(tx, site, row, twin, &fix, act)?;
    }
    Ok(())
}

/// Writes the entry that supersedes another, what follows from it for the head, and the event.
pub(super) fn rewrite(
    tx: &mut dyn Tx,
    site: &Site,
    household: &Household,
    member: &Member,
    fix: &MemberFix,
    act: &Act,
) -> Result<()> {
    tx.execute(&store::MEMBER_SUPERSEDE, &params![member.id, act.at])?;
    let now = Member {
        id: PersonId::new(act.at, &*site.chance).0,
        relation: fix.relation,
        from: fix.from,
        to: fix.to,
        basis: fix.basis.trim().to_owned(),
        recorded_at: act.at,
        recorded_by: act.actor.account(),
        ..member.clone()
    };
    if !fix.strike {
        insert(tx, &now)?;
    }
    let there = !fix.strike && now.is_there(site.zone.date(act.at));
    let is_head = household.head == Some(member.person);
    let head = match (there && fix.relation == Relation::Head, is_head) {
        (true, _) => household.head.or(Some(member.person)),
        (false, true) => None,
        (false, false) => household.head,
    };
    if head != household.head {
        stand(tx, &Household { head, ..household.clone() })?;
    }
    alike::renew(tx, site, household)?;
    let kind = if fix.strike { "household-person-struck" } else { "household-person-corrected" };
    let payload = serde_json::json!({ "person": member.person, "relation": fix.relation.key(), "from": fix.from, "to": fix.to });
    tell(tx, act, household.id, kind, payload)
}

/// Writes who somebody is anew: name, telephone, address, identity number together, under a key of its own. What was
/// there is gone: it was wrong, and who somebody is has no history here.
///
/// Errors: not found; invalid fields.
pub fn redo_person_in(
    tx: &mut dyn Tx,
    site: &Site,
    household: &Household,
    entry: Uuid,
    who: &NewPerson,
    act: &Act,
) -> Result<()> {
    let member = entry_of(tx, household, entry)?;
    let new = NewMember { relation: member.relation, who: who.clone(), from: Some(member.from) };
    let wrong = faults(&new, household.from);
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let who = tidied(NewPerson { id: Some(member.person), ..who.clone() }, act);
    if !identity::change(tx, site, member.person, &who)? {
        return Err(Error::NotFound);
    }
    let k = keys(site, &who);
    tx.execute(&store::MEMBER_KEYS, &params![member.person, k.name, k.phone, k.idno])?;
    alike::renew(tx, site, household)?;
    let fields: Vec<&str> =
        [("name", &who.name), ("phone", &who.phone), ("address", &who.address), ("idno", &who.idno)]
            .into_iter()
            .filter(|(_, v)| filled(v).is_some())
            .map(|(f, _)| f)
            .collect();
    let payload = serde_json::json!({ "person": member.person, "fields": fields });
    tell(tx, act, household.id, "household-person-rewritten", payload)
}
