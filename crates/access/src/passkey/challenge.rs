//! What a device has to sign: made by us, good for five minutes, for one purpose, and once.
//!
//! It is not stored: it carries its time and our seal. That it was used is written down when it is.

use crate::Secret;
use kernel::{Chance, MINUTE, Timestamp};

/// A challenge is good for so long.
const FOR: i64 = 5 * MINUTE;
const NONCE: usize = 16;
const LEN: usize = 8 + NONCE + 32;

/// A new one for `about`: the purpose, and the account where it is known.
pub(crate) fn make(secret: &Secret, chance: &dyn Chance, now: Timestamp, about: &[u8]) -> Vec<u8> {
    let mut out = now.0.to_be_bytes().to_vec();
    let mut nonce = [0u8; NONCE];
    chance.fill(&mut nonce);
    out.extend(nonce);
    let seal = seal(secret, &out, about);
    out.extend(seal);
    out
}

/// Whether it is one of ours for `about`, and not too old.
pub(crate) fn fits(secret: &Secret, challenge: &[u8], now: Timestamp, about: &[u8]) -> bool {
    let Some((head, given)) = challenge.split_at_checked(LEN - 32) else { return false };
    let Some(at) = head.first_chunk::<8>().map(|b| i64::from_be_bytes(*b)) else { return false };
    // The seal is as long as a guess has to be: what comparing it takes tells nothing worth knowing.
    given == seal(secret, head, about) && (at..=at.saturating_add(FOR)).contains(&now.0)
}

fn seal(secret: &Secret, head: &[u8], about: &[u8]) -> Vec<u8> {
    secret.mac("passkey-challenge", &[head, about].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Seeded;

    #[test]
    fn a_challenge_is_good_for_its_purpose_and_five_minutes() {
        let (secret, chance, now) = (Secret::from_bytes([1; 32]), Seeded::new(1), Timestamp(1_000_000));
        let made = make(&secret, &chance, now, b"add chen");
        assert!(fits(&secret, &made, now.plus(FOR), b"add chen"));
        assert!(!fits(&secret, &made, now.plus(FOR + 1), b"add chen"));
        assert!(!fits(&secret, &made, now.plus(-1), b"add chen"));
        assert!(!fits(&secret, &made, now, b"add wang"));
        assert!(!fits(&Secret::from_bytes([2; 32]), &made, now, b"add chen"));
        for i in 0..made.len() {
            let mut bent = made.clone();
            bent[i] ^= 1;
            assert!(!fits(&secret, &bent, now, b"add chen"), "byte {i}");
        }
        for short in [&made[..LEN - 1], b"", &[made.as_slice(), b"x"].concat()] {
            assert!(!fits(&secret, short, now, b"add chen"));
        }
        assert_ne!(made, make(&secret, &chance, now, b"add chen"));
    }
}
