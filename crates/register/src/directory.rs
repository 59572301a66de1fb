//! A snapshot of all units in memory, for names and paths on pages.
//!
//! It is replaced whole when the register changes; whoever holds one keeps a consistent picture.
//! A change made by another process is noticed by [`crate::watch`].

use crate::model::Unit;
use crate::store;
use db::{Tx, params};
use kernel::{Date, Locale, Result, UnitId, path_end};
use std::collections::HashMap;
use std::sync::Arc;

/// All units, by id, code and path.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// Sorted by path, so that a subtree is a range.
    units: Vec<Arc<Unit>>,
    by_id: HashMap<UnitId, usize>,
    by_code: HashMap<String, usize>,
    children: HashMap<UnitId, Vec<usize>>,
    version: i64,
}

impl Directory {
    /// From units in any order.
    pub fn new(units: Vec<Unit>, version: i64) -> Self {
        let mut units: Vec<Arc<Unit>> = units.into_iter().map(Arc::new).collect();
        units.sort_by(|a, b| a.path.cmp(&b.path));
        let mut out = Directory { version, ..Directory::default() };
        for (at, unit) in units.iter().enumerate() {
            out.by_id.insert(unit.id, at);
            out.by_code.insert(unit.code.clone(), at);
            if let Some(parent) = unit.parent {
                out.children.entry(parent).or_default().push(at);
            }
        }
        out.units = units;
        out
    }

    /// As the register stands now.
    pub fn read(tx: &mut dyn Tx) -> Result<Self> {
        let version = tx.scalar(&store::VERSION, &[])?;
        Ok(Directory::new(crate::units::all(tx)?, version))
    }

    /// As the units stood on a day, by what is known today: those that were there, under the names
    /// they had.
    pub fn as_of(tx: &mut dyn Tx, on: Date) -> Result<Self> {
        let version = tx.scalar(&store::VERSION, &[])?;
        let mut units: HashMap<UnitId, Unit> =
            crate::units::all(tx)?.into_iter().filter(|u| u.is_open(on)).map(|u| (u.id, u)).collect();
        tx.each(&store::FACTS_ON, &params![on], &mut |row| {
            let (unit, field, value): (UnitId, String, Option<String>) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            if let Some(unit) = units.get_mut(&unit) {
                match field.as_str() {
                    "name_zh" => unit.name.zh = value.unwrap_or_default(),
                    "name_en" => unit.name.en = value.unwrap_or_default(),
                    "phone" => unit.phone = value,
                    "address" => unit.address = value,
                    _ => {}
                }
            }
            Ok(())
        })?;
        Ok(Directory::new(units.into_values().collect(), version))
    }

    /// The version of the register it shows.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// How many units there are, closed ones included.
    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// Every unit, each after the one above it.
    pub fn iter(&self) -> impl Iterator<Item = &Unit> {
        self.units.iter().map(|u| &**u)
    }

    /// The topmost unit.
    pub fn root(&self) -> Option<&Unit> {
        self.units.iter().find(|u| u.parent.is_none()).map(|u| &**u)
    }

    /// A unit, by id.
    pub fn get(&self, id: UnitId) -> Option<&Unit> {
        self.by_id.get(&id).map(|at| &*self.units[*at])
    }

    /// A unit, by code.
    pub fn by_code(&self, code: &str) -> Option<&Unit> {
        self.by_code.get(code).map(|at| &*self.units[*at])
    }

    /// A unit, by path.
    pub fn by_path(&self, path: &str) -> Option<&Unit> {
        self.units.binary_search_by(|u| u.path.as_str().cmp(path)).ok().map(|at| &*self.units[at])
    }

    /// The path of a unit; empty for one that is not there.
    pub fn path(&self, id: UnitId) -> &str {
        self.get(id).map_or("", |u| u.path.as_str())
    }

    /// The name of a unit; a dash for one that is not there.
    pub fn name(&self, id: UnitId, locale: Locale) -> &str {
        self.get(id).map_or("—", |u| u.name(locale))
    }

    /// The units right below, in the order of their paths.
    pub fn children(&self, id: UnitId) -> impl Iterator<Item = &Unit> {
        self.children.get(&id).into_iter().flatten().map(|at| &*self.units[*at])
    }

    /// The unit right above.
    pub fn parent(&self, id: UnitId) -> Option<&Unit> {
        self.get(self.get(id)?.parent?)
    }

    /// The units above, from the root down, without the unit itself.
    pub fn ancestors(&self, id: UnitId) -> Vec<&Unit> {
        let mut out = Vec::new();
        let mut at = self.parent(id);
        while let Some(unit) = at {
            out.push(unit);
            at = self.parent(unit.id);
        }
        out.reverse();
        out
    }

    /// The nearest unit of a level, the unit itself or one above it.
    pub fn at_level(&self, id: UnitId, level: &str) -> Option<&Unit> {
        let unit = self.get(id)?;
        if unit.level == level {
            return Some(unit);
        }
        self.ancestors(id).into_iter().rev().find(|u| u.level == level)
    }

    /// The unit at `path` and all below it, each after the one above it.
    pub fn subtree(&self, path: &str) -> impl Iterator<Item = &Unit> {
        let start = self.units.partition_point(|u| u.path.as_str() < path);
        let end = path_end(path);
        self.units[start..].iter().take_while(move |u| u.path < end).map(|u| &**u)
    }

    /// Names from the root down, the root left out where something follows it: `构树镇 › 河坝村`.
    pub fn full_name(&self, id: UnitId, locale: Locale) -> String {
        let mut names: Vec<&str> = self.ancestors(id).iter().skip(1).map(|u| u.name(locale)).collect();
        names.push(self.name(id, locale));
        names.join(" › ")
    }

    /// The units of today that fit what somebody types: its words occur in the name or the code, or,
    /// all but the one that must fit the unit itself, in the names above it. Best first, `limit` at most.
    pub fn search(&self, text: &str, on: Date, limit: usize) -> Vec<&Unit> {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        if words.is_empty() {
            return Vec::new();
        }
        let mut hits: Vec<(u32, usize, &Unit)> = Vec::new();
        for unit in self.iter().filter(|u| u.is_open(on)) {
            let own: Vec<u32> = words.iter().map(|w| fit(unit, w)).collect();
            if own.iter().all(|f| *f == 0) {
                continue;
            }
            let above = if own.contains(&0) { self.ancestors(unit.id) } else { Vec::new() };
            let fits = words.iter().zip(&own).all(|(w, f)| *f > 0 || above.iter().any(|a| fit(a, w) > 0));
            if fits {
                hits.push((own.iter().sum(), unit.depth(), unit));
            }
        }
        // The best fit first, then what stands higher, then by path.
        hits.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.path.cmp(&b.2.path)));
        hits.truncate(limit);
        hits.into_iter().map(|(_, _, u)| u).collect()
    }

    /// The unit that an address names, such as `构树镇河坝村三组`: the one with most of its names in
    /// the text. None where nothing or more than one fits best.
    pub fn locate(&self, address: &str, on: Date) -> Option<&Unit> {
        let text = address.replace(char::is_whitespace, "");
        let mut best: Option<(usize, &Unit)> = None;
        let mut tied = false;
        for unit in self.iter().filter(|u| u.is_open(on)) {
            let named = |u: &Unit| u.name.zh.chars().count() >= 2 && text.contains(u.name.zh.as_str());
            if !named(unit) {
                continue;
            }
            let above = self.ancestors(unit.id);
            let weight = unit.name.zh.chars().count()
                + above.iter().filter(|u| named(u)).map(|u| u.name.zh.chars().count()).sum::<usize>();
            match best {
                Some((w, _)) if w > weight => {}
                Some((w, _)) if w == weight => tied = true,
                _ => {
                    best = Some((weight, unit));
                    tied = false;
                }
            }
        }
        best.filter(|_| !tied).map(|(_, u)| u)
    }
}

/// How well a word fits a unit: 0 not at all.
fn fit(unit: &Unit, word: &str) -> u32 {
    let one = |name: &str| {
        let name = name.to_lowercase();
        if name == word {
            4
        } else if name.starts_with(word) {
            3
        } else if name.contains(word) {
            2
        } else {
            0
        }
    };
    let code = if unit.code == word { 4 } else { u32::from(unit.code.starts_with(word)) };
    one(&unit.name.zh).max(one(&unit.name.en)).max(code)
}
