//! A new unit.

use crate::model::{Unit, millionths};
use crate::{store, units};
use access::accounts::Act;
use access::{Noun, SharedSite, Verb, seats};
use db::{Tx, params};
use kernel::{Date, Error, FieldError, Result, Say, Scope, Text, UnitId};
use pack::Pack;

/// What a new unit is made of.
#[derive(Clone, Debug, Default)]
pub struct NewUnit {
    /// Its code: letters, digits, `.`, `-`, `_`, at most 40; no other unit may have it.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// A level of the pack.
    pub level: String,
    /// A kind of unit of the pack.
    pub kind: String,
    /// The unit right above; none for the root, of which there is one.
    pub parent: Option<UnitId>,
    /// From this day on; today where it is not known.
    pub from: Option<Date>,
    /// On what it rests.
    pub basis: String,
    /// Its telephone.
    pub phone: Option<String>,
    /// Where it is, in words.
    pub address: Option<String>,
    /// Degrees east.
    pub lon: Option<f64>,
    /// Degrees north.
    pub lat: Option<f64>,
    /// Its outline: a GeoJSON Polygon or MultiPolygon.
    pub geometry: Option<String>,
    /// Whether it is a centre that serves the area of the unit above it ([`serves_above`]).
    pub serves_above: bool,
}

/// Whether a kind of unit serves the area of the unit that it is an office of, as a centre does.
pub fn serves_above(pack: &Pack, kind: &str) -> bool {
    pack.unit_kinds.iter().any(|k| k.id == kind && k.centre && k.office)
}

/// Adds a unit.
///
/// Errors: invalid fields; what the table refuses.
pub async fn add(site: &SharedSite, scope: &Scope, mut new: NewUnit) -> Result<UnitId> {
    access::demand(scope, Verb::Manage, Noun::Unit, "")?;
    known_kind(&site.pack, &new)?;
    new.serves_above = serves_above(&site.pack, &new.kind);
    new.from = new.from.or(Some(site.today()));
    let id = UnitId::new(site.now(), &*site.chance);
    let act = Act { actor: scope.actor.clone(), at: site.now() };
    site.db.write(move |tx| add_in(tx, id, &new, &act).map(|_| ())).await?;
    crate::load(site).await?;
    Ok(id)
}

fn known_kind(pack: &Pack, new: &NewUnit) -> Result<()> {
    let mut faults = Vec::new();
    if !pack.levels.iter().any(|l| l.id == new.level) {
        faults.push(fault("level", "没有这个层级。", "There is no such level."));
    }
    if !pack.unit_kinds.iter().any(|k| k.id == new.kind) {
        faults.push(fault("kind", "没有这种单位。", "There is no such kind of unit."));
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
}

fn fault(field: &str, zh: &'static str, en: &'static str) -> FieldError {
    FieldError { field: field.into(), say: Say::new(zh, en) }
}

/// The same inside a transaction, for imports, the shell and the demonstration: level and kind are
/// the caller's business, and `from` has to be given. Afterwards [`crate::load`].
///
/// Errors: invalid fields, a code that is taken, a second root.
pub fn add_in(tx: &mut dyn Tx, id: UnitId, new: &NewUnit, act: &Act) -> Result<Unit> {
    let code = new.code.trim();
    let mut faults = Vec::new();
    if !is_code(code) {
        faults.push(fault(
            "code",
            "编码用字母、数字和 . - _，40 个以内。",
            "A code is up to 40 letters, digits, or . - _.",
        ));
    }
    let zh = new.name.zh.trim();
    if zh.is_empty() || zh.chars().count() > 100 {
        faults.push(fault("name", "请填写名称，100 字以内。", "Give a name of at most 100 characters."));
    }
    let off = |v: Option<f64>, most: f64| v.is_some_and(|v| !(-most..=most).contains(&v));
    if off(new.lon, 180.0) || off(new.lat, 90.0) {
        faults.push(fault("lon", "经度或纬度超出范围。", "Longitude or latitude is out of range."));
    }
    let Some(from) = new.from else {
        return Err(Error::internal("register::add_in without a first day"));
    };
    let parent = match new.parent {
        Some(id) => units::get(tx, id)?,
        None => None,
    };
    if parent.is_none() && new.parent.is_some() {
        faults.push(fault("parent", "没有这个上级单位。", "There is no such unit above."));
    }
    if new.parent.is_none() && tx.exists(&store::UNIT_ROOTS, &[])? {
        faults.push(fault(
            "parent",
            "请指明上级单位，最上一级只有一个。",
            "Name the unit above: there is one topmost unit already.",
        ));
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let above = parent.as_ref().map_or("/", |p| p.path.as_str());
    let path = format!("{above}{code}/");
    let en = if new.name.en.trim().is_empty() { zh } else { new.name.en.trim() };
    let unit = Unit {
        id,
        code: code.to_owned(),
        name: Text::new(zh, en),
        level: new.level.clone(),
        kind: new.kind.clone(),
        parent: new.parent,
        path,
        from,
        to: None,
        phone: filled(&new.phone),
        address: filled(&new.address),
        lon: new.lon,
        lat: new.lat,
    };
    let done = tx.exists(
        &store::UNIT_INSERT,
        &params![
            id,
            code,
            unit.name.zh.as_str(),
            unit.name.en.as_str(),
            unit.level.as_str(),
            unit.kind.as_str(),
            unit.parent,
            unit.path.as_str(),
            unit.from,
            unit.to,
            new.basis.trim(),
            unit.phone.as_deref(),
            unit.address.as_deref(),
            unit.lon.map(millionths),
            unit.lat.map(millionths),
            new.geometry.as_deref(),
            act.at
        ],
    )?;
    if !done {
        return Err(Error::Invalid(vec![fault(
            "code",
            "这个编码已经有单位用了。",
            "Another unit has this code.",
        )]));
    }
    let serves = match &parent {
        Some(parent) if new.serves_above => parent.path.clone(),
        _ => unit.path.clone(),
    };
    seats::put(tx, &seats::Seat { unit: id, path: unit.path.clone(), serves, name: unit.name.clone() })?;
    tx.execute(&store::VERSION_NEXT, &[])?;
    let payload = serde_json::json!({ "code": code, "path": unit.path, "kind": unit.kind, "from": from });
    crate::tell(tx, act, id, "unit-added", payload)?;
    Ok(unit)
}

/// Whether a text can be a code.
pub(crate) fn is_code(code: &str) -> bool {
    !code.is_empty()
        && code.len() <= 40
        && code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

fn filled(text: &Option<String>) -> Option<String> {
    text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
}
