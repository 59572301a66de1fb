//! The months a page speaks of.

use kernel::{Date, FieldError, Locale, Say};
use web::format;

/// The most months that are shown at once.
const MOST: i32 = 600;

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

    /// From `from=2026-01` and `to=2026-11`. Without an end it goes up to this month, without a beginning over
    /// thirteen months, so that the same month of the year before can be seen.
    ///
    /// Errors: what is wrong, with its field `from` or `to`; nothing else is put in its place.
    pub fn read(from: &str, to: &str, today: Date) -> Result<Period, FieldError> {
        let fault =
            |field: &str, zh: String, en: String| FieldError { field: field.into(), say: Say::new(zh, en) };
        let month = |field: &str, text: &str| match text.trim() {
            "" => Ok(None),
            text => format!("{text}-01").parse::<Date>().map(Some).map_err(|_| {
                fault(
                    field,
                    format!("没有“{text}”这个月份。请写成 2026-11 这样。"),
                    format!("“{text}” is no month. Please write it like 2026-11."),
                )
            }),
        };
        let to = month("to", to)?;
        let from = match month("from", from)? {
            Some(from) => from,
            None => back(to.unwrap_or(today).first_of_month(), 12),
        };
        let to = to.unwrap_or_else(|| today.first_of_month());
        if to < from {
            return Err(fault("to", "止月在起月之前。".into(), "The last month is before the first.".into()));
        }
        if back(to, MOST) >= from {
            let years = MOST / 12;
            return Err(fault(
                "from",
                format!("一次最多看 {years} 年，请选近一些的起月。"),
                format!("At most {years} years at once: please choose a later first month."),
            ));
        }
        Ok(Period { from, to })
    }

    /// A whole year.
    pub fn year(year: i16) -> Option<Period> {
        Some(Period { from: Date::new(year, 1, 1).ok()?, to: Date::new(year, 12, 1).ok()? })
    }

    /// The months as the counters name them.
    pub fn keys(&self) -> (String, String) {
        (key(self.from), key(self.to))
    }

    /// As many months, right before.
    pub fn earlier(&self) -> Period {
        Period::last(self.months().len() as i32, self.from.yesterday().unwrap_or(self.from))
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
    fn nonsense_is_told_at_its_field_and_history_can_be_asked_for() {
        let today = Date::constant(2026, 11, 21);
        let read = |from, to| Period::read(from, to, today);
        assert_eq!(read("", ""), Ok(Period::last(13, today)));
        let wrong = [
            ("2026-13", "x", "to"),
            ("2026-13", "", "from"),
            ("2026-05", "2026-01", "to"),
            ("1800-01", "2026-01", "from"),
        ];
        for (from, to, field) in wrong {
            assert_eq!(read(from, to).unwrap_err().field, field, "{from} {to}");
        }
        let months = |from, to| read(from, to).unwrap().months().len();
        assert_eq!(months("2026-02", "2026-03"), 2);
        assert_eq!(months("2009-01", "2026-11"), 215);
        assert_eq!(read("", "2019-12").unwrap().keys(), ("2018-12".into(), "2019-12".into()));
        assert_eq!(Period::year(2019), read("2019-01", "2019-12").ok());
    }
}
