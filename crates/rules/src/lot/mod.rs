//! Call-backs drawn by lot 抽签回访: who is asked again, so that anybody can compute it.
//!
//! ```text
//!  seed    = SHA-256(secret ‖ root of the head that closes the time)   the secret is bound by its hash beforehand
//!  place   = SHA-256(seed ‖ seal code of the case)                     smallest first, each unit apart
//!  drawn   = answered suspiciously fast: always
//!          ∪ the first so many of each unit: by lot
//!          ∪ some more of a unit without a single complaint: because it has none
//! ```
//!
//! A case is named by its seal code 封存码, the hash of its first event: it was fixed when the case was
//! registered, stands on the receipt of whoever asked, and tells nobody else whose case it is.

mod sheet;

pub use sheet::{Fault, Sheet};

use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// 32 bytes of SHA-256.
pub type Hash = [u8; 32];

/// How long a time is drawn of at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Every {
    /// Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
}

/// What a pack says of the lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// How often.
    pub every: Every,
    /// How many percent of a unit's cases, rounded up.
    pub percent: u8,
    /// At least so many of each unit that has any.
    pub least: u8,
    /// Answered within so many percent of the time there was: always in; 0 for none.
    pub fast_percent: u8,
    /// From so many closed cases on a unit without a complaint is asked about all the more; 0 for never.
    pub spotless_cases: u32,
    /// How many percent of its cases then.
    pub spotless_percent: u8,
}

/// A case that can be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its seal code.
    pub seal: Hash,
    /// The code of the unit that answered for it.
    pub unit: String,
    /// From receipt to the answer, in milliseconds.
    pub took: i64,
    /// The time there was for it, in milliseconds; 0 where speed tells nothing, as when it was settled face to face.
    pub had: i64,
}

/// What a unit closed in the time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The code of the unit.
    pub unit: String,
    /// How many cases.
    pub closed: i64,
    /// Of those reworked, judged unsolved, or rated below satisfied.
    pub bad: i64,
}

crate::vocabulary! {
    /// Why a case is asked about again.
    Why {
        /// Its place was among the first of its unit.
        Lot = "lot", "抽中", "By lot";
        /// Answered suspiciously fast.
        Fast = "fast", "办得特别快", "Closed very fast";
        /// Its unit has no complaint at all, and its place was among the first.
        Spotless = "spotless", "单位零差评", "Unit without a complaint";
    }
}

/// A case that was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Its seal code.
    pub seal: Hash,
    /// Why.
    pub why: Why,
}

impl Rule {
    /// Whether a case was answered suspiciously fast.
    pub fn is_fast(&self, case: &Candidate) -> bool {
        case.had > 0 && case.took.saturating_mul(100) <= case.had.saturating_mul(i64::from(self.fast_percent))
    }

    /// Whether a unit closed enough without a single complaint.
    pub fn is_spotless(&self, unit: &Standing) -> bool {
        self.spotless_cases > 0 && unit.closed >= i64::from(self.spotless_cases) && unit.bad == 0
    }

    /// How many of `all` are drawn by lot.
    pub fn share(&self, all: usize) -> usize {
        part(all, self.percent).max(usize::from(self.least)).min(all)
    }
}

/// So many percent, rounded up.
fn part(all: usize, percent: u8) -> usize {
    (all * usize::from(percent)).div_ceil(100)
}

/// What binds whoever draws to a secret.
pub fn commitment(secret: &[u8]) -> Hash {
    Sha256::digest(secret).into()
}

/// The seed that follows from the secret and the record as it stood when the time was over.
pub fn seed(secret: &[u8], root: &Hash) -> Hash {
    Sha256::new().chain_update(secret).chain_update(root).finalize().into()
}

/// The place of a case.
pub fn place(seed: &Hash, seal: &Hash) -> Hash {
    Sha256::new().chain_update(seed).chain_update(seal).finalize().into()
}

/// Draws: by unit, within a unit by place.
pub fn draw(seed: &Hash, rule: &Rule, units: &[Standing], cases: &[Candidate]) -> Vec<Drawn> {
    let mut by_unit: BTreeMap<&str, Vec<(Hash, &Candidate)>> = BTreeMap::new();
    for case in cases {
        by_unit.entry(&case.unit).or_default().push((place(seed, &case.seal), case));
    }
    let mut out = Vec::new();
    for (unit, mut cases) in by_unit {
        cases.sort_by_key(|(place, _)| *place);
        let by_lot = rule.share(cases.len());
        let spotless = units.iter().any(|u| u.unit == unit && rule.is_spotless(u));
        let more = if spotless { part(cases.len(), rule.spotless_percent) } else { 0 };
        for (at, (_, case)) in cases.into_iter().enumerate() {
            let why = match at {
                _ if rule.is_fast(case) => Why::Fast,
                at if at < by_lot => Why::Lot,
                at if at < more => Why::Spotless,
                _ => continue,
            };
            out.push(Drawn { seal: case.seal, why });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    pub(super) const RULE: Rule = Rule {
        every: Every::Week,
        percent: 10,
        least: 1,
        fast_percent: 5,
        spotless_cases: 5,
        spotless_percent: 40,
    };

    pub(super) fn case(n: u16, unit: &str, took: i64) -> Candidate {
        Candidate { seal: Sha256::digest(n.to_be_bytes()).into(), unit: unit.into(), took, had: 1000 }
    }

    fn standing(unit: &str, closed: i64, bad: i64) -> Standing {
        Standing { unit: unit.into(), closed, bad }
    }

    #[test]
    fn it_is_what_a_calculator_says() {
        // printf of the bytes through sha256sum, by hand: the seed of an empty secret over a root of zeros is
        // the hash of 32 zero bytes.
        let seed = seed(&[], &[0; 32]);
        let hex: String = seed.iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925");
        assert_eq!(commitment(&[0; 32]), seed);
        assert_eq!(place(&[0; 32], &[0; 32]), super::seed(&[0; 32], &[0; 32]), "the hash of 64 zero bytes");
    }

    #[test]
    fn the_edges_of_fast_spotless_and_share() {
        assert!(RULE.is_fast(&case(1, "a", 50)) && !RULE.is_fast(&case(1, "a", 51)));
        assert!(!RULE.is_fast(&Candidate { had: 0, ..case(1, "a", 0) }), "face to face is no haste");
        assert!(RULE.is_spotless(&standing("a", 5, 0)));
        assert!(!RULE.is_spotless(&standing("a", 4, 0)) && !RULE.is_spotless(&standing("a", 5, 1)));
        assert!(!Rule { spotless_cases: 0, ..RULE }.is_spotless(&standing("a", 50, 0)));
        for (all, drawn) in [(0, 0), (1, 1), (10, 1), (11, 2), (20, 2), (21, 3)] {
            assert_eq!(RULE.share(all), drawn, "{all}");
        }
    }

    #[test]
    fn a_spotless_unit_is_asked_about_more_and_a_fast_case_always() {
        let mut cases: Vec<Candidate> = (0..10).map(|n| case(n, "a", 500)).collect();
        cases.push(case(99, "b", 10));
        cases.push(case(98, "b", 900));
        let count = |bad| {
            let drawn = draw(&[7; 32], &RULE, &[standing("a", 10, bad), standing("b", 2, 0)], &cases);
            [Why::Lot, Why::Fast, Why::Spotless].map(|w| drawn.iter().filter(|d| d.why == w).count())
        };
        let [lot, fast, spotless] = count(0);
        assert_eq!((fast, spotless), (1, 3), "four of ten, one of them by lot anyway");
        assert!(lot >= 1);
        assert_eq!(count(1)[2], 0, "one complaint, and it is a unit like any other");
    }

    fn some() -> impl Strategy<Value = Vec<Candidate>> {
        prop::collection::btree_map(0u16..400, (0usize..4, 0i64..1000), 0..80).prop_map(|all| {
            all.into_iter().map(|(n, (unit, took))| case(n, ["a", "b", "c", "d"][unit], took)).collect()
        })
    }

    proptest! {
        #[test]
        fn neither_order_nor_repetition_matters(cases in some(), seed in any::<[u8; 32]>(), bad in 0i64..2) {
            let units = [standing("a", 40, bad), standing("b", 40, 0)];
            let drawn = draw(&seed, &RULE, &units, &cases);
            let mut other = cases.clone();
            other.reverse();
            prop_assert_eq!(&drawn, &draw(&seed, &RULE, &units, &other));
            let seals: BTreeSet<Hash> = drawn.iter().map(|d| d.seal).collect();
            prop_assert_eq!(seals.len(), drawn.len(), "nobody is asked twice");
        }

        #[test]
        fn the_share_is_held_and_who_is_always_in_is_in(cases in some(), seed in any::<[u8; 32]>()) {
            let units = [standing("a", 40, 0)];
            let drawn = draw(&seed, &RULE, &units, &cases);
            for unit in ["a", "b", "c", "d"] {
                let all: Vec<_> = cases.iter().filter(|c| c.unit == unit).collect();
                let of = |c: &&&Candidate| drawn.iter().any(|d| d.seal == c.seal);
                let n = all.iter().filter(of).count();
                prop_assert!(n >= RULE.share(all.len()), "{} of {}", n, all.len());
                let fast = all.iter().filter(|c| RULE.is_fast(c)).count();
                let most = if unit == "a" { part(all.len(), RULE.spotless_percent).max(RULE.share(all.len())) } else { RULE.share(all.len()) };
                prop_assert!(n <= most + fast);
            }
            for case in cases.iter().filter(|c| RULE.is_fast(c)) {
                prop_assert!(drawn.iter().any(|d| d.seal == case.seal && d.why == Why::Fast));
            }
        }

        #[test]
        fn one_more_case_changes_only_its_own_place(cases in some(), more in 400u16..500, seed in any::<[u8; 32]>()) {
            let mut longer = cases.clone();
            longer.push(case(more, "a", 500));
            let of = |cases: &[Candidate], unit: &str| -> Vec<Hash> {
                let mut all: Vec<Hash> = cases.iter().filter(|c| c.unit == unit).map(|c| c.seal).collect();
                all.sort_by_key(|s| place(&seed, s));
                all
            };
            let mut after = of(&longer, "a");
            after.retain(|s| cases.iter().any(|c| c.seal == *s));
            prop_assert_eq!(of(&cases, "a"), after, "the others keep their order");
            // Of other units nothing changes, and in its own at most one makes room.
            let (before, after) = (draw(&seed, &RULE, &[], &cases), draw(&seed, &RULE, &[], &longer));
            let gone = before.iter().filter(|d| after.iter().all(|a| a.seal != d.seal)).count();
            prop_assert!(gone <= 1);
            let foreign = |d: &&Drawn| cases.iter().any(|c| c.seal == d.seal && c.unit != "a");
            prop_assert_eq!(before.iter().filter(foreign).collect::<Vec<_>>(), after.iter().filter(foreign).collect::<Vec<_>>());
        }
    }
}
