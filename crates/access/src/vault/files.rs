//! Files: each lies on the disk closed under a key of its own, which stands sealed in the database together
//! with the name the file came with. To destroy that is to destroy the file, in every later copy as well.

use super::{KEY, Keyring, NONCE, close, draw, texts, unclose};
use db::Tx;
use kernel::{Chance, Result, Timestamp, Uuid};
use zeroize::Zeroizing;

/// By how many bytes [`FileKey::close`] makes a piece longer: nonce and tag.
pub const OVERHEAD: usize = NONCE + 16;

/// What closes and opens one file; it never prints.
#[derive(Clone, PartialEq, Eq)]
pub struct FileKey(Zeroizing<[u8; KEY]>);

impl std::fmt::Debug for FileKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileKey(…)")
    }
}

impl FileKey {
    /// A new one.
    pub fn make(chance: &dyn Chance) -> FileKey {
        FileKey(draw(chance))
    }

    /// As text, for what is sealed itself.
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(&self.0[..]))
    }

    /// Reads [`FileKey::to_hex`]; none where it is no key.
    pub fn from_hex(text: &str) -> Option<FileKey> {
        let mut key = Zeroizing::new([0u8; KEY]);
        hex::decode_to_slice(text, &mut key[..]).ok().map(|()| FileKey(key))
    }

    /// Closes one piece of the file under a nonce drawn for it; `bound` says which piece it is.
    ///
    /// Errors: none that can happen with pieces that fit into memory; internal all the same.
    pub fn close(&self, chance: &dyn Chance, piece: &[u8], bound: &[u8]) -> Result<Vec<u8>> {
        let mut nonce = [0u8; NONCE];
        chance.fill(&mut nonce);
        close(&self.0, &nonce, piece, bound)
    }

    /// Opens what [`FileKey::close`] made; none where key, piece or a byte is another.
    pub fn open(&self, closed: &[u8], bound: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        unclose(&self.0, closed, bound)
    }
}

/// A file that may be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What opens it.
    pub key: FileKey,
    /// The name it came with.
    pub name: String,
}

impl Opened {
    fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{}{}", &*self.key.to_hex(), self.name))
    }

    fn read(text: &str) -> Result<Opened> {
        let parts = text.split_at_checked(2 * KEY);
        let read =
            parts.and_then(|(key, name)| Some(Opened { key: FileKey::from_hex(key)?, name: name.into() }));
        read.ok_or_else(super::damaged)
    }
}

/// Under which slot of its owner a file stands; the other texts of the owner never begin like this.
fn slot(file: Uuid) -> String {
    format!("file {file}")
}

/// The file whose slot this is; none where it is that of another text.
pub(super) fn of_slot(slot: &str) -> Option<Uuid> {
    slot.strip_prefix("file ").and_then(|id| id.parse().ok())
}

/// Keeps what opens `file` of `owner`.
///
/// Errors: refused (`vault-key`) where the master key is missing; those of the database.
pub fn keep(
    tx: &mut dyn Tx,
    keys: &Keyring,
    owner: Uuid,
    file: Uuid,
    opened: &Opened,
    at: Timestamp,
) -> Result<()> {
    texts::keep(tx, keys, owner, &slot(file), &opened.text(), at)
}

/// What opens `file` of `owner`; none where it was destroyed.
///
/// Errors: as [`keep`]; internal where what is stored is not what was kept.
pub fn open(tx: &mut dyn Tx, keys: &Keyring, owner: Uuid, file: Uuid) -> Result<Option<Opened>> {
    texts::open(tx, keys, owner, &slot(file))?.map(|text| Opened::read(&text)).transpose()
}

/// The names of all files of `owner`, each with its file.
///
/// Errors: as [`open`].
pub fn names(tx: &mut dyn Tx, keys: &Keyring, owner: Uuid) -> Result<Vec<(Uuid, String)>> {
    let named = |(slot, text): (String, String)| {
        let file = of_slot(&slot).ok_or_else(super::damaged)?;
        Ok((file, Opened::read(&text)?.name))
    };
    texts::of_files(tx, keys, owner)?.into_iter().map(named).collect()
}

/// Destroys what opens `file` of `owner`, and its name.
///
/// Errors: those of the database.
pub fn forget(tx: &mut dyn Tx, owner: Uuid, file: Uuid) -> Result<()> {
    texts::forget(tx, owner, &slot(file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Seeded;

    #[test]
    fn a_piece_opens_with_its_key_and_in_its_place_only() {
        let chance = Seeded::new(4);
        let key = FileKey::make(&chance);
        let closed = key.close(&chance, b"a photo", b"piece 0").unwrap();
        assert_eq!(closed.len(), 7 + OVERHEAD);
        assert_eq!(key.open(&closed, b"piece 0").unwrap().as_slice(), b"a photo");
        assert!(key.open(&closed, b"piece 1").is_none());
        assert!(FileKey::make(&chance).open(&closed, b"piece 0").is_none());
        assert_ne!(closed, key.close(&chance, b"a photo", b"piece 0").unwrap(), "another nonce each time");
        assert_eq!(FileKey::from_hex(&key.to_hex()), Some(key.clone()));
        assert_eq!((FileKey::from_hex("12"), format!("{key:?}").as_str()), (None, "FileKey(…)"));
        let opened = Opened { key, name: "证件.jpg".into() };
        assert_eq!(Opened::read(&opened.text()).unwrap(), opened);
        assert!(Opened::read("short").is_err());
    }
}
