//! Codes that follow from a shared key and the time (RFC 6238 over RFC 4226): HMAC-SHA-1, six digits,
//! thirty seconds, which is what every authenticator application reads without being told.

use kernel::{Chance, Timestamp};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ring::hmac;

/// A code is good for so long, in milliseconds.
pub const STEP: i64 = 30_000;
/// A clock may be so many steps early or late.
pub const DRIFT: i64 = 1;
/// The digits of a code.
pub const DIGITS: usize = 6;
/// The bytes of a key: those of the hash (RFC 4226, 4, R6).
pub const KEY_LEN: usize = 20;

/// The key that the telephone and we share. It never prints.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(Vec<u8>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// A new one.
    pub fn make(chance: &dyn Chance) -> Self {
        let mut bytes = vec![0u8; KEY_LEN];
        chance.fill(&mut bytes);
        Key(bytes)
    }

    /// From bytes that were kept.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Key(bytes)
    }

    /// For keeping, sealed.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The key in base 32 (RFC 4648, 6) without padding, in groups of four: to be typed.
    pub fn groups(&self) -> String {
        let signs: Vec<char> = self.base32().chars().collect();
        signs.chunks(4).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }

    fn base32(&self) -> String {
        const SIGNS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let (mut out, mut held, mut bits) = (String::new(), 0u32, 0);
        for byte in &self.0 {
            held = (held << 8) | u32::from(*byte);
            bits += 8;
            while bits >= 5 {
                bits -= 5;
                out.push(SIGNS[(held >> bits) as usize & 31] as char);
            }
        }
        if bits > 0 {
            out.push(SIGNS[(held << (5 - bits)) as usize & 31] as char);
        }
        out
    }

    /// What the picture for the telephone says: whose key this is, and the key.
    pub fn address(&self, issuer: &str, login: &str) -> String {
        let (issuer, login) =
            (utf8_percent_encode(issuer, NON_ALPHANUMERIC), utf8_percent_encode(login, NON_ALPHANUMERIC));
        format!("otpauth://totp/{issuer}:{login}?secret={}&issuer={issuer}", self.base32())
    }

    /// The code of a step.
    pub fn code(&self, step: i64) -> String {
        format!("{:0DIGITS$}", hotp(&self.0, step.max(0) as u64, DIGITS as u32))
    }

    /// The step that a code is of, when it is good at `now` and later than the last that was taken.
    pub fn fits(&self, code: &str, now: Timestamp, last: i64) -> Option<i64> {
        let here = now.0.div_euclid(STEP);
        (here - DRIFT..=here + DRIFT).find(|step| *step > last && self.code(*step) == code)
    }
}

/// HOTP (RFC 4226, 5.3).
fn hotp(key: &[u8], counter: u64, digits: u32) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    let tag = hmac::sign(&key, &counter.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[tag.len() - 1] & 15);
    let four = [tag[at] & 0x7f, tag[at + 1], tag[at + 2], tag[at + 3]];
    u32::from_be_bytes(four) % 10u32.pow(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Seeded;

    const RFC_KEY: &[u8] = b"12345678901234567890";

    #[test]
    fn the_values_of_rfc_4226_appendix_d() {
        let want = [755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871, 520489];
        for (counter, value) in want.into_iter().enumerate() {
            assert_eq!(hotp(RFC_KEY, counter as u64, 6), value, "{counter}");
        }
    }

    #[test]
    fn the_values_of_rfc_6238_appendix_b() {
        for (seconds, value) in [
            (59, 94287082),
            (1111111109, 7081804),
            (1111111111, 14050471),
            (1234567890, 89005924),
            (2000000000, 69279037),
            (20000000000, 65353130),
        ] {
            let step = (seconds * 1000i64).div_euclid(STEP);
            assert_eq!(hotp(RFC_KEY, step as u64, 8), value, "{seconds}");
            assert_eq!(
                Key(RFC_KEY.to_vec()).code(step),
                format!("{:06}", value % 1_000_000),
                "six digits are the last of eight"
            );
        }
    }

    #[test]
    fn a_code_is_good_for_one_step_before_and_after_and_never_again() {
        let key = Key(RFC_KEY.to_vec());
        let (step, code) = (1000, key.code(1000));
        let at = |seconds: i64| Timestamp(step * STEP + seconds * 1000);
        for (now, good) in [(-31, false), (-30, true), (0, true), (29, true), (59, true), (60, false)] {
            assert_eq!(key.fits(&code, at(now), 0).is_some(), good, "{now}");
        }
        assert_eq!(key.fits(&code, at(0), step - 1), Some(step));
        assert_eq!(key.fits(&code, at(0), step), None, "taken once");
        assert_eq!(key.fits(&key.code(step - 1), at(0), step), None, "nothing older either");
        assert_eq!(key.fits(&key.code(step + 1), at(0), step), Some(step + 1));
    }

    #[test]
    fn the_key_is_written_as_authenticators_read_it() {
        // RFC 4648, 10.
        for (bytes, text) in [("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(Key(bytes.into()).base32(), text);
        }
        let key = Key(RFC_KEY.to_vec());
        assert_eq!(key.groups(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let said = key.address("测试 & 平台", "chen@x");
        assert_eq!(
            said,
            "otpauth://totp/%E6%B5%8B%E8%AF%95%20%26%20%E5%B9%B3%E5%8F%B0:chen%40x\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E6%B5%8B%E8%AF%95%20%26%20%E5%B9%B3%E5%8F%B0"
        );
        assert_eq!(format!("{:?}", Key::make(&Seeded::new(1))), "Key(…)");
    }
}
