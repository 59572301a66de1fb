//! The figures as they were known on a past day: counted case by case, for the counters only know today.

use crate::figures::{Figures, Line, add, sorted, years};
use crate::period::Period;
use db::Tx;
use kernel::{Date, Error, Result, Timestamp, UnitId};
use register::Unit;
use requests::past::{Filter, Reach, Standing, count, each};
use requests::tally::{By, Counts, counts, slots};
use requests::{Ctx, lots};
use std::collections::{BTreeMap, HashMap};

/// The unit right below `base` to which `id` belongs, `base` itself where none does; none beside it.
fn part(ctx: &Ctx, base: &Unit, id: UnitId) -> Option<UnitId> {
    let path = &ctx.dir.get(id)?.path;
    let rest = path.strip_prefix(base.path.as_str())?;
    match rest.find('/') {
        None => Some(base.id),
        Some(at) => ctx.dir.by_path(&path[..base.path.len() + at + 1]).map(|u| u.id),
    }
}

/// Reads the figures of `unit` for `period` as they were known at `at`. `ctx` is a reader at that instant.
///
/// Errors: those of the database; not found where the unit is not there.
pub fn read(tx: &mut dyn Tx, ctx: &Ctx, unit: UnitId, period: &Period, at: Timestamp) -> Result<Figures> {
    let base = ctx.dir.get(unit).ok_or(Error::NotFound)?.clone();
    let whole = base.parent.is_none();
    let below: Option<Vec<UnitId>> = (!whole).then(|| ctx.dir.subtree(&base.path).map(|u| u.id).collect());
    let zone = ctx.site.zone;
    let start = |day: Date| zone.start_of(day);
    let end = start(period.end().tomorrow().map_err(Error::internal)?);
    let all = period.months();
    let earlier = period.earlier();
    let filter = Filter { to: Some(end), as_of: Some(at), ..Filter::default() };

    let (mut total, mut before) = (Counts::default(), Counts::default());
    let mut months: BTreeMap<Date, Counts> = all.iter().map(|m| (*m, Counts::default())).collect();
    let mut classes: HashMap<String, Counts> = HashMap::new();
    let mut units: HashMap<UnitId, Counts> = HashMap::new();
    let received = Filter { from: Some(start(earlier.from)), accountable: below.clone(), ..filter.clone() };
    each(tx, ctx, Reach::Site, &received, &mut |r| {
        let (one, day) = (counts(&r), zone.date(r.received_at));
        if day < period.from {
            add(&mut before, &one);
            return Ok(());
        }
        add(&mut total, &one);
        add(months.entry(day.first_of_month()).or_default(), &one);
        add(classes.entry(r.class.split('.').next().unwrap_or("").to_owned()).or_default(), &one);
        if let Some(unit) = part(ctx, &base, r.first_unit).filter(|u| *u != base.id) {
            add(units.entry(unit).or_default(), &one);
        }
        Ok(())
    })?;

    let mut places: HashMap<UnitId, Counts> = HashMap::new();
    let lying = Filter { from: Some(start(period.from)), places: below, ..filter.clone() };
    each(tx, ctx, Reach::Site, &lying, &mut |r| {
        if let Some(area) = r.place.and_then(|p| part(ctx, &base, p)) {
            add(places.entry(area).or_default(), &counts(&r));
        }
        Ok(())
    })?;

    let reach = if whole { Reach::Site } else { Reach::Unit(unit) };
    let mut standing = |standing| {
        let filter = Filter { standing, as_of: Some(at), ..Filter::default() };
        count(tx, ctx, reach, &filter)
    };
    let (open, overdue) = (standing(Standing::Live)?, standing(Standing::Overdue)?);
    Ok(Figures {
        lots: lots::results(tx, (!whole).then_some(unit), period.from, period.end(), Some(at))?,
        total,
        before,
        years: years(&slots(tx, unit, "", "9", By::Month)?),
        open,
        overdue,
        months: months.into_iter().map(|(of, counts)| Line { of, counts }).collect(),
        classes: sorted(classes),
        units: sorted(units),
        places: sorted(places),
    })
}
