//! The instants at which requests come in, and what is settled about each beforehand.

use super::super::Dice;
use super::Office;
use kernel::{HOUR, MINUTE, Timestamp, Weekday};
use rules::case::State;

/// What becomes of a request, as far as it is settled beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Whatever happens.
    Open,
    /// It stands in this state now.
    Stands(State),
    /// It has lain somewhere for too long.
    Stuck,
}

/// When one comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The instant.
    pub at: Timestamp,
    /// What is settled.
    pub fate: Fate,
}

/// For every state: how many in ten thousand stand there now by arrangement (one at least), and how
/// many working days ago such a one came in.
const STANDING: &[(State, u64, (i64, i64))] = &[
    (State::Registered, 14, (0, 0)),
    (State::Triaged, 8, (1, 1)),
    (State::Assigned, 22, (1, 2)),
    (State::Accepted, 16, (2, 3)),
    (State::InHand, 60, (3, 4)),
    (State::Paused, 22, (5, 7)),
    (State::Returned, 10, (4, 6)),
    (State::Arbitration, 4, (6, 8)),
    (State::Referred, 8, (7, 10)),
    (State::Answered, 60, (5, 9)),
    (State::Rework, 40, (11, 15)),
    (State::Review, 12, (19, 24)),
    (State::Judged, 30, (9, 13)),
    (State::Closed, 1, (20, 30)),
    (State::Unsolvable, 4, (45, 60)),
    (State::Withdrawn, 2, (10, 30)),
    (State::NotAccepted, 2, (10, 30)),
    (State::Merged, 1, (2, 10)),
];

/// How many in ten thousand lie somewhere for too long.
const STUCK: u64 = 110;

/// How busy each hour of the day is.
const HOURS: [u64; 24] =
    [2, 1, 1, 1, 1, 3, 8, 18, 52, 78, 80, 62, 28, 36, 66, 74, 66, 44, 30, 32, 34, 26, 14, 6];

/// All moments, in order.
pub(super) fn all(office: &Office, dice: &Dice, now: Timestamp, count: usize, months: u32) -> Vec<Moment> {
    let mut out: Vec<Moment> = Vec::with_capacity(count);
    for (state, share, (from, to)) in STANDING {
        let some = (count as u64 * share / 10_000).max(1);
        for _ in 0..some {
            let at = match state {
                // In the last hours: nobody has looked at it yet.
                State::Registered => now.plus(-dice.from_to(5, 150) * MINUTE),
                _ => before(office, dice, now, dice.from_to(*from, *to)),
            };
            out.push(Moment { at, fate: Fate::Stands(*state) });
        }
    }
    for _ in 0..(count as u64 * STUCK / 10_000) {
        let at = before(office, dice, now, dice.from_to(14, 45));
        out.push(Moment { at, fate: Fate::Stuck });
    }
    // A few requests cannot show every state: then what fits is shown.
    out.truncate(count);
    let days = days(office, now, months);
    let weights: Vec<u64> = days.iter().map(|(_, weight)| *weight).collect();
    while out.len() < count {
        let (start, _) = days[dice.weighted(&weights)];
        let hour = dice.weighted(&HOURS) as i64;
        let at = start.plus(hour * HOUR + dice.from_to(0, HOUR - 1));
        if at < now {
            out.push(Moment { at, fate: Fate::Open });
        }
    }
    out.sort_by_key(|m| m.at);
    out
}

/// The states that are arranged for what came in so many working days ago.
pub(super) fn standing(days: i64) -> Vec<State> {
    let fits = |(state, _, (from, to)): &&(State, u64, (i64, i64))| {
        (*from..=*to).contains(&days) && super::door::can_stand(*state)
    };
    STANDING.iter().filter(fits).map(|(state, ..)| *state).collect()
}

/// Within office hours, so many working days ago.
fn before(office: &Office, dice: &Dice, now: Timestamp, days: i64) -> Timestamp {
    let day = office.zone().start_of(office.date(office.days_before(now, days)));
    let at = day.plus(dice.from_to(9 * 60, 16 * 60) * MINUTE + dice.from_to(0, MINUTE - 1));
    if at < now { at } else { now.plus(-dice.from_to(10, 90) * MINUTE) }
}

/// Every day of the time covered and how busy it is: slowly more, Mondays most, holidays least.
fn days(office: &Office, now: Timestamp, months: u32) -> Vec<(Timestamp, u64)> {
    let last = office.date(now);
    let first = last.checked_sub(jiff::Span::new().months(i64::from(months))).unwrap_or(last);
    let mut out = Vec::new();
    let mut day = first;
    while day <= last {
        let grown = 100 + 25 * out.len() as u64 / (31 * u64::from(months.max(1)));
        let kind = office.calendar().day(day);
        let weekday = match day.weekday() {
            Weekday::Monday => 125,
            Weekday::Tuesday => 112,
            Weekday::Saturday => 55,
            Weekday::Sunday => 46,
            _ => 100,
        };
        let weight = match kind {
            rules::calendar::DayKind::Holiday => 40,
            rules::calendar::DayKind::MakeUp => 95,
            _ => weekday,
        };
        out.push((office.zone().start_of(day), weight * grown));
        match day.tomorrow() {
            Ok(next) => day = next,
            Err(_) => break,
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Zone;
    use rules::calendar::Calendar;
    use std::collections::HashSet;

    #[test]
    fn every_state_is_arranged_for_and_time_runs_forward() {
        let office = Office::new(Calendar::built_in(), Zone::CHINA);
        let now = Zone::CHINA.instant(jiff::civil::date(2026, 11, 20).at(15, 0, 0, 0));
        let all = all(&office, &Dice::new(1, "m"), now, 5000, 13);
        assert_eq!(all.len(), 5000);
        assert!(all.windows(2).all(|w| w[0].at <= w[1].at) && all.iter().all(|m| m.at < now));
        let states: HashSet<State> = all
            .iter()
            .filter_map(|m| match m.fate {
                Fate::Stands(state) => Some(state),
                _ => None,
            })
            .collect();
        assert_eq!(states.len(), State::ALL.len());
        let by_day = |weekday| all.iter().filter(|m| office.date(m.at).weekday() == weekday).count();
        assert!(by_day(Weekday::Monday) > by_day(Weekday::Sunday));
        let busy = all.iter().filter(|m| (8 * 60..18 * 60).contains(&office.minute(m.at))).count();
        assert!(busy * 3 > all.len() * 2, "most come by day");
        let oldest = office.date(all[0].at);
        assert!(
            oldest < jiff::civil::date(2025, 11, 10) && oldest >= jiff::civil::date(2025, 10, 20),
            "{oldest}"
        );
    }
}
