//! A unit changes from a day on, or what was written about it is corrected.
//!
//! A change ends the fact that was true before and adds a new one; a correction supersedes the
//! entry and keeps its days. Neither overwrites: [`crate::units::history`] shows all of it.

use crate::{store, units};
use access::accounts::Act;
use access::{Noun, SharedSite, Verb, seats};
use db::{Tx, params};
use kernel::{Date, Error, Result, Scope, Text, Timestamp, UnitId, Uuid};

/// What changes; `None` stays as it is, an empty text takes the entry away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The name.
    pub name: Option<Text>,
    /// The telephone.
    pub phone: Option<String>,
    /// The address.
    pub address: Option<String>,
    /// On what it rests.
    pub basis: String,
}

/// How it is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It is so from this day on; before, it was as written.
    From(Date),
    /// It was written wrong.
    Correct,
}

/// Changes or corrects a unit.
///
/// Errors: not found; invalid name; refused where a later change is already written down.
pub async fn change(
    site: &SharedSite,
    scope: &Scope,
    unit: UnitId,
    change: Change,
    mode: Mode,
) -> Result<()> {
    access::demand(scope, Verb::Manage, Noun::Unit, "")?;
    let act = Act { actor: scope.actor.clone(), at: site.now() };
    let ids: Vec<Uuid> = (0..8).map(|_| UnitId::new(act.at, &*site.chance).0).collect();
    site.db.write(move |tx| change_in(tx, unit, &change, mode, &ids, &act)).await?;
    crate::load(site).await?;
    Ok(())
}

/// The same inside a transaction. `ids` are eight fresh ids for the facts written.
///
/// Errors: as [`change`].
pub fn change_in(
    tx: &mut dyn Tx,
    unit: UnitId,
    change: &Change,
    mode: Mode,
    ids: &[Uuid],
    act: &Act,
) -> Result<()> {
    let known = units::get(tx, unit)?.ok_or(Error::NotFound)?;
    if change.name.as_ref().is_some_and(|n| n.zh.trim().is_empty() || n.zh.chars().count() > 100) {
        return Err(Error::field(
            "name",
            "请填写名称，100 字以内。",
            "Give a name of at most 100 characters.",
        ));
    }
    let mut now = known.clone();
    if let Some(name) = &change.name {
        let en = if name.en.trim().is_empty() { &name.zh } else { &name.en };
        now.name = Text::new(name.zh.trim(), en.trim());
    }
    let set = |field: &mut Option<String>, to: &Option<String>| {
        if let Some(to) = to {
            *field = Some(to.trim().to_owned()).filter(|t| !t.is_empty());
        }
    };
    set(&mut now.phone, &change.phone);
    set(&mut now.address, &change.address);

    let fields = [
        ("name_zh", Some(known.name.zh.clone()), Some(now.name.zh.clone())),
        ("name_en", Some(known.name.en.clone()), Some(now.name.en.clone())),
        ("phone", known.phone.clone(), now.phone.clone()),
        ("address", known.address.clone(), now.address.clone()),
    ];
    let mut ids = ids.iter();
    let mut changed = Vec::new();
    for (field, was, is) in fields {
        if was == is {
            continue;
        }
        changed.push(field);
        let writer = Writer { unit, field, first: known.from, basis: &change.basis, at: act.at };
        match mode {
            Mode::From(day) => writer.from(tx, &mut ids, day, was, is)?,
            Mode::Correct => writer.correct(tx, &mut ids, is)?,
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    let values = params![
        unit,
        now.name.zh.as_str(),
        now.name.en.as_str(),
        now.phone.as_deref(),
        now.address.as_deref()
    ];
    tx.query(&store::UNIT_STANDS, &values)?;
    let seat = seats::get(tx, unit)?.ok_or_else(|| Error::internal("a unit without its seat"))?;
    seats::put(tx, &seats::Seat { name: now.name, ..seat })?;
    tx.execute(&store::VERSION_NEXT, &[])?;
    let (kind, from) = match mode {
        Mode::From(day) => ("unit-changed", Some(day)),
        Mode::Correct => ("unit-corrected", None),
    };
    crate::tell(tx, act, unit, kind, serde_json::json!({ "fields": changed, "from": from }))
}

struct Writer<'a> {
    unit: UnitId,
    field: &'static str,
    first: Date,
    basis: &'a str,
    at: Timestamp,
}

impl Writer<'_> {
    fn from<'i>(
        &self,
        tx: &mut dyn Tx,
        ids: &mut impl Iterator<Item = &'i Uuid>,
        day: Date,
        was: Option<String>,
        is: Option<String>,
    ) -> Result<()> {
        let begun: Option<Date> = tx
            .query_opt(&store::FACT_LAST, &params![self.unit, self.field])?
            .map(|r| r.get(0))
            .transpose()?;
        if day <= begun.unwrap_or(self.first) {
            return Err(Error::refused(
                "earlier-than-known",
                "变更日期要晚于上一次变更的日期；如果是写错了，请用更正。",
                "The change has to come after the last one; if that one was written wrong, correct it.",
            ));
        }
        if begun.is_some() {
            tx.query(&store::FACT_END, &params![self.unit, self.field, day])?;
        } else {
            // The first change also writes down what was true until then.
            self.insert(tx, ids, was, self.first, Some(day))?;
        }
        self.insert(tx, ids, is, day, None)
    }

    fn correct<'i>(
        &self,
        tx: &mut dyn Tx,
        ids: &mut impl Iterator<Item = &'i Uuid>,
        is: Option<String>,
    ) -> Result<()> {
        let row = tx.query_opt(&store::FACTS_SUPERSEDE, &params![self.unit, self.field, self.at])?;
        match row {
            Some(row) => self.insert(tx, ids, is, row.get(0)?, None),
            // Nothing ever changed: the row of the unit itself is the entry, and the fact keeps
            // that it was corrected.
            None => self.insert(tx, ids, is, self.first, None),
        }
    }

    fn insert<'i>(
        &self,
        tx: &mut dyn Tx,
        ids: &mut impl Iterator<Item = &'i Uuid>,
        value: Option<String>,
        from: Date,
        to: Option<Date>,
    ) -> Result<()> {
        let id = ids.next().ok_or_else(|| Error::internal("register::change_in: too few ids"))?;
        let values = params![id, self.unit, self.field, value, from, to, self.basis.trim(), self.at];
        tx.execute(&store::FACT_INSERT, &values).map(|_| ())
    }
}
