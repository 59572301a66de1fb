//! The master keys of a site, and where they stand.

use super::{KEY, draw};
use crate::store;
use db::{Tx, params};
use kernel::{Chance, Error, Result, Say, Seeded, SystemChance, Timestamp};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use zeroize::Zeroizing;

/// The file in the site's directory, unless the settings name another.
pub const KEY_FILE: &str = "vault.key";

const HEADING: &str = "\
# 连心主密钥：没有它，谁也读不出诉求人的姓名、电话和住址。请另行妥善保存，不要和数据库放在一起备份。
# Master keys of Lianxin: without them nobody can read who asked. Keep a copy apart from the database.
# The first line is in force; the others open what was not rewrapped yet.
";

/// Where the master keys come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file, one key a line.
    File(PathBuf),
    /// Given by the environment as text, keys with commas between; the program cannot change it.
    Given,
    /// In memory only: for tests.
    Memory,
}

/// One master key.
#[derive(Clone)]
pub(crate) struct Master {
    /// Begins the SHA-256 of the key: says which it is, and nothing of what it is.
    pub(crate) id: String,
    pub(crate) key: Zeroizing<[u8; KEY]>,
}

impl Master {
    fn new(key: Zeroizing<[u8; KEY]>) -> Master {
        let mut hash = Sha256::new();
        hash.update(b"lianxin master key\0");
        hash.update(&key[..]);
        Master { id: hex::encode(&hash.finalize()[..8]), key }
    }
}

/// The keys at hand, the one in force first.
pub(crate) struct Keys(Vec<Master>);

impl Keys {
    /// The one in force.
    pub(crate) fn current(&self) -> &Master {
        &self.0[0]
    }

    /// Reads keys out of `text`, one a line or with commas between; nothing where one is no key.
    fn parse(text: &str) -> Option<Keys> {
        let lines = text.lines().map(str::trim).filter(|l| !l.starts_with('#'));
        let keys = lines.flat_map(|l| l.split(',')).map(str::trim).filter(|k| !k.is_empty());
        let keys: Option<Vec<Master>> = keys
            .map(|k| {
                let mut bytes = Zeroizing::new([0u8; KEY]);
                hex::decode_to_slice(k, &mut bytes[..]).ok().map(|()| Master::new(bytes))
            })
            .collect();
        keys.filter(|k| !k.is_empty()).map(Keys)
    }

    fn text(&self) -> Zeroizing<String> {
        let mut out = Zeroizing::new(String::from(HEADING));
        for master in &self.0 {
            out.push_str(&hex::encode(&master.key[..]));
            out.push('\n');
        }
        out
    }
}

/// The master keys of a site; clones share them, and they never print.
#[derive(Clone)]
pub struct Keyring(Arc<Inner>);

struct Inner {
    origin: Origin,
    chance: Arc<dyn Chance>,
    /// The keys, or why there are none.
    keys: RwLock<std::result::Result<Arc<Keys>, Say>>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keyring({:?})", self.0.origin)
    }
}

impl Keyring {
    fn with(origin: Origin, chance: Arc<dyn Chance>, keys: std::result::Result<Keys, Say>) -> Keyring {
        Keyring(Arc::new(Inner { origin, chance, keys: RwLock::new(keys.map(Arc::new)) }))
    }

    /// From bytes at hand, with repeatable chance: for tests.
    pub fn from_bytes(bytes: [u8; 32]) -> Keyring {
        let keys = Keys(vec![Master::new(Zeroizing::new(bytes))]);
        Keyring::with(Origin::Memory, Arc::new(Seeded::new(u64::from(bytes[0]))), Ok(keys))
    }

    /// From keys given as text: 64 hexadecimal characters each, the one in force first.
    ///
    /// Errors: refused (`vault-key`) where one is no key.
    pub fn given(text: &str) -> Result<Keyring> {
        let keys = Keys::parse(text).ok_or_else(|| Error::Refused {
            code: "vault-key",
            say: Say::new(
                "环境变量 LIANXIN_VAULT_KEY 里的主密钥读不懂：每把密钥是 64 个十六进制字符，多把用逗号隔开。",
                "The master key in LIANXIN_VAULT_KEY is not understood: each is 64 hexadecimal characters, with \
                 commas between several.",
            ),
        })?;
        Ok(Keyring::with(Origin::Given, Arc::new(SystemChance), Ok(keys)))
    }

    /// Reads `path`. Where it is not there, `make` says whether one is made, readable by its owner only;
    /// else the ring has no key and every use of it says so: only what needs names stands still.
    ///
    /// Errors: internal where the file cannot be written.
    pub fn file(path: &Path, make: bool) -> Result<Keyring> {
        let (origin, chance) = (Origin::File(path.to_owned()), Arc::new(SystemChance));
        if make && !path.exists() {
            let keys = Keys(vec![Master::new(draw(&SystemChance))]);
            write(path, &keys)?;
            return Ok(Keyring::with(origin, chance, Ok(keys)));
        }
        Ok(Keyring::with(origin, chance, read(path)))
    }

    /// Where the keys stand.
    pub fn origin(&self) -> &Origin {
        &self.0.origin
    }

    pub(crate) fn chance(&self) -> &dyn Chance {
        &*self.0.chance
    }

    pub(crate) fn keys(&self) -> Result<Arc<Keys>> {
        let keys = self.0.keys.read().unwrap_or_else(|e| e.into_inner());
        keys.as_ref().cloned().map_err(|say| Error::Refused { code: "vault-key", say: say.clone() })
    }

    /// The id of the key in force.
    ///
    /// Errors: refused (`vault-key`) where there is none.
    pub fn id(&self) -> Result<String> {
        Ok(self.keys()?.current().id.clone())
    }

    /// How many keys are at hand: one, unless a rotation is under way.
    ///
    /// Errors: refused (`vault-key`) where there is none.
    pub fn count(&self) -> Result<usize> {
        Ok(self.keys()?.0.len())
    }

    /// The key with this id; the file is read again where it is not at hand: somebody may have rotated it.
    pub(crate) fn key(&self, id: &str) -> Result<Zeroizing<[u8; KEY]>> {
        let find = |keys: &Keys| keys.0.iter().find(|m| m.id == id).map(|m| m.key.clone());
        if let Some(key) = find(&*self.keys()?) {
            return Ok(key);
        }
        self.reload();
        find(&*self.keys()?).ok_or_else(|| self.wrong(id))
    }

    /// Reads the file again, if there is one.
    fn reload(&self) {
        if let Origin::File(path) = &self.0.origin
            && let Ok(keys) = read(path)
        {
            *self.0.keys.write().unwrap_or_else(|e| e.into_inner()) = Ok(Arc::new(keys));
        }
    }

    fn wrong(&self, id: &str) -> Error {
        let place = match &self.0.origin {
            Origin::File(path) => path.display().to_string(),
            _ => "LIANXIN_VAULT_KEY".to_owned(),
        };
        Error::refused(
            "vault-key",
            format!(
                "主密钥不对：数据库里的身份信息要用 {id} 号密钥，{place} 里没有。请放回原来的密钥再启动；没有它，姓名、电话和住址读不出来。"
            ),
            format!(
                "The wrong master key: the identities in this database need key {id}, which is not in {place}. Put \
                 the right one back and start again; without it names, numbers and addresses cannot be read."
            ),
        )
    }

    /// Whether the database knows a master key, so that none may be made up.
    ///
    /// Errors: those of the database.
    pub fn is_needed(tx: &mut dyn Tx) -> Result<bool> {
        tx.exists(&store::VAULT_KEY_KNOWN, &[])
    }

    /// Checks that the key which the database needs is at hand.
    ///
    /// Errors: refused (`vault-key`) where it is not, in both languages, with what to do.
    pub fn check(&self, tx: &mut dyn Tx) -> Result<()> {
        match tx.query_opt(&store::VAULT_KEY_IN_FORCE, &[])? {
            Some(row) => self.key(&row.get::<String>(0)?).map(drop),
            None => self.keys().map(drop),
        }
    }

    /// Before anything is sealed: makes the key known where the database knows none, and reads the file again
    /// where another one came into force meanwhile.
    ///
    /// Errors: refused (`vault-key`) where the key in force is not at hand.
    pub(crate) fn admit(&self, tx: &mut dyn Tx, at: Timestamp) -> Result<()> {
        match tx.query_opt(&store::VAULT_KEY_IN_FORCE, &[])? {
            None => tx.execute(&store::VAULT_KEY_PUT, &params![self.id()?, at]).map(drop),
            Some(row) => {
                let id: String = row.get(0)?;
                if self.id()? != id {
                    self.reload();
                }
                if self.id()? == id { Ok(()) } else { Err(self.wrong(&id)) }
            }
        }
    }

    /// Puts a new key in front of the others.
    pub(super) fn add(&self) -> Result<()> {
        let mut all = vec![Master::new(draw(self.chance()))];
        all.extend(self.keys()?.0.iter().cloned());
        self.set(Keys(all))
    }

    /// Forgets all keys but the one in force.
    pub(super) fn keep_current(&self) -> Result<()> {
        let current = self.keys()?.current().clone();
        self.set(Keys(vec![current]))
    }

    fn set(&self, keys: Keys) -> Result<()> {
        if let Origin::File(path) = &self.0.origin {
            write(path, &keys)?;
        }
        *self.0.keys.write().unwrap_or_else(|e| e.into_inner()) = Ok(Arc::new(keys));
        Ok(())
    }
}

fn read(path: &Path) -> std::result::Result<Keys, Say> {
    let shown = path.display();
    match std::fs::read_to_string(path).map(Zeroizing::new) {
        Ok(text) => Keys::parse(&text).ok_or_else(|| {
            Say::new(
                format!("主密钥文件 {shown} 读不懂：应是每行 64 个十六进制字符。请换回备份的那一份。"),
                format!(
                    "The master key file {shown} is not understood: it holds 64 hexadecimal characters a line. Put \
                     the copy back that you keep."
                ),
            )
        }),
        Err(e) => Err(Say::new(
            format!(
                "读不到主密钥文件 {shown}（{e}）。没有它，姓名、电话和住址读不出来。请把另行保存的那一份放回去再启动。"
            ),
            format!(
                "The master key file {shown} cannot be read ({e}). Without it names, numbers and addresses cannot be \
                 read. Put the copy back that you keep apart, then start again."
            ),
        )),
    }
}

/// Writes the file beside and moves it into place, so that it is never half there.
fn write(path: &Path, keys: &Keys) -> Result<()> {
    let beside = path.with_extension("key-new");
    let _ = std::fs::remove_file(&beside);
    let done = crate::secret::write_private(&beside, keys.text().as_bytes())
        .and_then(|()| std::fs::rename(&beside, path))
        .and_then(|()| match path.parent() {
            Some(dir) => std::fs::File::open(dir).and_then(|d| d.sync_all()),
            None => Ok(()),
        });
    done.map_err(|e| Error::internal(format!("cannot write {}: {e}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_made_once_kept_private_and_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(KEY_FILE);
        let first = Keyring::file(&path, true).unwrap();
        let again = Keyring::file(&path, true).unwrap();
        assert_eq!(first.id().unwrap(), again.id().unwrap());
        assert_eq!((first.count().unwrap(), first.id().unwrap().len()), (1, 16));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        // The one in force comes first, also for a ring that was read before.
        first.add().unwrap();
        assert!(again.key(&first.id().unwrap()).is_ok());
        assert_eq!((again.count().unwrap(), again.id().unwrap()), (2, first.id().unwrap()));
        first.keep_current().unwrap();
        assert_eq!(Keyring::file(&path, false).unwrap().count().unwrap(), 1);
        assert!(!format!("{first:?}").contains(&hex::encode(&first.keys().unwrap().current().key[..])));
    }

    #[test]
    fn a_missing_or_broken_file_is_said_in_both_languages_where_a_key_is_used() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(KEY_FILE);
        for text in [None, Some(""), Some("# only words\n"), Some("abc\n"), Some("zz")] {
            if let Some(text) = text {
                std::fs::write(&path, text).unwrap();
            }
            let ring = Keyring::file(&path, false).unwrap();
            let Err(Error::Refused { code: "vault-key", say }) = ring.id() else { panic!("{text:?}") };
            assert!(say.zh.contains("主密钥文件") && say.en.contains("master key file"), "{say:?}");
        }
        assert!(Keyring::given("12").is_err());
        let two = format!("{}, {}", "ab".repeat(32), "cd".repeat(32));
        assert_eq!(Keyring::given(&two).unwrap().count().unwrap(), 2);
    }
}
