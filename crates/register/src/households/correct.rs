//! Somebody of a household was written down wrong: who they are, and from when to when and as what they belong to it.

use super::fix::{MemberFix, fix_all, redo_person_in};
use super::members::entry_of;
use super::model::{Household, Relation};
use super::twins;
use access::Site;
use access::accounts::Act;
use access::identity::{self, NewPerson};
use db::Tx;
use kernel::{Date, Error, FieldError, PersonId, Result, Uuid};

/// What is written anew. Of who they are, what is left out stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Their name.
    pub name: Option<String>,
    /// Their telephone number.
    pub phone: Option<String>,
    /// Their identity number.
    pub idno: Option<String>,
    /// Where they live.
    pub address: Option<String>,
    /// What is taken out, since it is not theirs: `phone`, `idno`, `address`.
    pub without: Vec<String>,
    /// What they are to the head.
    pub relation: Relation,
    /// From this day on.
    pub from: Date,
    /// Until, not including, this day.
    pub to: Option<Date>,
    /// On what it rests; needed where relation or days change.
    pub basis: String,
}

/// Corrects an entry, tells what came of it to the journal, and keeps what was there before with its dates. Nothing is
/// written where nothing is said anew. Whoever was entered at another row of the family as well is corrected there too.
///
/// Errors: not found; invalid fields, of both parts together.
pub fn correct_in(
    tx: &mut dyn Tx,
    site: &Site,
    household: &Household,
    entry: Uuid,
    new: &Correction,
    act: &Act,
) -> Result<()> {
    let member = entry_of(tx, household, entry)?;
    let twins = twins::of(tx, household, &member)?;
    let mut wrong = Vec::new();
    if let Some(now) = rewritten(tx, site, member.person, new)? {
        gather(redo_person_in(tx, site, household, entry, &now, act), &mut wrong)?;
    }
    let mut done = vec![member.person];
    for (row, twin) in twins.iter().filter(|_| wrong.is_empty()) {
        if done.contains(&twin.person) {
            continue;
        }
        done.push(twin.person);
        if let Some(now) = rewritten(tx, site, twin.person, new)? {
            redo_person_in(tx, site, row, twin.id, &now, act)?;
        }
    }
    if (new.relation, new.from, new.to) != (member.relation, member.from, member.to) {
        let fix = MemberFix {
            relation: new.relation,
            from: new.from,
            to: new.to,
            basis: new.basis.clone(),
            strike: false,
        };
        // By which keys they are found may have changed.
        let member = entry_of(tx, household, entry)?;
        let mut others = Vec::new();
        for (row, twin) in twins {
            let twin = entry_of(tx, &row, twin.id)?;
            others.push((row, twin));
        }
        gather(fix_all(tx, site, household, &member, &others, &fix, act), &mut wrong)?;
    }
    // What one part wrote already goes with the transaction.
    if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
}

/// Who somebody is with what is said anew; none where that is what is known.
fn rewritten(tx: &mut dyn Tx, site: &Site, person: PersonId, new: &Correction) -> Result<Option<NewPerson>> {
    let known = identity::get(tx, &site.keyring, person)?;
    let was = known.map_or_else(NewPerson::default, |p| NewPerson {
        name: p.name,
        phone: p.phone,
        address: p.address,
        idno: p.idno,
        locale: p.locale,
        ..NewPerson::default()
    });
    let said = |field: &str, given: &Option<String>, was: &Option<String>| {
        let given = given.as_deref().map(str::trim).filter(|t| !t.is_empty());
        let stays = || was.clone().filter(|_| !new.without.iter().any(|w| w == field));
        given.map(str::to_owned).or_else(stays)
    };
    let now = NewPerson {
        name: said("name", &new.name, &was.name),
        phone: said("phone", &new.phone, &was.phone),
        address: said("address", &new.address, &was.address),
        idno: said("idno", &new.idno, &was.idno),
        ..was.clone()
    };
    Ok((now != was).then_some(now))
}

fn gather(done: Result<()>, wrong: &mut Vec<FieldError>) -> Result<()> {
    match done {
        Err(Error::Invalid(faults)) => {
            wrong.extend(faults);
            Ok(())
        }
        other => other,
    }
}
