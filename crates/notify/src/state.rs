//! The course of a message, as one pure function.
//!
//! ```text
//!            ┌─────────── tried again after a wait ──────────┐
//!            ▼                                               │
//! created ──▶ an attempt ──▶ delivered                       │
//!              │ │ │ └─────▶ sent (no receipts here)         │
//!              │ │ └───────▶ sending ──▶ delivered           │
//!              │ │             └─ asked after ─▶ temporary ──┤
//!              │ └─────────▶ temporary-, technical-failure ──┘
//!              └───────────▶ permanent-failure ──▶ replaced (a recorded act) or sent again
//! ```

use crate::model::{Policy, Reason, State};
use kernel::{HOUR, Timestamp};

/// What came of an attempt, over all gateways that were tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It arrived.
    Delivered,
    /// Handed over; no receipt will come.
    Sent,
    /// Handed over; its receipt is to be asked for.
    Accepted,
    /// Asked after, and still on its way.
    Pending,
    /// The recipient could not be reached this time.
    NotReached,
    /// The address takes nothing.
    Refused,
    /// No gateway worked.
    Down,
    /// Nothing is known to send it to.
    NoAddress,
    /// There is an address and no gateway for it.
    NoGateway,
    /// Not tried: every gateway is resting until then.
    Postponed(Timestamp),
}

/// Where the message goes from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// The new state.
    pub state: State,
    /// When to look at it again; `None` for never by itself.
    pub next_try_at: Option<Timestamp>,
    /// Why it has not arrived.
    pub reason: Option<Reason>,
}

/// What the decision needs of the message.
#[derive(Clone, Copy, Debug)]
pub struct Before {
    /// The state at the attempt.
    pub state: State,
    /// How often it had been tried, this attempt included.
    pub attempts: i64,
    /// From when its age counts.
    pub since: Timestamp,
}

/// The state after `outcome`; `None` where the message is not one to be tried. `spread` in
/// `0..1000` shortens a wait by up to a half, so that many failures do not come back at once.
pub fn next(b: &Before, outcome: Outcome, policy: &Policy, now: Timestamp, spread: u64) -> Option<Next> {
    if !b.state.open() {
        return None;
    }
    let done = |state, reason| Next { state, next_try_at: None, reason };
    let give_up = b.since.plus(policy.give_up_after_h * HOUR);
    let again = |state, reason, at: Timestamp| {
        if now >= give_up {
            done(State::PermanentFailure, Some(Reason::TooOld))
        } else {
            // The last attempt falls on the limit itself, not after it.
            Next { state, next_try_at: Some(at.min(give_up)), reason: Some(reason) }
        }
    };
    let wait = || now.plus(back_off(b.attempts, policy, spread));
    Some(match outcome {
        Outcome::Delivered => done(State::Delivered, None),
        Outcome::Sent => done(State::Sent, None),
        Outcome::Accepted => {
            Next { state: State::Sending, next_try_at: Some(now.plus(30_000)), reason: None }
        }
        Outcome::Pending if now >= b.since.plus(policy.receipt_within_h * HOUR) => {
            done(State::PermanentFailure, Some(Reason::NoReceipt))
        }
        Outcome::Pending => {
            let at = now.plus(((now.0 - b.since.0) / 4).clamp(30_000, HOUR));
            Next { state: State::Sending, next_try_at: Some(at), reason: None }
        }
        Outcome::NotReached => again(State::TemporaryFailure, Reason::NotReached, wait()),
        Outcome::Down => again(State::TechnicalFailure, Reason::GatewayDown, wait()),
        Outcome::NoGateway => again(State::TechnicalFailure, Reason::NoGateway, wait()),
        Outcome::Refused => done(State::PermanentFailure, Some(Reason::Refused)),
        Outcome::NoAddress => done(State::PermanentFailure, Some(Reason::NoAddress)),
        Outcome::Postponed(until) => {
            let state = if b.state == State::Created { State::Created } else { State::TechnicalFailure };
            again(state, Reason::GatewayDown, until.max(now.plus(1000)))
        }
    })
}

/// The wait after the `attempts`-th failure, in milliseconds: doubling, capped, shortened by `spread`.
pub fn back_off(attempts: i64, policy: &Policy, spread: u64) -> i64 {
    let doublings = attempts.clamp(1, 30) - 1;
    let wait =
        policy.first_wait_s.max(1).saturating_mul(1 << doublings).min(policy.longest_wait_s.max(1)) * 1000;
    wait - wait / 2000 * spread.min(999) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::MINUTE;

    fn at(state: State, outcome: Outcome, age: i64) -> Option<Next> {
        let b = Before { state, attempts: 1, since: Timestamp(0) };
        next(&b, outcome, &Policy::default(), Timestamp(age), 0)
    }

    #[test]
    fn every_outcome_leads_where_the_table_says() {
        use Outcome::*;
        use State as S;
        let m = MINUTE;
        let table = [
            (Delivered, S::Delivered, None, None),
            (Sent, S::Sent, None, None),
            (Accepted, S::Sending, Some(m + 30_000), None),
            (Pending, S::Sending, Some(m + 30_000), None),
            (NotReached, S::TemporaryFailure, Some(2 * m), Some(Reason::NotReached)),
            (Refused, S::PermanentFailure, None, Some(Reason::Refused)),
            (Down, S::TechnicalFailure, Some(2 * m), Some(Reason::GatewayDown)),
            (NoGateway, S::TechnicalFailure, Some(2 * m), Some(Reason::NoGateway)),
            (NoAddress, S::PermanentFailure, None, Some(Reason::NoAddress)),
            (Postponed(Timestamp(5 * m)), S::TechnicalFailure, Some(5 * m), Some(Reason::GatewayDown)),
        ];
        for from in [S::Sending, S::TemporaryFailure, S::TechnicalFailure] {
            for (outcome, state, next_try, reason) in table {
                let want = Next { state, next_try_at: next_try.map(Timestamp), reason };
                assert_eq!(at(from, outcome, m), Some(want), "{from:?} {outcome:?}");
            }
        }
        // Not yet tried and not tried now: it still waits.
        assert_eq!(at(S::Created, Postponed(Timestamp(5 * m)), m).map(|n| n.state), Some(S::Created));
        for from in [S::Sent, S::Delivered, S::PermanentFailure, S::Replaced] {
            for (outcome, ..) in table {
                assert_eq!(at(from, outcome, m), None, "{from:?} is an end");
            }
        }
    }

    #[test]
    fn a_clerk_takes_over_at_the_limit_and_not_before() {
        let limit = 72 * HOUR;
        let just_before = at(State::TechnicalFailure, Outcome::Down, limit - 1).unwrap();
        assert_eq!(just_before.next_try_at, Some(Timestamp(limit)), "one last attempt on the limit");
        for age in [limit, limit + 1] {
            let n = at(State::TechnicalFailure, Outcome::Down, age).unwrap();
            assert_eq!((n.state, n.reason), (State::PermanentFailure, Some(Reason::TooOld)));
            assert_eq!(n.next_try_at, None);
        }
        assert_eq!(at(State::Sending, Outcome::Pending, limit).unwrap().reason, Some(Reason::NoReceipt));
        // Arriving late is arriving.
        assert_eq!(at(State::Sending, Outcome::Delivered, 2 * limit).unwrap().state, State::Delivered);
    }

    #[test]
    fn waits_double_up_to_the_cap_and_are_spread_over_half() {
        let p = Policy::default();
        let waits: Vec<i64> = (1..=8).map(|n| back_off(n, &p, 0) / 1000).collect();
        assert_eq!(waits, [60, 120, 240, 480, 960, 1920, 3600, 3600]);
        assert_eq!(back_off(i64::MAX, &p, 0), 3_600_000);
        for spread in [0, 1, 500, 999, 5000] {
            let w = back_off(1, &p, spread);
            assert!((30_000..=60_000).contains(&w), "{spread}: {w}");
        }
    }
}
