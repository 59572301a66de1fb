//! The random bytes of one case: drawn once from the site's chance and stretched, so that cases can
//! be told on several cores and the same seed still gives the same cases.

use kernel::Chance;
use sha2::{Digest, Sha256};
use std::sync::Mutex;

/// SHA-256 over a seed of 32 random bytes and a counter: as hard to foresee as the seed, which is
/// used for this one case and never kept.
pub(super) struct Drawn {
    seed: [u8; 32],
    state: Mutex<State>,
}

struct State {
    block: [u8; 32],
    used: usize,
    count: u64,
}

impl Drawn {
    pub(super) fn new(from: &dyn Chance) -> Drawn {
        let mut seed = [0; 32];
        from.fill(&mut seed);
        Drawn { seed, state: Mutex::new(State { block: [0; 32], used: 32, count: 0 }) }
    }
}

impl Chance for Drawn {
    fn fill(&self, out: &mut [u8]) {
        let mut state = self.state.lock().unwrap_or_else(|e| e.into_inner());
        for byte in out {
            if state.used == 32 {
                let next = Sha256::new().chain_update(self.seed).chain_update(state.count.to_be_bytes());
                state.block = next.finalize().into();
                state.count += 1;
                state.used = 0;
            }
            *byte = state.block[state.used];
            state.used += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Seeded;

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_no_two_cases_do() {
        let draw = |from: &Seeded| {
            let mut out = [0; 100];
            Drawn::new(from).fill(&mut out);
            out
        };
        let (a, b) = (Seeded::new(1), Seeded::new(1));
        let first = draw(&a);
        assert_eq!(first, draw(&b));
        assert_ne!(first, draw(&a));
        assert_ne!(first[..32], first[32..64]);
    }
}
