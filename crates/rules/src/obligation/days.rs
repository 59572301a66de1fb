//! Sets of days as spans, half open.

use kernel::Date;

/// From a day to the day before `to`; without an end where there is none yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first day.
    pub from: Date,
    /// The first day after it.
    pub to: Option<Date>,
}

impl Span {
    /// From `from` on.
    pub fn since(from: Date) -> Span {
        Span { from, to: None }
    }

    /// From `from` to the day before `to`.
    pub fn new(from: Date, to: Date) -> Span {
        Span { from, to: Some(to) }
    }

    /// Whether `day` lies within.
    pub fn has(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }
}

/// How many days from `from` to the day before `to`.
pub(super) fn between(from: Date, to: Date) -> u32 {
    u32::try_from(number(to) - number(from)).unwrap_or(0)
}

/// A day as a running number; the same arithmetic for every date that can be written (Howard Hinnant's
/// `days_from_civil`), since asking the library for a span costs ten times as much and is asked millions of times.
fn number(day: Date) -> i64 {
    let month = i64::from(day.month());
    let year = i64::from(day.year()) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(day.day()) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year
}

/// Days of one period: spans in order, none touching the next.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Days(Vec<(Date, Date)>);

impl Days {
    /// The days of `spans` that lie in `[from, to)`.
    pub fn within<'a>(spans: impl IntoIterator<Item = &'a Span>, from: Date, to: Date) -> Days {
        let mut cut: Vec<(Date, Date)> = spans
            .into_iter()
            .map(|s| (s.from.max(from), s.to.map_or(to, |end| end.min(to))))
            .filter(|(a, b)| a < b)
            .collect();
        if cut.len() < 2 {
            return Days(cut);
        }
        cut.sort_unstable();
        let mut days: Vec<(Date, Date)> = Vec::with_capacity(cut.len());
        for (a, b) in cut {
            match days.last_mut() {
                Some(last) if a <= last.1 => last.1 = last.1.max(b),
                _ => days.push((a, b)),
            }
        }
        Days(days)
    }

    /// Those that are in both.
    pub fn and(&self, other: &Days) -> Days {
        let mut both = Vec::new();
        for a in &self.0 {
            for b in &other.0 {
                let (from, to) = (a.0.max(b.0), a.1.min(b.1));
                if from < to {
                    both.push((from, to));
                }
            }
        }
        Days(both)
    }

    /// Those of `self` that are not in `other`.
    pub fn minus(&self, other: &Days) -> Days {
        let mut rest = Vec::new();
        for &(mut from, to) in &self.0 {
            for &(a, b) in &other.0 {
                if a >= to || b <= from {
                    continue;
                }
                if from < a {
                    rest.push((from, a));
                }
                from = from.max(b);
            }
            if from < to {
                rest.push((from, to));
            }
        }
        Days(rest)
    }

    /// How many.
    pub fn count(&self) -> u32 {
        self.0.iter().map(|(a, b)| between(*a, *b)).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the last day before `to` is among them.
    pub fn reaches(&self, to: Date) -> bool {
        self.0.last().is_some_and(|(_, end)| *end >= to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_its_number() {
        let mut day = kernel::Date::constant(1999, 12, 30);
        let start = number(day);
        for n in 0..800 {
            assert_eq!(number(day), start + n, "{day}");
            day = day.tomorrow().expect("a day");
        }
        assert_eq!(
            number(kernel::Date::constant(1970, 1, 1)),
            number(kernel::Date::constant(1969, 12, 31)) + 1
        );
    }
}
