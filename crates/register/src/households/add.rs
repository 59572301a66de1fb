//! A new household.

use super::model::{Household, NewHousehold, Relation};
use super::{PERSONS, acting, alike, basis_fault, bulk, fault, find, members, tag};
use crate::model::Unit;
use crate::store::households as store;
use crate::units;
use access::accounts::Act;
use access::{SharedSite, Site, Verb};
use db::{Tx, params};
use kernel::{Date, Error, FieldError, HouseholdId, PersonId, Result, Scope};
use std::collections::HashSet;

/// Adds a household.
///
/// Errors: invalid fields; what the table refuses.
pub async fn add(site: &SharedSite, scope: &Scope, new: NewHousehold) -> Result<Household> {
    let (at, scope) = (site.clone(), scope.clone());
    site.db
        .write(move |tx| {
            let unit = units::get(tx, new.unit)?.ok_or(Error::NotFound)?;
            let act = acting(&at, &scope, Verb::Manage, &unit.path)?;
            add_in(tx, &at, &new, &act)
        })
        .await
}

/// The same inside a transaction, for imports and the demonstration; permission is the caller's business. The same
/// id again gives back what is there.
///
/// Errors: invalid fields, a code that is taken.
pub fn add_in(tx: &mut dyn Tx, site: &Site, new: &NewHousehold, act: &Act) -> Result<Household> {
    add_beside(tx, site, new, act, &HashSet::new())
}

/// The same, where some codes are spoken for by others that are still to come: a code that is made is none of them.
///
/// Errors: as [`add_in`].
pub(crate) fn add_beside(
    tx: &mut dyn Tx,
    site: &Site,
    new: &NewHousehold,
    act: &Act,
    spoken_for: &HashSet<String>,
) -> Result<Household> {
    let id = new.id.unwrap_or_else(|| HouseholdId::new(act.at, &*site.chance));
    if let Some(known) = new.id.map(|id| find::get(tx, id)).transpose()?.flatten() {
        return Ok(known);
    }
    let unit = objected(tx, new, site.zone.date(act.at))?;
    let given = given(new);
    let code = match given {
        Some(code) => code.to_owned(),
        None => next_code(tx, &unit, spoken_for)?,
    };
    let mut new = NewHousehold { id: Some(id), ..new.clone() };
    for member in &mut new.people {
        member.who.id = Some(member.who.id.unwrap_or_else(|| PersonId::new(act.at, &*site.chance)));
    }
    let known = bulk::write(tx, &*site.chance, &unit, &new, code, act)?;
    for member in &new.people {
        members::put(tx, site, &known, member, act)?;
    }
    for t in &new.tags {
        tag::put(tx, site, PersonId::new(act.at, &*site.chance).0, &known, t, act)?;
    }
    alike::renew(tx, site, &known)?;
    Ok(known)
}

/// What keeps a new household from being added; nothing is written.
///
/// Errors: as [`add_in`].
pub(crate) fn objections(tx: &mut dyn Tx, site: &Site, new: &NewHousehold, act: &Act) -> Result<()> {
    objected(tx, new, site.zone.date(act.at)).map(drop)
}

/// Its grid, where nothing is wrong.
fn objected(tx: &mut dyn Tx, new: &NewHousehold, today: Date) -> Result<Unit> {
    let unit = units::get(tx, new.unit)?;
    let mut faults = faults(new, unit.as_ref(), today);
    if let Some(code) = given(new) {
        if !crate::add::is_code(code) {
            faults.push(fault(
                "code",
                "户编号用字母、数字和 . - _，40 个以内。",
                "A code is up to 40 letters, digits, or . - _.",
            ));
        } else if find::by_code(tx, code)?.is_some() {
            faults.push(fault("code", "这个户编号已经有了。", "Another household has this code."));
        }
    }
    for (i, member) in new.people.iter().enumerate() {
        faults.extend(members::faults(member, new.from).into_iter().map(|f| members::at(f, i)));
    }
    match unit {
        Some(unit) if faults.is_empty() => Ok(unit),
        _ => Err(Error::Invalid(faults)),
    }
}

/// The code that was given.
fn given(new: &NewHousehold) -> Option<&str> {
    new.code.as_deref().map(str::trim).filter(|c| !c.is_empty())
}

fn next_code(tx: &mut dyn Tx, unit: &Unit, spoken_for: &HashSet<String>) -> Result<String> {
    // Codes that were given by hand are stepped over.
    loop {
        let n: i64 = tx.scalar(&store::SERIES_NEXT, &params![unit.id, 1])?;
        let code = format!("{}-{n:03}", unit.code);
        if !spoken_for.contains(&code) && find::by_code(tx, &code)?.is_none() {
            return Ok(code);
        }
    }
}

/// What is wrong with what stands in the household's own fields.
fn faults(new: &NewHousehold, unit: Option<&Unit>, today: Date) -> Vec<FieldError> {
    let mut out: Vec<FieldError> = basis_fault(&new.basis).into_iter().collect();
    out.extend(new.tags.iter().filter_map(|t| basis_fault(&t.basis)));
    match unit {
        None => out.push(fault("unit", "没有这个网格。", "There is no such grid.")),
        Some(unit) if !unit.is_open(new.from) => {
            out.push(fault(
                "unit",
                "那一天还没有或已经没有这个网格。",
                "The grid was not there on that day.",
            ));
        }
        Some(_) => {}
    }
    if new.from > today {
        out.push(fault("from", "日期不能晚于今天。", "The date cannot lie in the future."));
    }
    if new.persons.is_some_and(|n| !(0..=PERSONS).contains(&n)) {
        out.push(fault("persons", "人口填 0 到 99。", "Give 0 to 99 persons."));
    }
    if new.place.is_some_and(|(lon, lat)| lon.abs() > 180.0 || lat.abs() > 90.0) {
        out.push(fault("lon", "经度或纬度超出范围。", "Longitude or latitude is out of range."));
    }
    if new.people.iter().filter(|m| m.relation == Relation::Head).count() > 1 {
        out.push(fault("people", "一户只有一个户主。", "A household has one head."));
    }
    out
}
