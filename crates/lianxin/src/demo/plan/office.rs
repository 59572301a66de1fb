//! Office hours: when somebody is there to do something.

use kernel::{Date, Timestamp, Zone};
use rules::calendar::Calendar;

/// Minutes after midnight.
const OPENS: i64 = 8 * 60 + 30;
/// Minutes after midnight.
const CLOSES: i64 = 17 * 60 + 30;

/// The hours in which offices of the demonstration work.
#[derive(Clone, Copy)]
pub struct Office<'a> {
    calendar: &'a Calendar,
    zone: Zone,
}

impl<'a> Office<'a> {
    /// Hours by a calendar.
    pub fn new(calendar: &'a Calendar, zone: Zone) -> Self {
        Office { calendar, zone }
    }

    /// The day of an instant.
    pub fn date(&self, at: Timestamp) -> Date {
        self.zone.date(at)
    }

    /// The calendar.
    pub fn calendar(&self) -> &'a Calendar {
        self.calendar
    }

    /// The zone.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// Minutes since midnight.
    pub fn minute(&self, at: Timestamp) -> i64 {
        let time = self.zone.civil(at);
        i64::from(time.hour()) * 60 + i64::from(time.minute())
    }

    /// Whether offices are open.
    pub fn open(&self, at: Timestamp) -> bool {
        self.calendar.is_workday(self.date(at)) && (OPENS..CLOSES).contains(&self.minute(at))
    }

    /// The instant after `minutes` of office time: the next opening for 0 minutes out of hours.
    pub fn after(&self, at: Timestamp, minutes: i64) -> Timestamp {
        let mut date = self.date(at);
        let mut minute = self.minute(at);
        let mut left = minutes.max(0);
        // Far longer than any run of holidays.
        for _ in 0..4000 {
            if self.calendar.is_workday(date) && minute < CLOSES {
                let start = minute.max(OPENS);
                if left < CLOSES - start {
                    let rest = at.0.rem_euclid(60_000);
                    return Timestamp(self.zone.start_of(date).0 + (start + left) * 60_000 + rest);
                }
                left -= CLOSES - start;
            }
            let Ok(next) = date.tomorrow() else { break };
            (date, minute) = (next, 0);
        }
        at
    }

    /// The same time of day `days` working days earlier.
    pub fn days_before(&self, at: Timestamp, days: i64) -> Timestamp {
        let mut date = self.date(at);
        let mut left = days;
        while left > 0 {
            let Ok(before) = date.yesterday() else { break };
            date = before;
            left -= i64::from(self.calendar.is_workday(date));
        }
        Timestamp(self.zone.start_of(date).0 + (at.0 - self.zone.start_of(self.date(at)).0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn work_waits_for_the_office_to_open() {
        let office = Office::new(Calendar::built_in(), Zone::CHINA);
        let at = |d: Date, h: i8, m: i8| Zone::CHINA.instant(d.at(h, m, 5, 0));
        let friday = date(2026, 11, 13);
        assert_eq!(office.after(at(friday, 17, 0), 60), at(date(2026, 11, 16), 9, 0));
        assert_eq!(office.after(at(friday, 9, 0), 30), at(friday, 9, 30));
        assert_eq!(office.after(at(date(2026, 11, 14), 12, 0), 0), at(date(2026, 11, 16), 8, 30));
        // The holiday of October, to the eighth.
        assert_eq!(office.after(at(date(2026, 9, 30), 18, 0), 0), at(date(2026, 10, 8), 8, 30));
        assert_eq!(office.days_before(at(date(2026, 11, 17), 10, 0), 2), at(friday, 10, 0));
        assert!(office.open(at(friday, 9, 0)) && !office.open(at(friday, 20, 0)));
    }
}
