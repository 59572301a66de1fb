//! A household changes from a day on, or what was written about it is corrected: its grid, its head, how many live
//! there, where it stands. Neither overwrites: [`super::history`] shows all of it.

use super::members::stand;
use super::model::Household;
use super::{PERSONS, acting, alike, basis_fault, demanded, fault, standing, tell};
use crate::model::millionths;
use crate::store::households as store;
use crate::{Mode, units};
use access::accounts::Act;
use access::{SharedSite, Site, Verb};
use db::{Tx, params};
use kernel::{Date, Error, FieldError, HouseholdId, PersonId, Result, Scope, Timestamp, UnitId};

/// What changes; `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HouseholdChange {
    /// The grid it belongs to.
    pub grid: Option<UnitId>,
    /// How many live there.
    pub persons: Option<i64>,
    /// The person at its head, who has to live there.
    pub head: Option<PersonId>,
    /// Degrees east and north.
    pub place: Option<(f64, f64)>,
    /// On what it rests.
    pub basis: String,
}

/// Changes or corrects a household.
///
/// Errors: not found; invalid fields; refused (`earlier-than-known`); what the table refuses, at both grids where
/// it moves.
pub async fn change(
    site: &SharedSite,
    scope: &Scope,
    household: HouseholdId,
    change: HouseholdChange,
    mode: Mode,
) -> Result<()> {
    let (at, scope) = (site.clone(), scope.clone());
    site.db
        .write(move |tx| {
            let known = demanded(tx, &scope, Verb::Manage, household)?;
            change_in(tx, &at, &known, &change, mode, &acting(&at, &scope, Verb::Manage, &known.path)?)
        })
        .await
}

/// The same inside a transaction.
///
/// Errors: as [`change`], but for the table.
pub fn change_in(
    tx: &mut dyn Tx,
    site: &Site,
    known: &Household,
    change: &HouseholdChange,
    mode: Mode,
    act: &Act,
) -> Result<()> {
    let mut wrong: Vec<FieldError> = basis_fault(&change.basis).into_iter().collect();
    let day = match mode {
        Mode::From(day) => day,
        Mode::Correct => known.from,
    };
    if day > site.zone.date(act.at) {
        wrong.push(fault("from", "日期不能晚于今天。", "The date cannot lie in the future."));
    }
    if change.persons.is_some_and(|n| !(0..=PERSONS).contains(&n)) {
        wrong.push(fault("persons", "人口填 0 到 99。", "Give 0 to 99 persons."));
    }
    if change.place.is_some_and(|(lon, lat)| lon.abs() > 180.0 || lat.abs() > 90.0) {
        wrong.push(fault("lon", "经度或纬度超出范围。", "Longitude or latitude is out of range."));
    }
    let grid = match change.grid {
        Some(id) => units::get(tx, id)?.filter(|u| u.is_open(site.zone.date(act.at))),
        None => None,
    };
    if change.grid.is_some() && grid.is_none() {
        wrong.push(fault("unit", "没有这个网格。", "There is no such grid."));
    }
    if let Some(head) = change.head {
        let there = standing::members(tx, known.id)?;
        if !there.iter().any(|m| m.person == head && m.is_there(day.max(m.from))) {
            wrong.push(fault("head", "户主要从这一户的人里选。", "The head has to be one of the household."));
        }
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let mut now = known.clone();
    if let Some(grid) = &grid {
        (now.unit, now.path) = (grid.id, grid.path.clone());
    }
    now.persons = change.persons.unwrap_or(known.persons);
    now.head = change.head.or(known.head);
    if let Some((lon, lat)) = change.place {
        (now.lon_e6, now.lat_e6) = (Some(millionths(lon)), Some(millionths(lat)));
    }
    let mut changed = Vec::new();
    for (field, was, is) in [
        ("grid", Some(known.unit.to_string()), Some(now.unit.to_string())),
        ("persons", Some(known.persons.to_string()), Some(now.persons.to_string())),
        ("head", known.head.map(|p| p.to_string()), now.head.map(|p| p.to_string())),
        ("place", place(known), place(&now)),
    ] {
        if was != is {
            changed.push(field);
            let writer = Writer { site, known, now: &now, field, basis: change.basis.trim(), act };
            match mode {
                Mode::From(day) => writer.from(tx, day, was, is)?,
                Mode::Correct => writer.correct(tx, was, is)?,
            }
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    stand(tx, &now)?;
    alike::renew(tx, site, &now)?;
    if now.path != known.path {
        tx.execute(&store::TAGS_MOVE, &params![known.id, now.path.as_str()])?;
    }
    let (kind, from) = match mode {
        Mode::From(day) => ("household-changed", Some(day)),
        Mode::Correct => ("household-corrected", None),
    };
    let path = (now.path != known.path).then_some(&now.path);
    let payload =
        serde_json::json!({ "fields": changed, "from": from, "path": path, "basis": change.basis.trim() });
    tell(tx, act, known.id, kind, payload)
}

fn place(h: &Household) -> Option<String> {
    h.lon_e6.zip(h.lat_e6).map(|(lon, lat)| format!("{lon},{lat}"))
}

struct Writer<'a> {
    site: &'a Site,
    known: &'a Household,
    now: &'a Household,
    field: &'static str,
    basis: &'a str,
    act: &'a Act,
}

/// A span of days.
type Days = (Date, Option<Date>);

impl Writer<'_> {
    fn from(&self, tx: &mut dyn Tx, day: Date, was: Option<String>, is: Option<String>) -> Result<()> {
        let row = tx.query_opt(&store::FACT_LAST, &params![self.known.id, self.field])?;
        let begun: Option<Date> = row.map(|r| r.get(1)).transpose()?;
        if day <= begun.unwrap_or(self.known.from) {
            return Err(Error::refused(
                "earlier-than-known",
                "变更日期要晚于上一次变更的日期；如果是写错了，请用更正。",
                "The change has to come after the last one; if that one was written wrong, correct it.",
            ));
        }
        match begun {
            Some(_) => tx.execute(&store::FACT_END, &params![self.known.id, self.field, day]).map(drop)?,
            // The first change also writes down what was true until then.
            None => self.first(tx, was, Some(day), None)?,
        }
        self.insert(tx, self.now, is, (day, None))
    }

    fn correct(&self, tx: &mut dyn Tx, was: Option<String>, is: Option<String>) -> Result<()> {
        let row = tx.query_opt(&store::FACT_LAST, &params![self.known.id, self.field])?;
        let from = match row {
            Some(row) => {
                tx.execute(&store::FACT_SUPERSEDE, &params![row.get::<kernel::Uuid>(0)?, self.act.at])?;
                row.get(1)?
            }
            // Nothing ever changed: the row was the entry, and what it said is kept as superseded.
            None => {
                self.first(tx, was, None, Some(self.act.at))?;
                self.known.from
            }
        };
        self.insert(tx, self.now, is, (from, None))
    }

    /// What the row said before anything changed, on the basis it had.
    fn first(
        &self,
        tx: &mut dyn Tx,
        was: Option<String>,
        to: Option<Date>,
        superseded: Option<Timestamp>,
    ) -> Result<()> {
        let known = self.known;
        let days = (known.from, to);
        self.write(tx, known, was, days, &known.basis, known.recorded_at, superseded)
    }

    fn insert(&self, tx: &mut dyn Tx, at: &Household, value: Option<String>, days: Days) -> Result<()> {
        self.write(tx, at, value, days, self.basis, self.act.at, None)
    }

    #[expect(clippy::too_many_arguments, reason = "the columns of one row")]
    fn write(
        &self,
        tx: &mut dyn Tx,
        at: &Household,
        value: Option<String>,
        (from, to): Days,
        basis: &str,
        recorded: Timestamp,
        superseded: Option<Timestamp>,
    ) -> Result<()> {
        let values = params![
            PersonId::new(self.act.at, &*self.site.chance).0,
            self.known.id,
            Option::<PersonId>::None,
            self.field,
            value,
            if self.field == "grid" { at.path.as_str() } else { "" },
            self.known.code.as_str(),
            from,
            to,
            basis,
            recorded,
            self.act.actor.account(),
            superseded
        ];
        tx.execute(&store::FACT_INSERT, &values).map(drop)
    }
}
