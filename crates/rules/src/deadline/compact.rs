//! How a certificate is stored: the same facts as in its fields, in a few legible words. A county keeps
//! several certificates for every case, for good.
//!
//! ```text
//! counting  08:30-17:30 midnight as_it_happened
//! days      2025-10-24 start 1 weekend 2 workday 1
//! ```
//! A date begins a row of days; each word with its number goes on from there. A date in between says that
//! days were left out.

use super::{Arrival, Closes, Counting, OfficeHours, Run, Why};
use kernel::Date;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt::Write;

/// The word by which serde knows a variant.
fn word<T: Serialize>(of: T) -> Option<String> {
    match serde_json::to_value(of) {
        Ok(serde_json::Value::String(word)) => Some(word),
        _ => None,
    }
}

fn from_word<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}

/// `#[serde(with = "compact::days")]`
pub(super) mod days {
    use super::*;

    const ALL: [(Why, &str); 10] = [
        (Why::Start, "start"),
        (Why::Closed, "closed"),
        (Why::Workday, "workday"),
        (Why::MakeUp, "make_up"),
        (Why::Weekend, "weekend"),
        (Why::Holiday, "holiday"),
        (Why::Calendar, "calendar"),
        (Why::Continuous, "continuous"),
        (Why::Paused, "paused"),
        (Why::LastDay, "last_day"),
    ];

    /// In words.
    pub(in super::super) fn serialize<S: Serializer>(runs: &[Run], to: S) -> Result<S::Ok, S::Error> {
        let mut out = String::with_capacity(48);
        let mut next: Option<Date> = None;
        for run in runs {
            if next != Some(run.from) {
                let gap = if out.is_empty() { "" } else { " " };
                // Writing to a string cannot fail.
                let _ = write!(out, "{gap}{}", run.from);
            }
            let days = run.to.since(run.from).map_or(0, |span| span.get_days()) + 1;
            let word = ALL.iter().find(|(why, _)| *why == run.why).map_or("", |(_, word)| word);
            let _ = write!(out, " {word} {days}");
            next = run.to.tomorrow().ok();
        }
        to.serialize_str(&out)
    }

    /// From words.
    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Run>, D::Error> {
        let text = String::deserialize(from)?;
        read(&text).ok_or_else(|| D::Error::custom(format!("`{text}` are no days of a certificate")))
    }

    fn read(text: &str) -> Option<Vec<Run>> {
        let mut out = Vec::new();
        let mut next: Option<Date> = None;
        let mut words = text.split(' ').filter(|w| !w.is_empty());
        while let Some(word) = words.next() {
            if let Ok(date) = word.parse::<Date>() {
                next = Some(date);
                continue;
            }
            let why = ALL.iter().find(|(_, known)| *known == word)?.0;
            let days: i64 = words.next()?.parse().ok().filter(|n| *n > 0)?;
            let from = next?;
            let to = from.checked_add(jiff::Span::new().try_days(days - 1).ok()?).ok()?;
            next = to.tomorrow().ok();
            out.push(Run { from, to, why });
        }
        Some(out)
    }
}

/// `#[serde(with = "compact::counting")]`
pub(super) mod counting {
    use super::*;

    /// In words.
    pub(in super::super) fn serialize<S: Serializer>(c: &Counting, to: S) -> Result<S::Ok, S::Error> {
        let (closes, arrival) = (word(c.closes).unwrap_or_default(), word(c.arrival).unwrap_or_default());
        to.collect_str(&format_args!("{}-{} {closes} {arrival}", c.office.from, c.office.to))
    }

    /// From words.
    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Counting, D::Error> {
        let text = String::deserialize(from)?;
        read(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is no way of counting")))
    }

    fn read(text: &str) -> Option<Counting> {
        let mut words = text.split(' ');
        let (from, to) = words.next()?.split_once('-')?;
        let office = OfficeHours { from: from.parse().ok()?, to: to.parse().ok()? };
        let (closes, arrival): (Closes, Arrival) = (from_word(words.next()?)?, from_word(words.next()?)?);
        words.next().is_none().then_some(Counting { office, closes, arrival })
    }
}
