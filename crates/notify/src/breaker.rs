//! A gateway that fails again and again is left alone for a while.

use kernel::{MINUTE, Timestamp};

/// Counts a gateway's failures in a row. In the process only: another process finds out for itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Breaker {
    fails: u32,
    open_until: Option<Timestamp>,
}

/// Failures in a row after which the gateway rests.
const LIMIT: u32 = 5;
/// The first rest; it doubles with each further failure.
const REST: i64 = MINUTE;
/// The longest rest.
const LONGEST: i64 = 15 * MINUTE;

impl Breaker {
    /// Until when the gateway rests; `None` when it may be tried now. After the rest one failure is
    /// enough for the next, longer one.
    pub fn resting(&self, now: Timestamp) -> Option<Timestamp> {
        self.open_until.filter(|&until| now < until)
    }

    /// It worked.
    pub fn good(&mut self) {
        *self = Breaker::default();
    }

    /// It did not.
    pub fn bad(&mut self, now: Timestamp) {
        self.fails = self.fails.saturating_add(1);
        if self.fails >= LIMIT {
            let rest = REST.saturating_mul(1 << (self.fails - LIMIT).min(10)).min(LONGEST);
            self.open_until = Some(now.plus(rest));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_after_five_failures_longer_each_time_and_forgets_on_success() {
        let mut b = Breaker::default();
        let t = Timestamp(0);
        for n in 1..LIMIT {
            b.bad(t);
            assert_eq!(b.resting(t), None, "after {n}");
        }
        b.bad(t);
        assert_eq!(b.resting(t), Some(Timestamp(REST)));
        assert_eq!(b.resting(Timestamp(REST)), None, "one is let through");
        b.bad(Timestamp(REST));
        assert_eq!(b.resting(Timestamp(REST)), Some(Timestamp(3 * REST)));
        for _ in 0..40 {
            b.bad(t);
        }
        assert_eq!(b.resting(t), Some(Timestamp(LONGEST)));
        b.good();
        assert_eq!(b.resting(t), None);
        b.bad(t);
        assert_eq!(b.resting(t), None);
    }
}
