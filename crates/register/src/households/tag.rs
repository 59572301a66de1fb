//! Marks of the pack on a household or one of its people, each with its days and its basis.

use super::model::{Fact, Household, NewTag, tag_field};
use super::{acting, basis_fault, demanded, fault, standing, tell};
use crate::store::households as store;
use access::accounts::Act;
use access::vault::texts;
use access::{SharedSite, Site, Verb};
use db::{Tx, params};
use kernel::{Date, Error, FieldError, HouseholdId, PersonId, Result, Say, Scope, Uuid};

/// Under which slot of the fact the note of a tag is sealed.
pub const NOTE: &str = "note";
/// The longest note, in characters.
const NOTE_MAX: usize = 500;

/// Puts a mark on a household or one of its people.
///
/// Errors: not found; invalid fields; refused (`tagged-already`); what the table refuses.
pub async fn tag(site: &SharedSite, scope: &Scope, household: HouseholdId, new: NewTag) -> Result<Uuid> {
    let (at, scope) = (site.clone(), scope.clone());
    site.db
        .write(move |tx| {
            let known = demanded(tx, &scope, Verb::Manage, household)?;
            tag_in(tx, &at, &known, &new, &acting(&at, &scope, Verb::Manage, &known.path)?)
        })
        .await
}

/// The same inside a transaction. That the pack knows the tag is the caller's business.
///
/// Errors: as [`tag`].
pub fn tag_in(tx: &mut dyn Tx, site: &Site, household: &Household, new: &NewTag, act: &Act) -> Result<Uuid> {
    let mut wrong: Vec<FieldError> = basis_fault(&new.basis).into_iter().collect();
    if new.from > site.zone.date(act.at) {
        wrong.push(fault("from", "日期不能晚于今天。", "The date cannot lie in the future."));
    }
    if new.from < household.from || new.to.is_some_and(|to| to <= new.from) {
        wrong.push(fault("from", "请核对起止日期。", "Look at the two dates again."));
    }
    if new.note.as_deref().is_some_and(|n| n.chars().count() > NOTE_MAX) {
        wrong.push(fault("note", "说明最多 500 字。", "A note has at most 500 characters."));
    }
    if new.person.is_some_and(|p| {
        !standing::members(tx, household.id).is_ok_and(|all| all.iter().any(|m| m.person == p))
    }) {
        wrong.push(fault("person", "这个人不在这一户。", "That person is not of this household."));
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    if overlaps(tx, household.id, new)? {
        return Err(Error::Refused { code: "tagged-already", say: tagged_already() });
    }
    let id = put(tx, site, PersonId::new(act.at, &*site.chance).0, household, new, act)?;
    let payload = serde_json::json!({
        "tag": new.tag, "person": new.person, "from": new.from, "to": new.to, "basis": new.basis.trim()
    });
    tell(tx, act, household.id, "household-tagged", payload)?;
    Ok(id)
}

/// Whether the mark is there already in some of that time.
pub(crate) fn overlaps(tx: &mut dyn Tx, household: HouseholdId, new: &NewTag) -> Result<bool> {
    tx.exists(&store::TAG_SAME, &params![household, tag_field(&new.tag), new.person, new.from, new.to])
}

/// What is said then.
pub(crate) fn tagged_already() -> Say {
    Say::new("这段时间已有这个标签。", "This mark is there already in that time.")
}

/// Writes the fact and its note; the caller tells the journal.
pub(crate) fn put(
    tx: &mut dyn Tx,
    site: &Site,
    id: Uuid,
    household: &Household,
    new: &NewTag,
    act: &Act,
) -> Result<Uuid> {
    let values = params![
        id,
        household.id,
        new.person,
        tag_field(&new.tag),
        Option::<&str>::None,
        household.path.as_str(),
        household.code.as_str(),
        new.from,
        new.to,
        new.basis.trim(),
        act.at,
        act.actor.account(),
        Option::<i64>::None
    ];
    tx.put(&store::FACT_INSERT, &values)?;
    if let Some(note) = new.note.as_deref().map(str::trim).filter(|n| !n.is_empty()) {
        texts::keep(tx, &site.keyring, id, NOTE, note, act.at)?;
    }
    Ok(id)
}

/// Ends a mark: `on` is the first day without it. One that was never right is struck with `on` none: it stays in
/// the history and counts for no day.
///
/// Errors: not found; refused where it does not hold on that day; what the table refuses.
pub async fn untag(
    site: &SharedSite,
    scope: &Scope,
    household: HouseholdId,
    fact: Uuid,
    on: Option<Date>,
    why: String,
) -> Result<()> {
    let (at, scope) = (site.clone(), scope.clone());
    site.db
        .write(move |tx| {
            let known = demanded(tx, &scope, Verb::Manage, household)?;
            untag_in(tx, &at, &known, fact, on, &why, &acting(&at, &scope, Verb::Manage, &known.path)?)
        })
        .await
}

/// The same inside a transaction.
///
/// Errors: as [`untag`].
pub fn untag_in(
    tx: &mut dyn Tx,
    site: &Site,
    household: &Household,
    fact: Uuid,
    on: Option<Date>,
    why: &str,
    act: &Act,
) -> Result<()> {
    if let Some(wrong) = basis_fault(why) {
        return Err(Error::Invalid(vec![wrong]));
    }
    if on.is_some_and(|on| on > site.zone.date(act.at)) {
        return Err(Error::field("on", "日期不能晚于今天。", "The date cannot lie in the future."));
    }
    let row = tx.query_opt(&store::FACT_GET, &params![fact, household.id])?.ok_or(Error::NotFound)?;
    let known = Fact::from_row(&row)?;
    let tag = known.tag().ok_or(Error::NotFound)?;
    let done = match on {
        Some(on) => tx.exists(&store::TAG_END, &params![fact, on])?,
        None => tx.exists(&store::FACT_SUPERSEDE, &params![fact, act.at])?,
    };
    if !done {
        return Err(Error::refused(
            "not-tagged",
            "那一天没有这个标签，请核对日期。",
            "The mark was not there on that day; look at the date again.",
        ));
    }
    let kind = if on.is_some() { "household-untagged" } else { "household-tag-struck" };
    let payload = serde_json::json!({ "tag": tag, "person": known.person, "to": on, "basis": why.trim() });
    tell(tx, act, household.id, kind, payload)
}

/// The marks that hold on a day, on the household and on its people, and on those that are linked to it.
///
/// Errors: those of the database.
pub fn tags(tx: &mut dyn Tx, household: HouseholdId, on: Date) -> Result<Vec<Fact>> {
    tx.query_map(&store::TAGS_ON, &params![household, on], Fact::from_row)
}

/// Whether a mark holds on a day, on the household or one of its people, or on one that is linked to it.
///
/// Errors: those of the database.
pub fn has_tag(tx: &mut dyn Tx, household: HouseholdId, tag: &str, on: Date) -> Result<bool> {
    tx.exists(&store::TAG_ON, &params![household, tag_field(tag), on])
}

/// Every span `[from, to)` in which a household or one of its people carried a mark, for what is computed over all
/// households at once; ordered by household. One of a household that is linked to another comes for both.
///
/// Errors: those of the database, and of `each`.
pub fn tag_spans(
    tx: &mut dyn Tx,
    tag: &str,
    each: &mut dyn FnMut(HouseholdId, Date, Option<Date>) -> Result<()>,
) -> Result<()> {
    tx.each(&store::TAG_SPANS, &params![tag_field(tag)], &mut |r| each(r.get(0)?, r.get(1)?, r.get(2)?))
}
