//! Passwords: how they are kept, tried, judged and made.

use crate::site::Site;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use kernel::{Chance, Error, FieldError, Result, Say};

/// The fewest characters of a password.
pub const MIN_LEN: usize = 10;
/// The most: nobody has to hash a novel.
pub const MAX_LEN: usize = 200;

/// The price of trying one password (Argon2id).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hashing {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Hashing {
    /// 19 MiB, two passes, one lane: the first choice of the OWASP Password Storage Cheat Sheet.
    pub const OWASP: Hashing = Hashing { memory: 19_456, passes: 2, lanes: 1 };
    /// Almost nothing, for tests and for demonstrations whose passwords are printed anyway.
    pub const CHEAP: Hashing = Hashing { memory: 8, passes: 1, lanes: 1 };

    fn argon2(self) -> Result<Argon2<'static>> {
        let params = Params::new(self.memory, self.passes, self.lanes, None).map_err(Error::internal)?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }
}

/// The PHC string to store for a password. It takes a while on purpose: from async code use
/// [`hash_for`].
pub fn hash(hashing: Hashing, chance: &dyn Chance, password: &str) -> Result<String> {
    let mut salt = [0u8; 16];
    chance.fill(&mut salt);
    let salt = SaltString::encode_b64(&salt).map_err(Error::internal)?;
    Ok(hashing.argon2()?.hash_password(password.as_bytes(), &salt).map_err(Error::internal)?.to_string())
}

/// Whether `password` fits the stored string. Takes the price that was set when it was stored.
pub fn fits(stored: &str, password: &str) -> bool {
    PasswordHash::new(stored)
        .is_ok_and(|h| Argon2::default().verify_password(password.as_bytes(), &h).is_ok())
}

/// [`hash`] away from the async threads, with few at a time.
///
/// Errors: busy when too many passwords are being tried.
pub async fn hash_for(site: &Site, password: String) -> Result<String> {
    let _door = door(site).await?;
    let (hashing, chance) = (site.settings.hashing, site.chance.clone());
    tokio::task::spawn_blocking(move || hash(hashing, &*chance, &password)).await.map_err(Error::internal)?
}

/// [`fits`] away from the async threads. With no stored string it costs the same and says no, so
/// that time does not tell which logins exist.
pub async fn fits_for(site: &Site, stored: Option<String>, password: String) -> Result<bool> {
    let door = door(site).await?;
    fits_behind(&door, site, stored, password).await
}

/// [`fits_for`] for a caller that holds the door already.
pub(crate) async fn fits_behind(
    _: &Door<'_>,
    site: &Site,
    stored: Option<String>,
    password: String,
) -> Result<bool> {
    let (hashing, chance) = (site.settings.hashing, site.chance.clone());
    tokio::task::spawn_blocking(move || match stored {
        Some(stored) => Ok(fits(&stored, &password)),
        None => hash(hashing, &*chance, &password).map(|_| false),
    })
    .await
    .map_err(Error::internal)?
}

/// The right to try one password now.
pub(crate) struct Door<'a>(#[allow(dead_code)] tokio::sync::SemaphorePermit<'a>);

/// Waits for the right to try a password.
///
/// Errors: busy after three seconds.
pub(crate) async fn door(site: &Site) -> Result<Door<'_>> {
    let wait = std::time::Duration::from_secs(3);
    match tokio::time::timeout(wait, site.doors.acquire()).await {
        Ok(Ok(permit)) => Ok(Door(permit)),
        _ => Err(Error::Busy),
    }
}

/// What is wrong with a password somebody chose, if anything: length, and what is guessed first.
pub fn judge(field: &str, password: &str, login: &str) -> Result<()> {
    let len = password.chars().count();
    let say = if len < MIN_LEN {
        Say::new(
            format!("密码至少 {MIN_LEN} 个字符，可以用几个词连起来。"),
            format!("At least {MIN_LEN} characters; a few words in a row will do."),
        )
    } else if len > MAX_LEN {
        Say::new(format!("密码最多 {MAX_LEN} 个字符。"), format!("At most {MAX_LEN} characters."))
    } else if is_obvious(password, login) {
        Say::new(
            "这个密码太容易猜到：不要只用重复、连续的数字或登录名。",
            "Too easy to guess: no repetition, no run of digits, not the sign-in name.",
        )
    } else {
        return Ok(());
    };
    Err(Error::Invalid(vec![FieldError { field: field.to_owned(), say }]))
}

fn is_obvious(password: &str, login: &str) -> bool {
    let lower = password.to_lowercase();
    let mut distinct: Vec<char> = lower.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let bytes = lower.as_bytes();
    let run = |step: i16| bytes.windows(2).all(|w| i16::from(w[1]) - i16::from(w[0]) == step);
    let digits_only = lower.chars().all(|c| c.is_ascii_digit());
    distinct.len() < 4
        || run(1)
        || run(-1)
        || (digits_only && (lower.contains("0123456789") || lower.starts_with("123456")))
        || (login.chars().count() >= 4 && lower.replace(&login.to_lowercase(), "").chars().count() < 4)
        || lower.starts_with("password")
        || lower.starts_with("qwertyuiop")
}

/// A password for the first sign-in: four groups of four letters and digits that are not mixed up
/// when read out. 16 of 31 signs: 79 bits.
pub fn make(chance: &dyn Chance) -> String {
    const SIGNS: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyz";
    let mut out = String::with_capacity(19);
    for i in 0..16 {
        if i > 0 && i % 4 == 0 {
            out.push('-');
        }
        out.push(SIGNS[chance.below(SIGNS.len() as u64) as usize] as char);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Seeded;

    #[test]
    fn a_password_fits_its_own_string_only() {
        let chance = Seeded::new(1);
        let stored = hash(Hashing::CHEAP, &chance, "正确的 horse 电池").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{stored}");
        assert!(fits(&stored, "正确的 horse 电池"));
        assert!(!fits(&stored, "正确的 horse 电池 "));
        assert!(!fits("rubbish", "x"));
        let again = hash(Hashing::CHEAP, &chance, "正确的 horse 电池").unwrap();
        assert_ne!(stored, again, "each has a salt of its own");
    }

    #[test]
    fn the_price_is_the_one_owasp_names() {
        let stored = hash(Hashing::OWASP, &Seeded::new(1), "x").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
    }

    #[test]
    fn obvious_passwords_are_refused() {
        for bad in ["short", "1234567890", "aaaaaaaaaaaa", "zhouqm2024", "password123", "9876543210"] {
            assert!(judge("password", bad, "zhouqm2024").is_err(), "{bad}");
        }
        for good in ["路灯-全灭-看不见路-了吗", "correct horse battery", "k3Ft9-qqLm-2w"] {
            assert!(judge("password", good, "zhouqm").is_ok(), "{good}");
        }
        assert!(judge("password", &"长".repeat(201), "a").is_err());
    }

    #[test]
    fn made_passwords_pass_and_differ() {
        let chance = Seeded::new(5);
        let (a, b) = (make(&chance), make(&chance));
        assert_ne!(a, b);
        assert_eq!(a.len(), 19);
        assert!(judge("password", &a, "zhou").is_ok());
    }
}
