//! The key that heads are signed with: in a file of the site's directory, or in a variable.

use journal::tree::note::{PublicKey, SigningKey};
use kernel::{Chance, Error, Result};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The file of the key, readable by its owner only.
pub const KEY_FILE: &str = "seal.key";
/// The public keys that ever signed here, one a line.
pub const KEYS_FILE: &str = "seal.pub";
/// The variable that holds the key where it is not to lie in a file.
pub const VARIABLE: &str = "LIANXIN_SEAL_KEY";

/// What a site's tree is called: its host and `/journal`. It names the key as well.
pub fn origin(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host: String =
        rest.chars().take_while(|c| *c != '/' && !c.is_whitespace() && *c != '+').collect::<String>();
    format!("{}/journal", if host.is_empty() { "lianxin" } else { &host })
}

/// Where a site keeps its key.
#[derive(Clone)]
pub struct Keeper {
    dir: PathBuf,
    given: Option<String>,
}

impl std::fmt::Debug for Keeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keeper({})", self.dir.display())
    }
}

impl Keeper {
    /// For the site in `dir`; `given` is what the variable holds, which goes before the file.
    pub fn new(dir: &Path, given: Option<String>) -> Keeper {
        Keeper { dir: dir.to_owned(), given: given.filter(|g| !g.trim().is_empty()) }
    }

    /// The site's directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    fn path(&self) -> PathBuf {
        self.dir.join(KEY_FILE)
    }

    /// The key; none where there is neither variable nor file.
    ///
    /// Errors: internal where the file cannot be read, or what is there is no key.
    pub fn key(&self) -> Result<Option<SigningKey>> {
        if let Some(given) = &self.given {
            return SigningKey::parse(given).map(Some);
        }
        match std::fs::read_to_string(self.path()) {
            Ok(text) => SigningKey::parse(&text).map(Some),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Error::internal(format!("cannot read {}: {e}", self.path().display()))),
        }
    }

    /// The key, made where there is none and nothing was signed before; its public half is written down.
    ///
    /// Errors: refused (`seal-key`) where something was signed before and the key is gone.
    pub fn key_or_make(&self, origin: &str, signed_before: bool, chance: &dyn Chance) -> Result<SigningKey> {
        let key = match self.key()? {
            Some(key) => key,
            None if signed_before => {
                let path = self.path();
                let path = path.display();
                return Err(Error::refused(
                    "seal-key",
                    format!("封存密钥不见了：请把原来的 {path} 放回去，或设置变量 {VARIABLE}。"),
                    format!("The sealing key is gone: put {path} back, or set {VARIABLE}."),
                ));
            }
            None => {
                let key = SigningKey::make(origin, chance)?;
                write_private(&self.path(), &key.secret())
                    .map_err(|e| Error::internal(format!("cannot write {}: {e}", self.path().display())))?;
                key
            }
        };
        self.remember(key.public())?;
        Ok(key)
    }

    /// Every public key that this site is known to sign or to have signed with.
    ///
    /// Errors: internal where a file cannot be read.
    pub fn known(&self) -> Result<Vec<PublicKey>> {
        let mut out: Vec<PublicKey> = self.key()?.map(|k| k.public().clone()).into_iter().collect();
        let path = self.dir.join(KEYS_FILE);
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                for line in text.lines().filter(|l| !l.trim().is_empty()) {
                    let key = PublicKey::parse(line)?;
                    if !out.contains(&key) {
                        out.push(key);
                    }
                }
                Ok(out)
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(out),
            Err(e) => Err(Error::internal(format!("cannot read {}: {e}", path.display()))),
        }
    }

    fn remember(&self, key: &PublicKey) -> Result<()> {
        let path = self.dir.join(KEYS_FILE);
        let line = key.to_string();
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        if there.lines().any(|l| l.trim() == line) {
            return Ok(());
        }
        let written = add(&path, &format!("{line}\n"));
        written.map_err(|e| Error::internal(format!("cannot write {}: {e}", path.display())))
    }
}

/// Adds to the end of a file, and waits until it is on the disk.
pub(crate) fn add(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Seeded;

    #[test]
    fn the_key_is_made_once_kept_private_and_its_public_half_written_down() {
        let dir = tempfile::tempdir().unwrap();
        let keeper = Keeper::new(dir.path(), None);
        assert!(keeper.key().unwrap().is_none());
        assert!(
            keeper.key_or_make("a.example/journal", true, &Seeded::new(1)).is_err(),
            "it is not replaced"
        );
        let made = keeper.key_or_make("a.example/journal", false, &Seeded::new(1)).unwrap();
        let again = keeper.key_or_make("other/journal", true, &Seeded::new(2)).unwrap();
        assert_eq!(made.public(), again.public());
        assert_eq!(keeper.known().unwrap(), [made.public().clone()]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(dir.path().join(KEY_FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        // A variable goes before the file; what signed before stays known.
        let other = SigningKey::make("a.example/journal", &Seeded::new(3)).unwrap();
        let keeper = Keeper::new(dir.path(), Some(other.secret()));
        assert_eq!(keeper.key_or_make("x", true, &Seeded::new(4)).unwrap().public(), other.public());
        assert_eq!(keeper.known().unwrap(), [other.public().clone(), made.public().clone()]);
        assert!(!format!("{keeper:?}").contains("PRIVATE"));
        std::fs::write(dir.path().join(KEY_FILE), "nonsense").unwrap();
        assert!(Keeper::new(dir.path(), Some(String::new())).key().is_err());
    }

    #[test]
    fn a_tree_is_called_by_its_host() {
        for (url, called) in [
            ("https://lx.example/", "lx.example/journal"),
            ("http://127.0.0.1:8080", "127.0.0.1:8080/journal"),
            ("", "lianxin/journal"),
        ] {
            assert_eq!(origin(url), called);
        }
    }
}
