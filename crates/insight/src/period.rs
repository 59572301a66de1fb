//! The months a page speaks of.

use kernel::{Date, Locale};
use web::format;

/// From one month to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day of the first month.
    pub from: Date,
    /// The first day of the last month.
    pub to: Date,
}

fn first_of(date: Date) -> Date {
    date.first_of_month()
}

/// So many months earlier.
fn back(date: Date, months: i32) -> Date {
    let all = i32::from(date.year()) * 12 + i32::from(date.month()) - 1 - months;
    Date::new(all.div_euclid(12) as i16, (all.rem_euclid(12) + 1) as i8, 1).unwrap_or(date)
}

impl Period {
    /// So many months up to and with that of `today`.
    pub fn last(months: i32, today: Date) -> Period {
        let to = first_of(today);
        Period { from: back(to, months - 1), to }
    }

    /// From `from=2026-01` and `to=2026-11`; the last thirteen months where they say nothing sensible, so
    /// that the same month of the year before can be seen.
    pub fn read(from: &str, to: &str, today: Date) -> Period {
        let usual = Period::last(13, today);
        let month = |text: &str| format!("{text}-01").parse::<Date>().ok();
        let from = month(from).unwrap_or(usual.from);
        let to = month(to).unwrap_or(usual.to);
        if from <= to && back(to, 120) < from { Period { from, to } } else { usual }
    }

    /// The months as the counters name them.
    pub fn keys(&self) -> (String, String) {
        (key(self.from), key(self.to))
    }

    /// Every month, first to last.
    pub fn months(&self) -> Vec<Date> {
        let mut out = Vec::new();
        let mut at = self.from;
        while at <= self.to {
            out.push(at);
            at = back(at, -1);
        }
        out
    }

    /// Whether a day is in it.
    pub fn holds(&self, day: Date) -> bool {
        self.from <= day && day <= self.end()
    }

    /// The last day of the last month.
    pub fn end(&self) -> Date {
        self.to.last_of_month()
    }

    /// In words.
    pub fn say(&self, locale: Locale) -> String {
        if self.from == self.to {
            return format::month(locale, self.from);
        }
        match locale {
            Locale::Zh => {
                format!("{} 至 {}", format::month(locale, self.from), format::month(locale, self.to))
            }
            Locale::En => {
                format!("{} to {}", format::month(locale, self.from), format::month(locale, self.to))
            }
        }
    }
}

/// `2026-11`.
pub fn key(month: Date) -> String {
    format!("{:04}-{:02}", month.year(), month.month())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_run_over_the_turn_of_the_year() {
        let p = Period::last(13, Date::constant(2026, 1, 31));
        assert_eq!(p.keys(), ("2025-01".into(), "2026-01".into()));
        assert_eq!(p.months().len(), 13);
        assert_eq!(p.end(), Date::constant(2026, 1, 31));
    }

    #[test]
    fn nonsense_is_the_usual_period() {
        let today = Date::constant(2026, 11, 21);
        let usual = Period::last(13, today);
        for (from, to) in [("", ""), ("2026-13", "x"), ("2026-05", "2026-01"), ("1800-01", "2026-01")] {
            assert_eq!(Period::read(from, to, today), usual, "{from} {to}");
        }
        assert_eq!(Period::read("2026-02", "2026-03", today).months().len(), 2);
    }
}
