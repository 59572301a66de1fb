//! What a unit is.

use db::Row;
use kernel::{Date, Locale, Result, Text, UnitId};

/// A unit as it stands: an organization, an area, a grid, a service point.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// Its code, which no other unit has.
    pub code: String,
    /// Its name.
    pub name: Text,
    /// Its level: an id of the pack.
    pub level: String,
    /// Its kind: an id of the pack.
    pub kind: String,
    /// The unit right above; none for the root.
    pub parent: Option<UnitId>,
    /// `/` and the codes from the root, each followed by `/`. A unit lies below another when its
    /// path begins with the other's.
    pub path: String,
    /// From this day on.
    pub from: Date,
    /// Until, not including, this day.
    pub to: Option<Date>,
    /// Its telephone.
    pub phone: Option<String>,
    /// Where it is, in words.
    pub address: Option<String>,
    /// Degrees east.
    pub lon: Option<f64>,
    /// Degrees north.
    pub lat: Option<f64>,
}

impl Unit {
    /// Its name in the reader's language.
    pub fn name(&self, locale: Locale) -> &str {
        self.name.to(locale)
    }

    /// Whether it is there on a day.
    pub fn is_open(&self, on: Date) -> bool {
        self.from <= on && self.to.is_none_or(|to| to > on)
    }

    /// How many units stand above it.
    pub fn depth(&self) -> usize {
        self.path.matches('/').count().saturating_sub(2)
    }

    pub(crate) fn from_row(row: &Row) -> Result<Unit> {
        Ok(Unit {
            id: row.get(0)?,
            code: row.get(1)?,
            name: Text::new(row.get::<String>(2)?, row.get::<String>(3)?),
            level: row.get(4)?,
            kind: row.get(5)?,
            parent: row.get(6)?,
            path: row.get(7)?,
            from: row.get(8)?,
            to: row.get(9)?,
            phone: row.get(10)?,
            address: row.get(11)?,
            lon: row.get::<Option<i64>>(12)?.map(degrees),
            lat: row.get::<Option<i64>>(13)?.map(degrees),
        })
    }
}

/// Degrees out of millionths, as they are stored.
fn degrees(e6: i64) -> f64 {
    e6 as f64 / 1e6
}

/// Millionths out of degrees: a tenth of a metre.
pub(crate) fn millionths(degrees: f64) -> i64 {
    (degrees * 1e6).round() as i64
}
