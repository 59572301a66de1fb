//! How much one sender may send: so many at once, given back evenly over a minute.
//!
//! Kept in memory by each process. What it guards against is a flood, and a flood of writes must not
//! cost a write each; several processes behind one address give together as many times as much. (Wrong
//! passwords are counted in the database instead, [`crate::attempts`], for there each try counts.)

use kernel::{Error, MINUTE, Result, Timestamp};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

/// Senders remembered; those who have everything back are forgotten when there are more.
const SENDERS: usize = 20_000;

/// The allowances of everybody who sent lately. One for a site, kept in [`crate::Kept`].
#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<String, i64>>);

impl Throttle {
    /// Takes one from the allowance of `who`, of which there are `per_minute`; 0 means no limit.
    ///
    /// Errors: [`Error::TooMany`] with the seconds until there is one again.
    pub fn take(&self, who: &str, per_minute: u32, now: Timestamp) -> Result<()> {
        if per_minute == 0 {
            return Ok(());
        }
        let now = now.0.saturating_mul(1000);
        let (whole, each) = (MINUTE * 1000, (MINUTE * 1000 / i64::from(per_minute)).max(1));
        let mut senders = self.0.lock().unwrap_or_else(|e| e.into_inner());
        if senders.len() >= SENDERS {
            senders.retain(|_, full| *full > now);
            if senders.len() >= SENDERS {
                senders.clear();
            }
        }
        // When this sender has everything back; a clock that was set back makes nobody wait for it.
        let full = senders.entry(who.to_owned()).or_insert(now);
        *full = (*full).clamp(now, now + whole);
        let over = *full + each - (now + whole);
        if over > 0 {
            let wait = u64::try_from(over).unwrap_or(0).div_ceil(1_000_000);
            return Err(Error::TooMany { wait: u32::try_from(wait).unwrap_or(60) });
        }
        *full += each;
        Ok(())
    }
}

/// The network that an address stands for: an IPv6 subscriber has a whole /64 to send from.
pub fn network(address: &str) -> String {
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V6(v6)) if v6.to_ipv4_mapped().is_none() => {
            let s = v6.segments();
            format!("{:x}:{:x}:{:x}:{:x}::/64", s[0], s[1], s[2], s[3])
        }
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(done: Result<()>) -> Option<u32> {
        match done {
            Ok(()) => None,
            Err(Error::TooMany { wait }) => Some(wait),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn an_allowance_is_used_up_and_comes_back_evenly() {
        let t = Throttle::default();
        let start = Timestamp(1_700_000_000_000);
        for _ in 0..6 {
            assert_eq!(wait(t.take("a", 6, start)), None);
        }
        assert_eq!(wait(t.take("a", 6, start)), Some(10));
        assert_eq!(wait(t.take("b", 6, start)), None, "others are not meant");
        assert_eq!(wait(t.take("a", 0, start)), None, "no limit");
        assert_eq!(wait(t.take("a", 6, start.plus(9_999))), Some(1));
        assert_eq!(wait(t.take("a", 6, start.plus(10_000))), None);
        assert_eq!(wait(t.take("a", 6, start.plus(10_000))), Some(10));
        // After a minute of rest all is back, and no more than all.
        let later = start.plus(10 * MINUTE);
        assert_eq!((0..8).filter(|_| wait(t.take("a", 6, later)).is_none()).count(), 6);
    }

    #[test]
    fn a_clock_that_jumps_shuts_nobody_out_for_long() {
        let t = Throttle::default();
        let start = Timestamp(1_700_000_000_000);
        for _ in 0..6 {
            assert_eq!(wait(t.take("a", 6, start)), None);
        }
        let before = start.plus(-600 * MINUTE);
        assert_eq!(wait(t.take("a", 6, before)), Some(10));
        assert_eq!(wait(t.take("a", 6, before.plus(10_000))), None);
    }

    #[test]
    fn who_was_seen_long_ago_is_forgotten() {
        let t = Throttle::default();
        let start = Timestamp(1_700_000_000_000);
        for n in 0..SENDERS {
            assert_eq!(wait(t.take(&n.to_string(), 6, start)), None);
        }
        assert_eq!(wait(t.take("x", 6, start.plus(MINUTE))), None);
        assert_eq!(t.0.lock().unwrap().len(), 1);
    }

    #[test]
    fn a_network_counts_as_one() {
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("2001:db8:1:2:3::9"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::9"), network("2001:db8:1:3::9"));
        assert_eq!(network(""), "");
    }
}
