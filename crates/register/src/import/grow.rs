//! What a list says of a household that is in the register already: looked at whole before any of it is written, so that
//! a row that cannot be taken sends this household back and nothing else.

use super::families::{Family, Line};
use super::whose::Seen;
use crate::households::{self, Fact, Household, Member, NewMember, NewTag, Relation, add_member_in};
use crate::households::{Keys, Twin, as_shown, member_keys, once, people};
use access::Site;
use access::accounts::Act;
use access::identity::NewPerson;
use db::Tx;
use kernel::{Error, HouseholdId, PersonId, Result, Say};

/// Who a row is about.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Who {
    person: PersonId,
    /// Where they are entered: the household itself, or a row that is linked to it.
    row: HouseholdId,
}

/// What one row adds.
struct Step {
    who: Who,
    /// Whom it brings in.
    member: Option<NewMember>,
    /// What is put on the household, or on whom the row is about.
    marks: Vec<NewTag>,
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
    /// it and they do not carry yet. Whoever is entered at a row that is linked to it lives there as well.
    pub(super) fn of(
        tx: &mut dyn Tx,
        site: &Site,
        act: &Act,
        home: Household,
        family: &Family,
        seen: &Seen<'_>,
    ) -> Result<Growth> {
        let today = site.today();
        let roster = Roster::read(tx, site, &home, seen)?;
        let mut carried: Vec<Fact> = households::tags(tx, home.id, today)?;
        as_shown(&mut carried, &roster.twins);
        let mut out = Growth { home, basis: family.basis.clone(), steps: Vec::new(), objections: Vec::new() };
        for (at, line) in family.lines.iter().enumerate() {
            let since = line.new.from.unwrap_or(today).max(out.home.from);
            let twin = family.lines[..at].iter().position(|l| l.is_same(line));
            let known = roster.who(site, line).or_else(|| twin.map(|twin| out.steps[twin].who));
            let fresh = Who { person: PersonId::new(act.at, &*site.chance), row: out.home.id };
            let who = known.unwrap_or(fresh);
            let mut wrong: Vec<Say> = Vec::new();
            let mut member = None;
            if known.is_none() {
                let person = NewPerson { id: Some(who.person), ..line.new.who.clone() };
                let new = NewMember { relation: line.new.relation, who: person, from: Some(since) };
                wrong.extend(households::member_faults(&new, &out.home).into_iter().map(|f| f.say));
                if seen.homes.contains(&out.home.id) {
                    wrong.push(apart(&out.home));
                }
                member = Some(new);
            }
            let mut marks = Vec::new();
            for mark in &line.marks {
                let mut new = mark.tag(Some(who.person), since, &family.basis);
                let row = roster.row(&out.home, new.person.and(Some(who.row)));
                new.from = new.from.max(row.from);
                let is_there = |tag: &str, person| tag == new.tag && person == new.person;
                if carried.iter().any(|f| f.tag().is_some_and(|tag| is_there(tag, f.person)))
                    || out.steps.iter().flat_map(|s| &s.marks).any(|t| is_there(&t.tag, t.person))
                    || seen.marks.contains(&(out.home.id, new.person, new.tag.clone()))
                {
                    continue;
                }
                if households::overlaps(tx, row.id, &new)? {
                    wrong.push(households::tagged_already());
                }
                marks.push(new);
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

    /// Notes what the file says of this household, for whatever stands behind it.
    pub(super) fn note(&self, seen: &mut Seen<'_>) {
        let id = self.home.id;
        seen.homes.insert(id);
        for step in &self.steps {
            if let Some(new) = &step.member {
                seen.people.insert(step.who.person);
                if new.relation == Relation::Head {
                    seen.added.insert(id);
                }
            }
            seen.marks.extend(step.marks.iter().map(|t| (id, t.person, t.tag.clone())));
        }
    }

    /// Writes it down.
    pub(super) fn write(&self, tx: &mut dyn Tx, site: &Site, act: &Act) -> Result<()> {
        let read = |tx: &mut dyn Tx, id| households::get(tx, id)?.ok_or(Error::NotFound);
        for step in &self.steps {
            if let Some(new) = &step.member {
                let home = read(tx, self.home.id)?;
                add_member_in(tx, site, &home, new, &self.basis, act)?;
            }
            for mark in &step.marks {
                let at = mark.person.map_or(self.home.id, |_| step.who.row);
                let row = read(tx, at)?;
                households::tag_in(tx, site, &row, mark, act)?;
            }
        }
        Ok(())
    }
}

/// Who lives in a household before the file, as far as rows are matched with them.
struct Roster {
    /// Those who were entered at the household itself first.
    people: Vec<Member>,
    twins: Vec<Twin>,
    /// The rows that are linked to it.
    linked: Vec<Household>,
}

impl Roster {
    fn read(tx: &mut dyn Tx, site: &Site, home: &Household, seen: &Seen<'_>) -> Result<Roster> {
        let today = site.today();
        let mut there = people(tx, home.id)?;
        // Whoever the file brought in is known to no row behind it: looked at and written it says the same.
        there.retain(|m| m.is_there(today) && !seen.people.contains(&m.person));
        there.sort_by_key(|m| m.household != home.id);
        let twins = once(home.id, there.clone()).1;
        let mut linked = Vec::new();
        for id in households::same(tx, home.id)?.into_iter().filter(|id| *id != home.id) {
            linked.extend(households::get(tx, id)?);
        }
        Ok(Roster { people: there, twins, linked })
    }

    /// Who of them a row is about: by number, otherwise by name. Somebody who was entered twice is the one who is shown.
    fn who(&self, site: &Site, line: &Line) -> Option<Who> {
        let wanted = member_keys(site, &line.new.who);
        let by = |key: fn(&Keys) -> &Option<Vec<u8>>| {
            self.people.iter().find(|m| key(&wanted).is_some() && key(&m.keys) == key(&wanted))
        };
        let found = by(|k| &k.idno).or_else(|| by(|k| &k.name))?.person;
        let person = self.twins.iter().find(|(twin, _)| *twin == found).map_or(found, |(_, shown)| *shown);
        let row = self.people.iter().find(|m| m.person == person)?.household;
        Some(Who { person, row })
    }

    fn row<'r>(&'r self, home: &'r Household, at: Option<HouseholdId>) -> &'r Household {
        self.linked.iter().find(|h| Some(h.id) == at).unwrap_or(home)
    }
}

/// Why a second place of the file brings nobody into a household.
fn apart(home: &Household) -> Say {
    Say::new(
        format!("本表前面已有这一户（{}）：新来的人请和那几行写在一起。", home.code),
        format!(
            "This household ({}) stands in the file before: write whoever comes new beside those rows.",
            home.code
        ),
    )
}
