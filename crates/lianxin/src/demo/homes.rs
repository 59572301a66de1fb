//! The households of the demonstration: families of all sizes, made up to the last of them.

use super::Dice;
use super::plan::made_up_phone;
use crate::progress::Bar;
use access::SharedSite;
use access::accounts::Act;
use access::identity::NewPerson;
use kernel::{Actor, Date, Locale, PersonId, Result};
use pack::{Demo, HouseholdTag, TagOn};
use register::households::{self, NewHousehold, NewMember, NewTag, Relation};
use register::{Directory, Unit};
use std::collections::HashMap;
use std::sync::Arc;

/// How many a demonstration has where nobody says: enough to work with, and there in a moment.
pub const SOME: u32 = 2000;
/// How many stand in one grid while not every grid has some.
const IN_A_GRID: usize = 36;
/// How many grids go into one transaction.
const GRIDS: usize = 240;
/// What they are written into.
const TABLES: [&str; 4] = ["households", "household_facts", "household_people", "persons"];
/// Of a thousand households, how many have one person, two, three …
const SIZES: [u64; 6] = [170, 280, 240, 180, 90, 40];

/// Writes `wanted` households into the grids, one grid after the other until there are no more to come.
///
/// Errors: those of the database.
pub(super) fn write(site: &SharedSite, wanted: u32, seed: u64) -> Result<()> {
    let dir = register::directory(site);
    let level = &site.pack.household.level;
    let grids: Vec<Unit> = dir.iter().filter(|u| u.level == *level).cloned().collect();
    if grids.is_empty() || wanted == 0 {
        return Ok(());
    }
    let counts = by_grid(grids.iter().map(|g| g.code.as_str()), wanted, seed);
    let all: Vec<(&Unit, usize)> = grids
        .iter()
        .filter_map(|g| counts.get(g.code.as_str()).map(|n| (g, *n)))
        .filter(|(_, n)| *n > 0)
        .collect();
    let wanted = wanted as usize;
    let bar = Bar::new(wanted as u64, "户 households");
    let families = Families { dice: Dice::new(seed, "homes"), site: site.clone() };
    let aside = site.db.write_now(|tx| db::put_aside(tx, &TABLES))?;
    // One thread makes families up and seals them while another writes those before.
    std::thread::scope(|scope| {
        let (send, batches) = std::sync::mpsc::sync_channel(1);
        let (all, families, dir) = (&all, &families, &dir);
        scope.spawn(move || {
            // Nobody takes them any more where a write failed.
            let _gone = all.chunks(GRIDS).try_for_each(|some| send.send(families.batch(dir, some)));
        });
        let mut done = 0;
        let chance = Arc::new(Dice::new(seed, "homes written"));
        for batch in batches {
            let Batch { act, grids, homes } = batch?;
            let (own, chance) = (site.clone(), chance.clone());
            site.db.write_now(move |tx| {
                grids.iter().try_for_each(|g| households::add_many(tx, &own, chance.chance(), g, &act))
            })?;
            done += homes;
            bar.at(done as u64);
        }
        Ok::<(), kernel::Error>(())
    })?;
    let today = site.today();
    site.db.write_now(move |tx| {
        aside.put_back(tx)?;
        households::find_alike(tx, today).map(drop)
    })
}

/// How many of `wanted` go into each of the grids with these codes.
pub(super) fn by_grid<'c>(
    codes: impl Iterator<Item = &'c str>,
    wanted: u32,
    seed: u64,
) -> HashMap<&'c str, usize> {
    let mut codes: Vec<&str> = codes.collect();
    codes.sort_unstable();
    let heaps = if codes.is_empty() {
        Vec::new()
    } else {
        heaps(wanted as usize, codes.len(), &Dice::new(seed, "heaps"))
    };
    codes.into_iter().zip(heaps.into_iter().chain(std::iter::repeat(0))).collect()
}

/// How many go into each grid: grids are not all alike, two neighbours make up for one another. Where there are too
/// few for all, the first ones have theirs and the others none.
fn heaps(wanted: usize, grids: usize, dice: &Dice) -> Vec<usize> {
    let filled = (wanted / IN_A_GRID).clamp(1, grids);
    let mut out: Vec<usize> = (0..filled).map(|i| wanted * (i + 1) / filled - wanted * i / filled).collect();
    for pair in out.chunks_exact_mut(2) {
        let moved = dice.below(pair[0] / 4 + 1);
        pair[0] -= moved;
        pair[1] += moved;
    }
    out
}

struct Families {
    dice: Dice,
    site: SharedSite,
}

/// What goes into one transaction.
struct Batch {
    act: Act,
    grids: Vec<households::Ready>,
    homes: usize,
}

/// Somebody before they are written: what they are to the head, and how old.
struct Person {
    relation: Relation,
    age: i64,
    female: bool,
    surname: bool,
}

impl Families {
    /// So many households of each of these grids.
    fn batch(&self, dir: &Directory, some: &[(&Unit, usize)]) -> Result<Batch> {
        // Each batch has its own moment: its ids then come after those before, at the end of an index.
        let act = Act { actor: Actor::System, at: self.site.now() };
        let one = |(grid, n): &(&Unit, usize)| {
            let whole = dir.get(grid.parent.unwrap_or(grid.id)).map_or("", |u| u.name(Locale::Zh));
            let at = format!("{whole}{}", grid.name(Locale::Zh));
            let all = (1..=*n).map(|i| self.one(grid, &at, i)).collect();
            households::ready(&self.site, grid, all, &act)
        };
        let homes = some.iter().map(|(_, n)| n).sum();
        Ok(Batch { grids: some.iter().map(one).collect::<Result<_>>()?, act, homes })
    }

    fn one(&self, grid: &Unit, at: &str, n: usize) -> NewHousehold {
        let (dice, demo) = (&self.dice, &self.site.pack.demo);
        let size = dice.weighted(&SIZES) + 1;
        // In a village a few families are many.
        let clan = (grid.code.bytes().map(usize::from).sum::<usize>() + dice.below(3)) % demo.surnames.len();
        let own = if dice.percent(60) { clan } else { dice.below(demo.surnames.len()) };
        let address = format!("{at}{n}号");
        let people: Vec<(i64, NewMember)> =
            self.people(size).iter().map(|p| (p.age, self.member(p, own, &address))).collect();
        let (lon, lat) = (grid.lon.unwrap_or(demo.lon), grid.lat.unwrap_or(demo.lat));
        let near = || (dice.unit() - 0.5) * 0.008;
        NewHousehold {
            id: None,
            unit: grid.id,
            code: None,
            place: Some((lon + near(), lat + near())),
            persons: None,
            from: grid.from,
            basis: "试用数据".to_owned(),
            tags: self.tags(grid.from, &people),
            people: people.into_iter().map(|(_, m)| m).collect(),
        }
    }

    /// Who lives in a household of this size.
    fn people(&self, size: usize) -> Vec<Person> {
        let dice = &self.dice;
        let age = match size {
            1 | 2 => dice.from_to(35, 84),
            _ => dice.from_to(30, 62),
        };
        let female = dice.percent(if size == 1 { 55 } else { 22 });
        let mut out = vec![Person { relation: Relation::Head, age, female, surname: true }];
        let mut put = |relation, age: i64, female, surname| {
            if out.len() < size {
                out.push(Person { relation, age: age.clamp(0, 98), female, surname });
            }
        };
        if dice.percent(90) {
            put(Relation::Spouse, age + dice.from_to(-4, 2), !female, false);
        }
        let young = (age - dice.from_to(22, 32)).max(0);
        for i in 0..3 {
            let girl = dice.percent(48);
            let relation = if girl { Relation::Daughter } else { Relation::Son };
            if i < 2 || dice.percent(20) {
                put(relation, young - 3 * i, girl, true);
            }
            if young > 26 && i == 0 && dice.percent(70) {
                let girl = dice.percent(48);
                put(Relation::Grandchild, young - dice.from_to(23, 27), girl, true);
            }
            if age < 66 && i == 0 && dice.percent(35) {
                let mother = dice.percent(60);
                put(Relation::Parent, age + dice.from_to(21, 32), mother, !mother);
            }
        }
        while out.len() < size {
            let girl = dice.percent(50);
            let grandchild = Person {
                relation: Relation::Grandchild,
                age: dice.from_to(0, 15),
                female: girl,
                surname: true,
            };
            out.push(grandchild);
        }
        out
    }

    fn member(&self, p: &Person, own: usize, address: &str) -> NewMember {
        let (dice, demo) = (&self.dice, &self.site.pack.demo);
        let surname = if p.surname { &demo.surnames[own] } else { dice.pick(&demo.surnames) };
        let phone = match p.relation {
            Relation::Head => 94,
            _ if (16..=78).contains(&p.age) => 45,
            _ => 0,
        };
        NewMember {
            relation: p.relation,
            from: None,
            who: NewPerson {
                id: Some(PersonId::new(self.site.now(), dice.chance())),
                name: Some(format!("{surname}{}", dice.pick(&demo.given_names))),
                phone: dice.percent(phone).then(|| made_up_phone(dice)),
                address: (p.relation == Relation::Head).then(|| address.to_owned()),
                idno: self.idno(demo, p),
                ..NewPerson::default()
            },
        }
    }

    /// A number whose check character fits, of a division that there is not.
    fn idno(&self, demo: &Demo, p: &Person) -> Option<String> {
        let dice = &self.dice;
        let year = i64::from(self.site.today().year()) - 1 - p.age;
        let order = dice.from_to(0, 499) * 2 + i64::from(!p.female);
        let digits =
            format!("{}{year}{:02}{:02}{order:03}", demo.code, dice.from_to(1, 12), dice.from_to(1, 28));
        rules::idcheck::with_check(&digits)
    }

    fn tags(&self, since: Date, people: &[(i64, NewMember)]) -> Vec<NewTag> {
        let (dice, mut out) = (&self.dice, Vec::new());
        for tag in &self.site.pack.tags {
            let whom = match tag.on {
                TagOn::Household => Some(None),
                TagOn::Person => fitting(tag, people).map(Some),
            };
            let Some(person) = whom else { continue };
            if dice.permille(u64::from(tag.demo)) {
                let later = jiff::Span::new().days(dice.from_to(0, 300));
                out.push(NewTag {
                    tag: tag.id.clone(),
                    person,
                    from: since.checked_add(later).unwrap_or(since).min(self.site.today()),
                    to: None,
                    basis: "试用数据".to_owned(),
                    note: None,
                });
            }
        }
        out
    }
}

/// The first of the household whose age fits.
fn fitting(tag: &HouseholdTag, people: &[(i64, NewMember)]) -> Option<PersonId> {
    let [from, to] = tag.demo_ages.unwrap_or([0, 120]);
    let fits = |age: i64| (i64::from(from)..=i64::from(to)).contains(&age);
    people.iter().find(|(age, _)| fits(*age)).and_then(|(_, m)| m.who.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_household_stands_in_a_grid_and_no_grid_is_crowded_before_all_have_some() {
        for (wanted, grids) in [(0, 5), (1, 5), (35, 5), (100, 5), (2000, 400), (1000, 5), (320_000, 7236)] {
            let heaps = heaps(wanted, grids, &Dice::new(1, "heaps"));
            assert_eq!(heaps.iter().sum::<usize>(), wanted);
            assert!(heaps.len() <= grids);
            let most = (wanted.div_ceil(grids)).max(2 * IN_A_GRID) * 5 / 4 + 1;
            assert!(heaps.iter().all(|n| *n <= most), "{wanted} in {grids}: {heaps:?}");
        }
    }
}
