//! What a list says of a household that is in the register already: looked at whole before any of it is written, so that
//! a row that cannot be taken sends this household back and nothing else.

use super::families::{Family, Line};
use crate::households::{self, By, Fact, Household, NewMember, NewTag, add_member_in};
use access::Site;
use access::accounts::Act;
use db::Tx;
use kernel::{Error, PersonId, Result, Say};

/// Who a row is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Somebody of the household.
    Known(PersonId),
    /// Somebody whom row so-and-so of the family brings in.
    New(usize),
}

/// What one row adds.
struct Step {
    who: Who,
    /// Whom it brings in.
    member: Option<NewMember>,
    /// What is put on the household, or on whom the row is about: `true`.
    marks: Vec<(NewTag, bool)>,
}

/// What a family of the list adds to its household.
pub(super) struct Growth {
    pub(super) home: Household,
    basis: String,
    steps: Vec<Step>,
    /// For each row why it cannot be taken.
    pub(super) objections: Vec<Vec<Say>>,
}

impl Growth {
    /// Finds those of the family whom the household does not have yet, by number, otherwise by name, and the marks that
    /// it and they do not carry yet.
    pub(super) fn of(tx: &mut dyn Tx, site: &Site, home: Household, family: &Family) -> Result<Growth> {
        let today = site.today();
        let carried: Vec<Fact> = households::tags(tx, home.id, today)?;
        let mut out = Growth { home, basis: family.basis.clone(), steps: Vec::new(), objections: Vec::new() };
        for (at, line) in family.lines.iter().enumerate() {
            let since = line.new.from.unwrap_or(today).max(out.home.from);
            let twin = family.lines[..at].iter().position(|l| is_same(l, line));
            let who = match (out.lives_there(tx, site, line)?, twin) {
                (Some(person), _) => Who::Known(person),
                (None, Some(twin)) => out.steps[twin].who,
                (None, None) => Who::New(at),
            };
            let member = (who == Who::New(at)).then(|| NewMember { from: Some(since), ..line.new.clone() });
            let mut wrong: Vec<Say> = Vec::new();
            if let Some(member) = &member {
                wrong.extend(households::member_faults(member, &out.home).into_iter().map(|f| f.say));
            }
            let mut marks = Vec::new();
            for mark in &line.marks {
                let known = match who {
                    Who::Known(person) => Some(person),
                    Who::New(_) => None,
                };
                let new = mark.tag(known, since, &family.basis);
                let new = NewTag { from: new.from.max(out.home.from), ..new };
                let on_new = mark.personal && known.is_none();
                let there = |f: &Fact| f.tag() == Some(&new.tag) && f.person == new.person;
                let planned = |s: &Step| {
                    s.marks
                        .iter()
                        .any(|(t, own)| t.tag == new.tag && *own == mark.personal && (!own || s.who == who))
                };
                if (!on_new && carried.iter().any(there)) || out.steps.iter().any(planned) {
                    continue;
                }
                if !on_new && households::overlaps(tx, out.home.id, &new)? {
                    wrong.push(households::tagged_already());
                }
                marks.push((new, mark.personal));
            }
            out.objections.push(wrong);
            out.steps.push(Step { who, member, marks });
        }
        Ok(out)
    }

    /// How many rows say something new.
    pub(super) fn changed(&self) -> usize {
        self.steps.iter().filter(|s| s.member.is_some() || !s.marks.is_empty()).count()
    }

    /// Writes it down.
    pub(super) fn write(&self, tx: &mut dyn Tx, site: &Site, act: &Act) -> Result<()> {
        let mut home = self.home.clone();
        let mut people: Vec<Option<PersonId>> = vec![None; self.steps.len()];
        for (at, step) in self.steps.iter().enumerate() {
            if let Some(new) = &step.member {
                people[at] = Some(add_member_in(tx, site, &home, new, &self.basis, act)?.person);
                home = households::get(tx, home.id)?.ok_or(Error::NotFound)?;
            }
            let person = match step.who {
                Who::Known(person) => Some(person),
                Who::New(row) => people[row],
            };
            for (mark, personal) in &step.marks {
                let new = NewTag { person: person.filter(|_| *personal), ..mark.clone() };
                households::tag_in(tx, site, &home, &new, act)?;
            }
        }
        Ok(())
    }

    /// Who of the household a row is, where it has them already.
    fn lives_there(&self, tx: &mut dyn Tx, site: &Site, line: &Line) -> Result<Option<PersonId>> {
        let who = &line.new.who;
        let keys = [who.idno.as_deref().map(By::Idno), who.name.as_deref().map(By::Name)];
        for by in keys.into_iter().flatten() {
            let found = households::find(tx, &site.secret, by, site.today())?;
            if let Some((_, person)) = found.iter().find(|(h, _)| *h == self.home.id) {
                return Ok(Some(*person));
            }
        }
        Ok(None)
    }
}

/// Whether two rows of a family are about the same person, who is new.
fn is_same(one: &Line, other: &Line) -> bool {
    one.new.who.name.is_some() && one.new.who.name == other.new.who.name
}
