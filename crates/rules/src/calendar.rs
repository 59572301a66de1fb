//! Which days are worked: data by year with the official notice it follows.
//!
//! A year whose notice has not been published is absent. Its weekends count as rest and nothing else is
//! known, so whatever is computed from it is provisional (see [`Calendar::published`]); it is never guessed.

use kernel::{Date, Weekday, Zone};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// What kind of day it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// An ordinary working day.
    Workday,
    /// A day of a weekend that is worked instead of another day 调休上班.
    MakeUp,
    /// Saturday or Sunday.
    Weekend,
    /// A day off by the yearly notice, also where it falls on a weekend.
    Holiday,
}

impl DayKind {
    /// Whether offices work.
    pub fn works(self) -> bool {
        matches!(self, DayKind::Workday | DayKind::MakeUp)
    }
}

/// One year as published.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Year {
    /// Days off by the notice.
    pub off: BTreeSet<Date>,
    /// Weekend days that are worked.
    pub makeup: BTreeSet<Date>,
    /// The official notice that says so.
    pub notice: String,
}

/// The working-day calendar of a place.
///
/// As TOML: `id`, `version`, `zone` (seconds east of UTC), and a `[[year]]` for each year with `year`,
/// `notice`, `off` and `work`. Reading refuses a year that contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Raw", into = "Raw")]
pub struct Calendar {
    /// A short stable name, such as `cn`.
    pub id: String,
    /// The state of its data; every certificate names it.
    pub version: String,
    /// The zone in which its days begin and end.
    pub zone: Zone,
    /// The years that have been published.
    pub years: BTreeMap<i16, Year>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: String,
    version: String,
    #[serde(default = "china")]
    zone: Zone,
    #[serde(default)]
    year: Vec<RawYear>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawYear {
    year: i16,
    #[serde(default)]
    notice: String,
    #[serde(default)]
    off: Vec<Date>,
    #[serde(default)]
    work: Vec<Date>,
}

fn china() -> Zone {
    Zone::CHINA
}

/// The Monday of the week of a day.
pub fn monday_of(day: Date) -> Date {
    let back = std::iter::successors(Some(day), |d| d.yesterday().ok());
    back.take(7).find(|d| d.weekday() == Weekday::Monday).unwrap_or(day)
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

impl TryFrom<Raw> for Calendar {
    type Error = String;

    fn try_from(raw: Raw) -> Result<Self, String> {
        let mut years = BTreeMap::new();
        for y in raw.year {
            for date in y.off.iter().chain(&y.work) {
                if date.year() != y.year {
                    return Err(format!("{date} stands under {}", y.year));
                }
                if y.off.contains(date) && y.work.contains(date) {
                    return Err(format!("{date} is both off and worked"));
                }
            }
            if let Some(date) = y.work.iter().find(|d| !is_weekend(**d)) {
                return Err(format!("{date} is worked anyway: only weekend days can make up"));
            }
            let year = Year {
                off: y.off.into_iter().collect(),
                makeup: y.work.into_iter().collect(),
                notice: y.notice,
            };
            if years.insert(y.year, year).is_some() {
                return Err(format!("{} is given twice", y.year));
            }
        }
        Ok(Calendar { id: raw.id, version: raw.version, zone: raw.zone, years })
    }
}

impl From<Calendar> for Raw {
    fn from(c: Calendar) -> Raw {
        let year = c.years.into_iter().map(|(year, y)| RawYear {
            year,
            notice: y.notice,
            off: y.off.into_iter().collect(),
            work: y.makeup.into_iter().collect(),
        });
        Raw { id: c.id, version: c.version, zone: c.zone, year: year.collect() }
    }
}

static BUILT_IN: LazyLock<Calendar> = LazyLock::new(|| {
    // Our own file, read in a test: a fault in it never leaves the house.
    Calendar::from_toml(include_str!("../data/calendar-cn.toml")).expect("the built-in calendar reads")
});

impl Calendar {
    /// China, 2004 to 2026, as announced.
    pub fn built_in() -> &'static Calendar {
        &BUILT_IN
    }

    /// Reads the TOML form; the error says what is wrong, in English, for whoever wrote the file.
    pub fn from_toml(text: &str) -> Result<Calendar, String> {
        toml::from_str(text).map_err(|e| e.to_string())
    }

    /// What kind of day `date` is, as far as it has been published.
    pub fn day(&self, date: Date) -> DayKind {
        if let Some(year) = self.years.get(&date.year()) {
            if year.off.contains(&date) {
                return DayKind::Holiday;
            }
            if year.makeup.contains(&date) {
                return DayKind::MakeUp;
            }
        }
        if is_weekend(date) { DayKind::Weekend } else { DayKind::Workday }
    }

    /// Whether the year of `date` has been published; where not, [`Calendar::day`] is provisional.
    pub fn published(&self, date: Date) -> bool {
        self.years.contains_key(&date.year())
    }

    /// Whether offices work on `date`, as far as it has been published.
    pub fn is_workday(&self, date: Date) -> bool {
        self.day(date).works()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn published_days_stand_as_announced() {
        let c = Calendar::built_in();
        for (d, kind) in [
            (date(2026, 2, 13), DayKind::Workday),
            (date(2026, 2, 14), DayKind::MakeUp),
            (date(2026, 2, 15), DayKind::Holiday),
            (date(2026, 2, 16), DayKind::Holiday),
            (date(2026, 2, 23), DayKind::Holiday),
            (date(2026, 2, 24), DayKind::Workday),
            (date(2026, 2, 28), DayKind::MakeUp),
            (date(2026, 3, 1), DayKind::Weekend),
            (date(2025, 10, 8), DayKind::Holiday),
            (date(2025, 10, 11), DayKind::MakeUp),
            (date(2024, 2, 9), DayKind::Workday),
            (date(2020, 2, 2), DayKind::Holiday),
            (date(2004, 1, 1), DayKind::Holiday),
        ] {
            assert_eq!(c.day(d), kind, "{d}");
            assert!(c.published(d));
        }
    }

    #[test]
    fn the_working_days_of_a_year_add_up() {
        // The sums of the reference for 2024 to 2026, without its holidays counted by hand.
        for (year, sum) in [(2024, 251), (2025, 248), (2026, 248)] {
            let days = std::iter::successors(Some(date(year, 1, 1)), |d| d.tomorrow().ok());
            let worked =
                days.take_while(|d| d.year() == year).filter(|d| Calendar::built_in().is_workday(*d));
            assert_eq!(worked.count(), sum, "{year}");
        }
    }

    #[test]
    fn years_run_from_2004_to_2026_and_each_names_its_notice() {
        let c = Calendar::built_in();
        assert_eq!(c.years.keys().copied().collect::<Vec<_>>(), (2004..=2026).collect::<Vec<_>>());
        assert!(c.years.iter().all(|(y, data)| data.notice.contains(&y.to_string())));
    }

    #[test]
    fn an_unpublished_year_knows_weekends_only_and_says_so() {
        let c = Calendar::built_in();
        assert!(!c.published(date(2027, 1, 1)) && !c.published(date(2003, 12, 31)));
        assert_eq!(c.day(date(2027, 1, 1)), DayKind::Workday);
        assert_eq!(c.day(date(2027, 1, 2)), DayKind::Weekend);
    }

    #[test]
    fn a_calendar_that_contradicts_itself_is_refused() {
        let head = "id='x'\nversion='1'\n[[year]]\nyear=2026\n";
        for (body, word) in [
            ("off=['2025-12-31']", "under"),
            ("off=['2026-01-03']\nwork=['2026-01-03']", "both"),
            ("work=['2026-01-05']", "anyway"),
            ("of=[]", "unknown"),
        ] {
            let err = Calendar::from_toml(&format!("{head}{body}")).unwrap_err();
            assert!(err.contains(word), "{err}");
        }
        let twice = format!("{head}[[year]]\nyear=2026");
        assert!(Calendar::from_toml(&twice).unwrap_err().contains("twice"));
    }

    #[test]
    fn it_writes_what_it_reads() {
        let c = Calendar::built_in();
        assert_eq!(&Calendar::from_toml(&toml::to_string(c).unwrap()).unwrap(), c);
    }
}
