//! A whole unit at once: pairings, tags and visits are read once and judged in one pass.

use crate::facts::judge;
use crate::store::duties as store;
use db::{Tx, Value, params};
use kernel::{Date, HouseholdId, Result, path_end};
use pack::{ObligationRule, Pack};
use rules::obligation::{Period, Span, Standing};
use std::collections::{BTreeMap, HashMap, HashSet};

/// How many owe something, and of how many it is done, and what of the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Count {
    /// Households of which something is asked in the period.
    pub owed: i64,
    /// Done.
    pub met: i64,
    /// Not done, and there is time.
    pub due: i64,
    /// Not done in time.
    pub missed: i64,
    /// Nothing is asked of them in this period: came late, left, exempt.
    pub excused: i64,
}

impl Count {
    /// Counts one more.
    pub fn add(&mut self, standing: &Standing) {
        self.owed += i64::from(standing.is_owed());
        match standing {
            Standing::Met { .. } => self.met += 1,
            Standing::Due { .. } => self.due += 1,
            Standing::Missed { .. } => self.missed += 1,
            Standing::Excused(_) => self.excused += 1,
            Standing::NotApplicable(_) => {}
        }
    }
}

/// Records of the days of grace of the period before may be taken by it, so they are read as well, with who looked after
/// whom then, by which it is judged: two periods back is where the chain of all packs that are sound begins anew (its
/// periods have days without a record).
fn since(duty: &ObligationRule, period: Period) -> Date {
    let before = duty.window.before(period).filter(|_| duty.grace > 0);
    before.and_then(|p| duty.window.before(p)).map_or(period.from, |p| p.from)
}

fn closes(duty: &ObligationRule, period: Period) -> Date {
    let mut day = period.to;
    for _ in 0..duty.grace {
        day = day.tomorrow().unwrap_or(day);
    }
    day
}

/// Judges each household at and below `path` that somebody looks after in `period`: in the order of paths, and after
/// them families that were written down twice.
///
/// Errors: those of the database and of `tell`.
pub fn each(
    tx: &mut dyn Tx,
    pack: &Pack,
    duty: &ObligationRule,
    period: Period,
    path: &str,
    today: Date,
    tell: &mut dyn FnMut(HouseholdId, &str, Standing) -> Result<()>,
) -> Result<()> {
    let end = path_end(path);
    let (from, to) = (since(duty, period), closes(duty, period));
    // A family that was written down twice is judged once, as the household that is kept: below.
    let mut twice: HashSet<HouseholdId> = HashSet::new();
    let mut here = false;
    tx.each(&store::LINKED, &[], &mut |r| {
        twice.extend([r.get::<HouseholdId>(0)?, r.get(1)?]);
        here |= r.text(2)?.starts_with(path);
        Ok(())
    })?;
    let mut seen: HashMap<HouseholdId, Vec<Date>> = HashMap::new();
    let mut note = |r: &db::Row| {
        seen.entry(r.get(0)?).or_insert_with(|| Vec::with_capacity(1)).push(r.get(1)?);
        Ok(())
    };
    // Of the whole place: one range of the index on days. Of a part of it: by its pairings.
    if path.matches('/').count() <= 2 {
        tx.each(
            &store::SEEN_ALL,
            &params![duty.pairing.as_str(), from, to, duty.record.as_str()],
            &mut note,
        )?;
    } else {
        let values = params![duty.pairing.as_str(), from, to, path, end.as_str(), duty.record.as_str()];
        tx.each(&store::SEEN_IN, &values, &mut note)?;
        if here {
            seen.extend(seen_twice(tx, &values)?);
        }
    }
    let mut wanted: Vec<&String> = duty.only.iter().chain(&duty.except).chain(&duty.exempt).collect();
    wanted.sort();
    wanted.dedup();
    let mut tags: HashMap<HouseholdId, Vec<(&str, Span)>> = HashMap::new();
    for tag in wanted {
        let values = params![format!("tag:{tag}"), path, end.as_str()];
        tx.each(&store::TAG_SPANS_IN, &values, &mut |r| {
            let span = Span { from: r.get(1)?, to: r.get(2)? };
            tags.entry(r.get(0)?).or_default().push((tag.as_str(), span));
            Ok(())
        })?;
    }
    let rule = duty.rule(pack.valid_from);
    // One household after another; the room of its path and its times serves the next as well.
    let (mut at, mut grid, mut life): (Option<HouseholdId>, String, Vec<Span>) =
        (None, String::new(), Vec::new());
    let mut finish = |household: Option<HouseholdId>, grid: &str, life: &[Span]| -> Result<()> {
        let Some(household) = household else { return Ok(()) };
        // Read for the sake of a period before alone: nothing is asked of it in this one.
        if life.iter().all(|s| s.to.is_some_and(|to| to <= period.from)) {
            return Ok(());
        }
        let days = seen.get_mut(&household).map_or(&mut [][..], |days| {
            days.sort_unstable();
            days.as_mut_slice()
        });
        let tags = tags.get(&household).map_or(&[][..], Vec::as_slice);
        tell(household, grid, judge(&rule, &duty.exempt, period, life, tags, days, today))
    };
    let values = params![duty.pairing.as_str(), path, end.as_str(), from, period.to];
    tx.each(&store::LIVES, &values, &mut |r| {
        let household: HouseholdId = r.get(0)?;
        if twice.contains(&household) {
            return Ok(());
        }
        if at != Some(household) {
            finish(at, &grid, &life)?;
            at = Some(household);
            life.clear();
            let path = r.text(1)?;
            if grid != path {
                grid.replace_range(.., path);
            }
        }
        life.push(Span { from: r.get(2)?, to: r.get(3)? });
        Ok(())
    })?;
    finish(at, &grid, &life)?;
    if here {
        for ((at, household), life) in lives_twice(tx, &values)? {
            finish(Some(household), &at, &life)?;
        }
    }
    Ok(())
}

/// The times of families that were written down twice, by the path of the household that is kept: in one statement for all
/// of them. The values are those of the statement for all others.
fn lives_twice(tx: &mut dyn Tx, values: &[Value]) -> Result<BTreeMap<(String, HouseholdId), Vec<Span>>> {
    let mut lives: BTreeMap<(String, HouseholdId), Vec<Span>> = BTreeMap::new();
    tx.each(&store::LIVES_TWICE, values, &mut |r| {
        let span = Span { from: r.get(2)?, to: r.get(3)? };
        lives.entry((r.get(1)?, r.get(0)?)).or_default().push(span);
        Ok(())
    })?;
    Ok(lives)
}

/// The days that count for them, also where the pairing is that of a row in another place.
fn seen_twice(tx: &mut dyn Tx, values: &[Value]) -> Result<HashMap<HouseholdId, Vec<Date>>> {
    let mut seen: HashMap<HouseholdId, Vec<Date>> = HashMap::new();
    tx.each(&store::SEEN_TWICE, values, &mut |r| {
        seen.entry(r.get(0)?).or_default().push(r.get(1)?);
        Ok(())
    })?;
    Ok(seen)
}

/// Counts them, grid by grid.
///
/// Errors: those of the database.
pub fn count(
    tx: &mut dyn Tx,
    pack: &Pack,
    duty: &ObligationRule,
    period: Period,
    path: &str,
    today: Date,
) -> Result<BTreeMap<String, Count>> {
    let mut grids: BTreeMap<String, Count> = BTreeMap::new();
    each(tx, pack, duty, period, path, today, &mut |_, grid, standing| {
        match grids.get_mut(grid) {
            Some(count) => count.add(&standing),
            None => grids.entry(grid.to_owned()).or_default().add(&standing),
        }
        Ok(())
    })?;
    Ok(grids)
}
