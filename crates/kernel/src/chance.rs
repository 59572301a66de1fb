//! Randomness is an argument.

use std::sync::Mutex;

/// Where random bytes come from.
pub trait Chance: Send + Sync {
    /// Fills `out` with random bytes.
    fn fill(&self, out: &mut [u8]);

    /// A number in `0..n` (`0` when `n` is `0`).
    fn below(&self, n: u64) -> u64 {
        let mut b = [0u8; 8];
        self.fill(&mut b);
        if n == 0 { 0 } else { u64::from_le_bytes(b) % n }
    }
}

/// The operating system's generator: for anything secret.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn fill(&self, out: &mut [u8]) {
        // Without entropy no key or token can be made: there is nothing sensible to go on with.
        getrandom::fill(out).expect("the operating system gives random bytes");
    }
}

/// A repeatable sequence (SplitMix64) for tests and generated data; never for secrets.
#[derive(Debug)]
pub struct Seeded(Mutex<u64>);

impl Seeded {
    /// The sequence that starts at `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }
}

impl Chance for Seeded {
    fn fill(&self, out: &mut [u8]) {
        let mut state = self.0.lock().unwrap_or_else(|e| e.into_inner());
        for chunk in out.chunks_mut(8) {
            *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^= z >> 31;
            chunk.copy_from_slice(&z.to_le_bytes()[..chunk.len()]);
        }
    }
}
