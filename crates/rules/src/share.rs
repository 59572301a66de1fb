//! Shares that do not say more than they know: how many of how many, and how far chance alone could carry it.

/// Below so many nothing is told in per cent and nothing is compared: five of eight is five of eight.
pub const FEW: i64 = 10;

/// So many of so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// How many.
    pub n: i64,
    /// Of how many.
    pub of: i64,
}

impl Share {
    /// `n` of `of`.
    pub fn new(n: i64, of: i64) -> Share {
        Share { n, of }
    }

    /// Whether there are enough to speak of a share ([`FEW`]).
    pub fn is_enough(self) -> bool {
        self.of >= FEW
    }

    /// Between which two shares, in tenths of a per cent, the true one lies with 95 % certainty; none where
    /// there are too few. Wilson's score interval, which keeps between nothing and all and holds for
    /// shares near either (E. B. Wilson, 1927).
    pub fn interval(self) -> Option<(i64, i64)> {
        if !self.is_enough() {
            return None;
        }
        /// The 97.5 % point of the normal distribution.
        const Z: f64 = 1.959_964;
        let n = self.of as f64;
        let p = self.n as f64 / n;
        let z2 = Z * Z / n;
        let middle = (p + z2 / 2.0) / (1.0 + z2);
        let half = Z / (1.0 + z2) * (p * (1.0 - p) / n + z2 / (4.0 * n)).sqrt();
        let tenths = |share: f64| (share.clamp(0.0, 1.0) * 1000.0).round() as i64;
        Some((tenths(middle - half), tenths(middle + half)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_is_what_the_books_say() {
        // Worked by hand from the formula with z = 1.96: 8 of 10, 81 of 263, none and all of 20.
        assert_eq!(Share::new(8, 10).interval(), Some((490, 943)));
        assert_eq!(Share::new(81, 263).interval(), Some((255, 366)));
        assert_eq!(Share::new(0, 20).interval(), Some((0, 161)));
        assert_eq!(Share::new(20, 20).interval(), Some((839, 1000)));
    }

    #[test]
    fn a_few_have_no_share() {
        assert_eq!(Share::new(5, 9).interval(), None);
        assert!(Share::new(0, FEW).is_enough() && !Share::new(0, 0).is_enough());
    }

    proptest! {
        #[test]
        fn the_share_lies_within_and_more_cases_tell_more(n in 0i64..500, more in 0i64..500) {
            let of = n + more + FEW;
            let (low, high) = Share::new(n, of).interval().expect("enough");
            let share = n * 1000 / of;
            prop_assert!(0 <= low && low <= share + 1 && share <= high && high <= 1000);
            let (l, h) = Share::new(n * 4, of * 4).interval().expect("enough");
            prop_assert!(h - l <= high - low);
        }
    }
}
