//! Choosing, repeatably.

use kernel::{Chance, Seeded};

/// Choices out of a repeatable sequence.
#[derive(Debug)]
pub struct Dice(Seeded);

impl Dice {
    /// The sequence of `seed`, apart from those of other `purpose`s.
    pub fn new(seed: u64, purpose: &str) -> Self {
        let mixed = purpose.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, |h, b| {
            (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Dice(Seeded::new(mixed))
    }

    /// Where ids come from.
    pub fn chance(&self) -> &dyn Chance {
        &self.0
    }

    /// A number in `0..n`; 0 where `n` is 0.
    pub fn below(&self, n: usize) -> usize {
        self.0.below(n as u64) as usize
    }

    /// A number from `from` to `to`, both included.
    pub fn from_to(&self, from: i64, to: i64) -> i64 {
        from + self.0.below((to - from).max(0) as u64 + 1) as i64
    }

    /// True in `percent` of a hundred cases.
    pub fn percent(&self, percent: u64) -> bool {
        self.0.below(100) < percent
    }

    /// True in `n` of a thousand cases.
    pub fn permille(&self, n: u64) -> bool {
        self.0.below(1000) < n
    }

    /// A number in `0.0..1.0`.
    pub fn unit(&self) -> f64 {
        self.0.below(1 << 53) as f64 / (1u64 << 53) as f64
    }

    /// One of them.
    ///
    /// # Panics
    /// Where there is none.
    pub fn pick<'t, T>(&self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }

    /// The place of one of them, each as likely as its weight; 0 where all weights are 0.
    pub fn weighted(&self, weights: &[u64]) -> usize {
        let mut left = self.0.below(weights.iter().sum::<u64>().max(1));
        for (i, w) in weights.iter().enumerate() {
            if left < *w {
                return i;
            }
            left -= w;
        }
        0
    }

    /// Puts them in a new order.
    pub fn shuffle<T>(&self, all: &mut [T]) {
        for i in (1..all.len()).rev() {
            all.swap(i, self.below(i + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_purposes_differ() {
        let run = |seed, purpose| {
            let d = Dice::new(seed, purpose);
            (0..20).map(|_| d.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(run(1, "a"), run(1, "a"));
        assert_ne!(run(1, "a"), run(1, "b"));
        assert_ne!(run(1, "a"), run(2, "a"));
    }

    #[test]
    fn weights_and_bounds_are_kept() {
        let d = Dice::new(3, "w");
        let mut seen = [0; 3];
        for _ in 0..3000 {
            seen[d.weighted(&[1, 0, 3])] += 1;
        }
        assert!(seen[1] == 0 && seen[2] > seen[0] * 2, "{seen:?}");
        assert!((0..500).all(|_| (2..=4).contains(&d.from_to(2, 4))));
        let mut all: Vec<_> = (0..50).collect();
        d.shuffle(&mut all);
        assert_ne!(all, (0..50).collect::<Vec<_>>());
        all.sort();
        assert_eq!(all, (0..50).collect::<Vec<_>>());
    }
}
