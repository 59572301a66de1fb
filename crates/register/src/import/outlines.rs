//! Outlines 边界 of units out of a GeoJSON file: what the grid map shows, and by which a point is placed.
//!
//! Each feature names its unit by code, or by a name that only one unit has. What is refused can be written to a file,
//! each with its reason, to be corrected and imported again; the same file twice changes nothing.

use crate::{Directory, Unit, store};
use access::accounts::Act;
use access::{Noun, Site, Verb, demand};
use db::{Tx, params};
use kernel::{Date, Error, Result, Say, Scope, UnitId};
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};

/// The most points of one outline: it is drawn on phones.
const POINTS: usize = 5_000;
/// Properties that may hold the code of the unit, and its name.
const CODES: [&str; 4] = ["code", "代码", "编码", "单位编码"];
const NAMES: [&str; 4] = ["name", "名称", "单位名称", "单位"];
/// The property in which the file of refused features says why.
const REASON: &str = "退回原因";

/// What became of a file, or would.
#[derive(Clone, Debug, Default)]
pub struct Outlines {
    /// Features in all.
    pub features: usize,
    /// Units that got an outline, or another one.
    pub drawn: usize,
    /// Units that had this very outline.
    pub known: usize,
    /// What cannot be taken: which feature, from 1, what it is called, and why.
    pub refused: Vec<(usize, String, Say)>,
    /// The refused features with their reasons, as GeoJSON.
    pub rest: Option<String>,
    /// What to know besides.
    pub notes: Vec<Say>,
    /// Whether it was only looked at.
    pub dry_run: bool,
}

impl Outlines {
    /// In one sentence.
    pub fn say(&self) -> Say {
        let Outlines { features, drawn, known, refused, .. } = self;
        let refused = refused.len();
        let (zh, en) = if self.dry_run {
            ("可导入", "would be drawn; nothing was written")
        } else {
            ("导入", "drawn")
        };
        let tail = if self.dry_run { "没有写入任何内容。" } else { "" };
        Say::new(
            format!("共 {features} 个图形：{zh} {drawn}，与已有边界相同 {known}，退回 {refused}。{tail}"),
            format!("{features} features: {known} known already, {refused} refused, {drawn} {en}."),
        )
    }
}

/// Imports outlines from the text of a GeoJSON file, in degrees of WGS 84. Blocks; from async code run it on a blocking
/// thread. All that is not refused goes in together, or nothing does.
///
/// Errors: not allowed; no GeoJSON with features; another system of coordinates.
pub fn import_outlines(site: &Site, scope: &Scope, text: &str, dry_run: bool) -> Result<Outlines> {
    demand(scope, Verb::Import, Noun::Unit, "")?;
    let features = features(text)?;
    let (act, today) = (Act { actor: scope.actor.clone(), at: site.now() }, site.today());
    if dry_run {
        return site.db.snapshot_now(move |tx| Ok(plan(tx, &features, today, true)?.0));
    }
    let done = site.db.write_now(move |tx| {
        let (report, outlines) = plan(tx, &features, today, false)?;
        for (unit, outline, points) in &outlines {
            tx.execute(&store::UNIT_DRAWN, &params![*unit, outline.as_str()])?;
            crate::tell(tx, &act, *unit, "unit-outlined", json!({ "points": points }))?;
        }
        if !outlines.is_empty() {
            tx.execute(&store::VERSION_NEXT, &[])?;
        }
        Ok(report)
    })?;
    crate::load_now(site)?;
    Ok(done)
}

fn features(text: &str) -> Result<Vec<Value>> {
    let text = text.trim_start_matches('\u{feff}');
    let mut whole: Value = serde_json::from_str(text).map_err(|e| {
        let (line, column) = (e.line(), e.column());
        refused(
            "no-geojson",
            format!("不是 GeoJSON：第 {line} 行第 {column} 个字符处读不下去。没有写入任何内容。"),
            format!(
                "No GeoJSON: it cannot be read beyond line {line}, column {column}. Nothing was written."
            ),
        )
    })?;
    let system = whole["crs"]["properties"]["name"].as_str().unwrap_or("CRS84");
    // That of China differs from it by less than a metre.
    if !["CRS84", "4326", "4490"].iter().any(|known| system.contains(known)) {
        return Err(refused(
            "other-coordinates",
            format!("坐标系是 {system}。请先转换成经纬度（WGS 84 或 CGCS2000）。没有写入任何内容。"),
            format!(
                "Its coordinates are {system}. Convert them to degrees (WGS 84) first. Nothing was written."
            ),
        ));
    }
    let found = match whole["type"].as_str() {
        Some("FeatureCollection") => match whole["features"].take() {
            Value::Array(all) => all,
            _ => Vec::new(),
        },
        Some("Feature") => vec![whole],
        _ => Vec::new(),
    };
    if found.is_empty() {
        return Err(refused(
            "no-features",
            "文件里没有图形（Feature）。没有写入任何内容。".to_owned(),
            "The file has no features. Nothing was written.".to_owned(),
        ));
    }
    Ok(found)
}

fn refused(code: &'static str, zh: String, en: String) -> Error {
    Error::refused(code, zh, en)
}

type Drawn = Vec<(UnitId, String, usize)>;

fn plan(tx: &mut dyn Tx, features: &[Value], today: Date, dry_run: bool) -> Result<(Outlines, Drawn)> {
    let dir = Directory::read(tx)?;
    let mut report = Outlines { features: features.len(), dry_run, ..Outlines::default() };
    let units: Vec<_> = features.iter().map(|f| unit_of(&dir, f, today)).collect();
    let mut times: HashMap<UnitId, usize> = HashMap::new();
    units.iter().flatten().for_each(|unit| *times.entry(unit.id).or_default() += 1);
    let (mut out, mut rest) = (Drawn::new(), Vec::new());
    for (i, (feature, unit)) in features.iter().zip(units).enumerate() {
        let taken = unit.and_then(|unit| {
            let (outline, points) = outline(&feature["geometry"])?;
            // None of them: which one is right nobody can tell, and the file of refused ones would win.
            match times[&unit.id] {
                1 => Ok((unit.id, outline, points)),
                n => Err(Say::new(
                    format!("这个单位在文件里有 {n} 个图形，只能有一个。"),
                    format!("The unit has {n} features in the file; it can have one."),
                )),
            }
        });
        match taken {
            Ok((unit, outline, points)) => {
                let known = tx.query_opt(&store::UNIT_OUTLINE, &params![unit])?;
                if known.map(|r| r.get::<String>(0)).transpose()?.as_deref() == Some(&outline) {
                    report.known += 1;
                } else {
                    report.drawn += 1;
                    out.push((unit, outline, points));
                }
            }
            Err(why) => {
                rest.push(with_reason(feature, &why));
                report.refused.push((i + 1, called(feature), why));
            }
        }
    }
    report.notes.extend(not_reached(tx, &dir, &out)?);
    if !rest.is_empty() {
        report.rest = Some(format!("{:#}\n", json!({ "type": "FeatureCollection", "features": rest })));
    }
    Ok((report, out))
}

/// Maps are gone down level by level, so an outline below a unit that has none is not reached on them.
fn not_reached(tx: &mut dyn Tx, dir: &Directory, drawn: &Drawn) -> Result<Option<Say>> {
    let new: HashSet<UnitId> = drawn.iter().map(|(unit, ..)| *unit).collect();
    let mut without: Vec<&Unit> = Vec::new();
    for (unit, ..) in drawn {
        for above in dir.ancestors(*unit).into_iter().filter(|u| u.id != *unit && u.parent.is_some()) {
            let known = new.contains(&above.id) || without.iter().any(|u| u.id == above.id);
            if !known && tx.query_opt(&store::UNIT_OUTLINE, &params![above.id])?.is_none() {
                without.push(above);
            }
        }
    }
    let some = |name: fn(&Unit) -> &str, between: &str| {
        without.iter().take(5).map(|u| name(u)).collect::<Vec<_>>().join(between)
    };
    let n = without.len();
    Ok((n > 0).then(|| {
        Say::new(
            format!("{n} 个上级单位还没有边界（{}）。地图一级一级往下点，请把它们的边界也导入。", some(|u| &u.name.zh, "、")),
            format!(
                "{n} units above have no outline ({}). Maps are gone down level by level: import theirs as well.",
                some(|u| &u.name.en, ", ")
            ),
        )
    }))
}

fn with_reason(feature: &Value, why: &Say) -> Value {
    let mut feature = feature.clone();
    if let Some(all) = feature.as_object_mut() {
        let properties = all.entry("properties").or_insert(Value::Null);
        if !properties.is_object() {
            *properties = Value::Object(Map::new());
        }
        properties[REASON] = Value::String(format!("{} {}", why.zh, why.en));
    }
    feature
}

/// The first of these properties that says something; numbers are codes as well.
fn property(feature: &Value, names: &[&str]) -> Option<String> {
    names.iter().filter_map(|name| word(&feature["properties"][*name])).next()
}

fn word(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(n) => n.to_string(),
        _ => return None,
    };
    Some(text).filter(|t| !t.is_empty())
}

fn called(feature: &Value) -> String {
    property(feature, &NAMES).or_else(|| property(feature, &CODES)).unwrap_or_default()
}

fn unit_of<'a>(dir: &'a Directory, feature: &Value, today: Date) -> std::result::Result<&'a Unit, Say> {
    let open = |u: &&Unit| u.to.is_none_or(|to| to > today);
    if let Some(code) = property(feature, &CODES) {
        return dir.by_code(&code).filter(open).ok_or_else(|| {
            Say::new(
                format!("没有编码为“{code}”的单位。"),
                format!("There is no unit with the code \"{code}\"."),
            )
        });
    }
    // Programs number features as they like, so a number of its own counts only where it is a code.
    if let Some(unit) = word(&feature["id"]).and_then(|id| dir.by_code(&id)).filter(open) {
        return Ok(unit);
    }
    let Some(name) = property(feature, &NAMES) else {
        return Err(Say::new(
            "没有写是哪个单位：请在属性里写 code（编码）或 name（名称）。",
            "It does not say which unit it is: give it a property code or name.",
        ));
    };
    let mut same = dir.iter().filter(open).filter(|u| u.name.zh == name || u.name.en == name);
    match (same.next(), same.count()) {
        (Some(unit), 0) => Ok(unit),
        (Some(_), more) => Err(Say::new(
            format!("叫“{name}”的单位有 {} 个，请写 code（编码）。", more + 1),
            format!("{} units are called \"{name}\": give the code.", more + 1),
        )),
        (None, _) => {
            Err(Say::new(format!("没有叫“{name}”的单位。"), format!("There is no unit called \"{name}\".")))
        }
    }
}

/// The outline as it is kept, to six decimals (a tenth of a metre), and how many points it has.
fn outline(geometry: &Value) -> std::result::Result<(String, usize), Say> {
    let all = &geometry["coordinates"];
    let (kind, areas) = match geometry["type"].as_str() {
        Some("Polygon") => ("Polygon", vec![polygon(all)?]),
        Some("MultiPolygon") => (
            "MultiPolygon",
            all.as_array().into_iter().flatten().map(polygon).collect::<std::result::Result<_, _>>()?,
        ),
        _ => {
            return Err(Say::new(
                "要有面（Polygon 或 MultiPolygon），点和线不是边界。",
                "It needs an area (Polygon or MultiPolygon): points and lines are no outline.",
            ));
        }
    };
    let points: usize = areas.iter().flatten().map(Vec::len).sum();
    if points == 0 {
        return Err(Say::new("图形里没有点。", "It has no points."));
    }
    if points > POINTS {
        return Err(Say::new(
            format!("有 {points} 个点，最多 {POINTS} 个：请先简化边界。"),
            format!("It has {points} points, at most {POINTS} are taken: simplify the outline first."),
        ));
    }
    let coordinates = match kind {
        "Polygon" => json!(areas[0]),
        _ => json!(areas),
    };
    Ok((json!({ "type": kind, "coordinates": coordinates }).to_string(), points))
}

type Ring = Vec<[f64; 2]>;

fn polygon(rings: &Value) -> std::result::Result<Vec<Ring>, Say> {
    let unread = || Say::new("坐标读不懂。", "The coordinates cannot be read.");
    rings.as_array().ok_or_else(unread)?.iter().map(ring).collect()
}

fn ring(points: &Value) -> std::result::Result<Ring, Say> {
    let unread = || Say::new("坐标读不懂。", "The coordinates cannot be read.");
    let round = |v: f64| (v * 1e6).round() / 1e6;
    let mut out = Ring::new();
    for p in points.as_array().ok_or_else(unread)? {
        let (Some(lon), Some(lat)) = (p[0].as_f64(), p[1].as_f64()) else { return Err(unread()) };
        if lat.abs() > 90.0 && lon.abs() <= 90.0 {
            return Err(Say::new(
                format!("经纬度像是写反了（{lon}, {lat}）：先经度后纬度。"),
                format!("Longitude and latitude seem to be swapped ({lon}, {lat}): longitude comes first."),
            ));
        }
        if lon.abs() > 180.0 || lat.abs() > 90.0 {
            return Err(Say::new(
                format!("（{lon}, {lat}）不是经纬度：请先转换坐标。"),
                format!("({lon}, {lat}) are no degrees: convert the coordinates first."),
            ));
        }
        out.push([round(lon), round(lat)]);
    }
    if out.len() < 4 || out.first() != out.last() {
        return Err(Say::new(
            "边界没有闭合：至少三个角，最后一点要与第一点相同。",
            "The outline is not closed: at least three corners, and the last point equal to the first.",
        ));
    }
    Ok(out)
}
