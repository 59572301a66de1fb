//! Who lives in a household: they come, they go, and what was written wrong is written anew.

use super::fix::{MemberFix, rewrite};
use super::model::{Household, Keys, Member, NewMember, Relation};
use super::{acting, alike, basis_fault, demanded, fault, find, tell, twins};
use crate::store::households as store;
use access::accounts::Act;
use access::identity::{self, NewPerson};
use access::{SharedSite, Site, Verb};
use db::{Tx, params};
use kernel::{Date, Error, FieldError, HouseholdId, PersonId, Result, Scope, Uuid};
use rules::idcheck;

/// The longest name that is kept, in characters.
const NAME: usize = 50;
/// The longest address.
const ADDRESS: usize = 200;

/// What is wrong with somebody's fields.
pub(crate) fn faults(member: &NewMember, household_from: Date) -> Vec<FieldError> {
    let mut out = Vec::new();
    let who = &member.who;
    let name = who.name.as_deref().unwrap_or("").trim();
    if name.is_empty() || name.chars().count() > NAME {
        out.push(fault("name", "请填写姓名，50 字以内。", "Give a name of at most 50 characters."));
    }
    if who.address.as_deref().is_some_and(|a| a.trim().chars().count() > ADDRESS) {
        out.push(fault("address", "地址最多 200 字。", "An address has at most 200 characters."));
    }
    if let Some(phone) = filled(&who.phone)
        && let Err(wrong) = idcheck::phone(phone)
    {
        out.push(wrong.on("phone"));
    }
    if let Some(idno) = filled(&who.idno)
        && let Err(wrong) = idcheck::identity(idno)
    {
        out.push(wrong.on("idno"));
    }
    if member.from.is_some_and(|from| from < household_from) {
        out.push(fault("from", "不能早于这一户的开始日期。", "Not before the household itself begins."));
    }
    out
}

/// What is wrong with somebody more for a household that is there.
pub(crate) fn member_faults(new: &NewMember, household: &Household) -> Vec<FieldError> {
    let mut out = faults(new, household.from);
    if new.relation == Relation::Head && household.head.is_some() {
        out.push(fault(
            "relation",
            "这一户已有户主；要换户主，请用“变更”。",
            "The household has a head; to put another in place, change it.",
        ));
    }
    out
}

/// The same fault, beside the field of the n-th person of a form.
pub(crate) fn at(wrong: FieldError, n: usize) -> FieldError {
    FieldError { field: format!("people.{n}.{}", wrong.field), ..wrong }
}

pub(super) fn filled(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|t| !t.is_empty())
}

/// A person as they are sealed: an identity number in its form of eighteen characters.
pub(crate) fn tidied(who: NewPerson, act: &Act) -> NewPerson {
    let idno = filled(&who.idno).map(|n| idcheck::identity(n).map_or_else(|_| n.to_owned(), |i| i.number));
    NewPerson { idno, at: act.at, ..who }
}

/// What somebody is found by.
pub(crate) fn keys(site: &Site, who: &NewPerson) -> Keys {
    Keys {
        name: filled(&who.name).and_then(|n| find::By::Name(n).key(&site.secret)),
        phone: filled(&who.phone).and_then(|p| find::By::Phone(p).key(&site.secret)),
        idno: filled(&who.idno).and_then(|i| find::By::Idno(i).key(&site.secret)),
    }
}

/// Seals who they are, by the id they have, and enters them; the caller tells the journal.
pub(crate) fn put(
    tx: &mut dyn Tx,
    site: &Site,
    household: &Household,
    member: &NewMember,
    act: &Act,
) -> Result<Member> {
    let person = identity::put(tx, site, &tidied(member.who.clone(), act))?;
    let id = PersonId::new(act.at, &*site.chance).0;
    enter(tx, id, household, person, member, keys(site, &member.who), act)
}

/// Enters somebody whose identity is sealed already.
pub(crate) fn enter(
    tx: &mut dyn Tx,
    id: Uuid,
    household: &Household,
    person: PersonId,
    member: &NewMember,
    keys: Keys,
    act: &Act,
) -> Result<Member> {
    let entry = Member {
        id,
        household: household.id,
        person,
        relation: member.relation,
        from: member.from.unwrap_or(household.from),
        to: None,
        basis: household.basis.clone(),
        recorded_at: act.at,
        recorded_by: act.actor.account(),
        superseded_at: None,
        keys,
    };
    insert(tx, &entry)?;
    Ok(entry)
}

pub(super) fn insert(tx: &mut dyn Tx, m: &Member) -> Result<()> {
    let values = params![
        m.id,
        m.household,
        m.person,
        m.relation.key(),
        m.from,
        m.to,
        m.basis.as_str(),
        m.recorded_at,
        m.recorded_by,
        m.keys.name.as_deref(),
        m.keys.phone.as_deref(),
        m.keys.idno.as_deref()
    ];
    tx.put(&store::MEMBER_INSERT, &values)
}

/// Somebody comes to live there.
///
/// Errors: not found; invalid fields; what the table refuses.
pub async fn add_member(
    site: &SharedSite,
    scope: &Scope,
    household: HouseholdId,
    new: NewMember,
    basis: String,
) -> Result<Member> {
    let (at, scope) = (site.clone(), scope.clone());
    site.db
        .write(move |tx| {
            let known = demanded(tx, &scope, Verb::Manage, household)?;
            add_member_in(tx, &at, &known, &new, &basis, &acting(&at, &scope, Verb::Manage, &known.path)?)
        })
        .await
}

/// The same inside a transaction. A second head is refused: change the head instead.
///
/// Errors: invalid fields.
pub fn add_member_in(
    tx: &mut dyn Tx,
    site: &Site,
    household: &Household,
    new: &NewMember,
    basis: &str,
    act: &Act,
) -> Result<Member> {
    let today = site.zone.date(act.at);
    let mut wrong = member_faults(new, household);
    wrong.extend(basis_fault(basis));
    if new.from.is_some_and(|from| from > today) {
        wrong.push(fault("from", "日期不能晚于今天。", "The date cannot lie in the future."));
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let person = new.who.id.unwrap_or_else(|| PersonId::new(act.at, &*site.chance));
    let who = NewPerson { id: Some(person), ..new.who.clone() };
    let since = NewMember { from: Some(new.from.unwrap_or(today)), relation: new.relation, who };
    let resting = Household { basis: basis.trim().to_owned(), ..household.clone() };
    let entry = put(tx, site, &resting, &since, act)?;
    if new.relation == Relation::Head {
        stand(tx, &Household { head: Some(person), ..household.clone() })?;
    }
    alike::renew(tx, site, household)?;
    let payload = serde_json::json!({ "person": person, "relation": new.relation.key(), "from": entry.from });
    tell(tx, act, household.id, "household-person-added", payload)?;
    Ok(entry)
}

pub(super) fn stand(tx: &mut dyn Tx, h: &Household) -> Result<()> {
    let values = params![h.id, h.unit, h.path.as_str(), h.head, h.persons, h.lon_e6, h.lat_e6];
    tx.execute(&store::HOUSEHOLD_STANDS, &values).map(drop)
}

/// Somebody leaves: `on` is the first day without them. Whoever was entered at another row of the family as well leaves
/// both; what that row says of them from a later day on never was, and is struck.
///
/// Errors: invalid fields; not found; refused (`not-there`) where they were not there on that day.
pub fn end_member_in(
    tx: &mut dyn Tx,
    site: &Site,
    household: &Household,
    entry: Uuid,
    on: Date,
    why: &str,
    act: &Act,
) -> Result<()> {
    if let Some(wrong) = basis_fault(why) {
        return Err(Error::Invalid(vec![wrong]));
    }
    if on > site.zone.date(act.at) {
        return Err(Error::field("on", "日期不能晚于今天。", "The date cannot lie in the future."));
    }
    let member = entry_of(tx, household, entry)?;
    let twins = twins::of(tx, household, &member)?;
    end_one(tx, site, household, &member, on, why, act)?;
    for (row, twin) in twins.iter().filter(|(_, m)| m.to.is_none_or(|to| to > on)) {
        if twin.from > on {
            let fix = MemberFix { basis: why.to_owned(), strike: true, ..MemberFix::as_is(twin) };
            rewrite(tx, site, row, twin, &fix, act)?;
        } else {
            end_one(tx, site, row, twin, on, why, act)?;
        }
    }
    Ok(())
}

fn end_one(
    tx: &mut dyn Tx,
    site: &Site,
    household: &Household,
    member: &Member,
    on: Date,
    why: &str,
    act: &Act,
) -> Result<()> {
    if !tx.exists(&store::MEMBER_END, &params![member.id, on])? {
        return Err(Error::refused(
            "not-there",
            "那一天这个人不在这一户，请核对日期。",
            "That person was not in the household on that day; look at the date again.",
        ));
    }
    if household.head == Some(member.person) {
        stand(tx, &Household { head: None, ..household.clone() })?;
    }
    alike::renew(tx, site, household)?;
    let payload = serde_json::json!({ "person": member.person, "to": on, "basis": why.trim() });
    tell(tx, act, household.id, "household-person-ended", payload)
}

/// The entry, where it stands and is of this household.
pub(super) fn entry_of(tx: &mut dyn Tx, household: &Household, entry: Uuid) -> Result<Member> {
    let row = tx.query_opt(&store::MEMBER_GET, &params![entry])?.ok_or(Error::NotFound)?;
    let member = Member::from_row(&row)?;
    if member.household == household.id && member.superseded_at.is_none() {
        Ok(member)
    } else {
        Err(Error::NotFound)
    }
}
