//! The site's secret: 32 bytes that sign form tokens, key the look-up of telephone numbers and seal the
//! keys of second factors.

use crate::vault::{self, KEY, NONCE};
use hmac::{Hmac, Mac};
use kernel::{Chance, Error, Result};
use sha2::Sha256;
use std::path::Path;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The file in the site's directory.
pub const SECRET_FILE: &str = "secret.key";

/// Thirty-two secret bytes; clones share them, and they never print.
#[derive(Clone)]
pub struct Secret(Arc<[u8; 32]>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// From bytes at hand: for tests.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Secret(Arc::new(bytes))
    }

    /// Reads `dir/secret.key`; makes it, readable by its owner only, where there is none.
    ///
    /// Errors: internal when the file cannot be read or written, or is not 32 bytes long. A site
    /// whose secret is lost has to ask everybody to sign in anew and finds nobody by telephone.
    pub fn load_or_make(dir: &Path, chance: &dyn Chance) -> Result<Self> {
        let path = dir.join(SECRET_FILE);
        match std::fs::read(&path) {
            Ok(bytes) => {
                let bytes: [u8; 32] = bytes
                    .try_into()
                    .map_err(|_| Error::internal(format!("{} is not 32 bytes long", path.display())))?;
                Ok(Self::from_bytes(bytes))
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let mut bytes = [0u8; 32];
                chance.fill(&mut bytes);
                write_private(&path, &bytes)
                    .map_err(|e| Error::internal(format!("cannot write {}: {e}", path.display())))?;
                Ok(Self::from_bytes(bytes))
            }
            Err(e) => Err(Error::internal(format!("cannot read {}: {e}", path.display()))),
        }
    }

    /// The bytes, for what signs with them itself (form tokens).
    pub fn bytes(&self) -> &[u8] {
        &self.0[..]
    }

    /// HMAC-SHA256 of `data`, in a space of its own per `purpose`.
    pub fn mac(&self, purpose: &str, data: &[u8]) -> Vec<u8> {
        // HMAC takes a key of any length; the error exists for other algorithms only.
        let mut mac = Hmac::<Sha256>::new_from_slice(self.bytes()).expect("HMAC takes keys of any length");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(data);
        mac.finalize().into_bytes().to_vec()
    }

    /// Seals `plain` as the vault does, under a key of its own per `purpose`, so that it opens only
    /// together with `about`: what is sealed for one account is worth nothing in the row of another.
    ///
    /// Errors: none that can happen with texts of this size; internal all the same.
    pub fn seal(&self, chance: &dyn Chance, purpose: &str, about: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let mut nonce = [0u8; NONCE];
        chance.fill(&mut nonce);
        vault::close(&self.sealing_key(purpose), &nonce, plain, about)
    }

    /// What was sealed; none where it was not sealed by this secret for this purpose and about this.
    pub fn unseal(&self, purpose: &str, about: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        vault::unclose(&self.sealing_key(purpose), sealed, about)
    }

    fn sealing_key(&self, purpose: &str) -> Zeroizing<[u8; KEY]> {
        let mut key = Zeroizing::new([0u8; KEY]);
        key.copy_from_slice(&self.mac("sealing key", purpose.as_bytes()));
        key
    }
}

pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Seeded;

    #[test]
    fn the_secret_is_made_once_and_kept_private() {
        let dir = tempfile::tempdir().unwrap();
        let chance = Seeded::new(7);
        let first = Secret::load_or_make(dir.path(), &chance).unwrap();
        let again = Secret::load_or_make(dir.path(), &chance).unwrap();
        assert_eq!(first.bytes(), again.bytes());
        assert_eq!(format!("{first:?}"), "Secret(…)");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(dir.path().join(SECRET_FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::write(dir.path().join(SECRET_FILE), b"short").unwrap();
        assert!(Secret::load_or_make(dir.path(), &chance).is_err());
    }

    #[test]
    fn what_is_sealed_opens_for_its_purpose_and_its_account_only() {
        let (s, chance) = (Secret::from_bytes([1; 32]), Seeded::new(3));
        let sealed = s.seal(&chance, "totp", b"chen", b"twenty bytes of key.").unwrap();
        assert_eq!(s.unseal("totp", b"chen", &sealed).unwrap().as_slice(), b"twenty bytes of key.");
        assert!(!sealed.windows(6).any(|w| w == b"twenty"));
        assert!(s.unseal("totp", b"wang", &sealed).is_none());
        assert!(s.unseal("other", b"chen", &sealed).is_none());
        assert!(Secret::from_bytes([2; 32]).unseal("totp", b"chen", &sealed).is_none());
        for i in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[i] ^= 1;
            assert!(s.unseal("totp", b"chen", &bent).is_none(), "byte {i}");
        }
        assert!(s.unseal("totp", b"chen", b"short").is_none());
        assert_ne!(
            s.seal(&chance, "totp", b"chen", b"x").unwrap(),
            s.seal(&chance, "totp", b"chen", b"x").unwrap()
        );
    }

    #[test]
    fn purposes_do_not_mix() {
        let s = Secret::from_bytes([1; 32]);
        assert_eq!(s.mac("phone", b"1"), s.mac("phone", b"1"));
        assert_ne!(s.mac("phone", b"1"), s.mac("login", b"1"));
        assert_ne!(s.mac("phone", b"1"), s.mac("phone", b"2"));
    }
}
