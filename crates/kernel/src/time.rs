//! Instants, the zone in which days are counted, and the clock as an argument.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// One minute in milliseconds.
pub const MINUTE: i64 = 60_000;
/// One hour in milliseconds.
pub const HOUR: i64 = 60 * MINUTE;
/// Twenty-four hours in milliseconds.
pub const DAY: i64 = 24 * HOUR;

/// An instant: milliseconds since 1970-01-01T00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This instant moved by `ms` milliseconds.
    pub fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

/// A fixed offset from UTC, in seconds. China has had one zone and no summer time since 1992,
/// so a fixed offset is exact; a pack may set another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Zone(pub i32);

impl Zone {
    /// UTC+08:00.
    pub const CHINA: Zone = Zone(8 * 3600);

    /// The wall clock at `at`.
    pub fn civil(self, at: Timestamp) -> DateTime {
        let ms = at.0 + i64::from(self.0) * 1000;
        let days = ms.div_euclid(DAY).clamp(-700_000, 2_900_000) as i32;
        let rest = ms.rem_euclid(DAY);
        let date = jiff::civil::date(1970, 1, 1) + jiff::ToSpan::days(days);
        date.at(
            (rest / HOUR) as i8,
            (rest / MINUTE % 60) as i8,
            (rest / 1000 % 60) as i8,
            (rest % 1000 * 1_000_000) as i32,
        )
    }

    /// The civil date at `at`.
    pub fn date(self, at: Timestamp) -> Date {
        self.civil(at).date()
    }

    /// The instant at which the wall clock shows `when`.
    pub fn instant(self, when: DateTime) -> Timestamp {
        let epoch = jiff::civil::date(1970, 1, 1);
        let days = i64::from((when.date() - epoch).get_days());
        let t = when.time();
        let ms = i64::from(t.hour()) * HOUR
            + i64::from(t.minute()) * MINUTE
            + i64::from(t.second()) * 1000
            + i64::from(t.subsec_nanosecond()) / 1_000_000;
        Timestamp(days * DAY + ms - i64::from(self.0) * 1000)
    }

    /// The first instant of `date`.
    pub fn start_of(self, date: Date) -> Timestamp {
        self.instant(date.at(0, 0, 0, 0))
    }
}

/// What time it is.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)] // The one place that reads the machine's clock.
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Timestamp(since.map(|d| d.as_millis() as i64).unwrap_or(0))
    }
}

/// A clock that a test sets and moves; clones share the hands.
#[derive(Debug, Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// A clock that stands at `at`.
    pub fn at(at: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(at.0)))
    }
    /// Puts the hands to `at`.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.0, Ordering::SeqCst);
    }
    /// Moves the hands by `ms`.
    pub fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_wall_clock_and_the_instant_agree() {
        let when = date(2026, 2, 28).at(17, 30, 5, 0);
        let at = Zone::CHINA.instant(when);
        assert_eq!(at, Timestamp(1_772_271_005_000));
        assert_eq!(Zone::CHINA.civil(at), when);
        // Before eight in the morning in UTC terms it is still the day before.
        assert_eq!(Zone(0).date(Zone::CHINA.start_of(date(2026, 1, 1))), date(2025, 12, 31));
        assert_eq!(Zone::CHINA.civil(Timestamp(-1)).date(), date(1970, 1, 1));
    }
}
